import { expect, test } from "vitest";
import { Metrics } from "./metrics.ts";

test("calls are counted by their pattern, with how long they took", () => {
  const metrics = new Metrics();
  const call = { method: "GET", route: "/graphs/:graph_id/snapshot", status: 200 };
  metrics.note({ ...call, seconds: 0.002 });
  metrics.note({ ...call, seconds: 0.004 });
  metrics.note({ ...call, seconds: 100 });
  metrics.note({ method: "GET", route: null, status: 404, seconds: 0 });
  const text = metrics.text({
    callsInFlight: 1,
    writesInFlight: 0,
    openGraphs: 1,
    graphs: 2,
    isStale: false,
    isStopping: true,
  });
  const series = 'method="GET",route="/graphs/:graph_id/snapshot"';
  for (const line of [
    `omnigraph_http_requests_total{${series},status="200"} 3`,
    'omnigraph_http_requests_total{method="GET",route="none",status="404"} 1',
    `omnigraph_http_request_seconds_bucket{${series},le="0.001"} 0`,
    `omnigraph_http_request_seconds_bucket{${series},le="0.0025"} 1`,
    `omnigraph_http_request_seconds_bucket{${series},le="0.005"} 2`,
    `omnigraph_http_request_seconds_bucket{${series},le="60"} 2`,
    `omnigraph_http_request_seconds_bucket{${series},le="+Inf"} 3`,
    `omnigraph_http_request_seconds_count{${series}} 3`,
    "omnigraph_graphs 2",
    "omnigraph_graphs_open 1",
    "omnigraph_configuration_stale 0",
    "omnigraph_stopping 1",
  ])
    expect(text.split("\n")).toContain(line);
  for (const line of text.split("\n"))
    expect(line).toMatch(/^(?:|# (?:HELP|TYPE) \w+ .+|\w+(?:\{[^}]+\})? [\d.e+-]+)$/);
});
