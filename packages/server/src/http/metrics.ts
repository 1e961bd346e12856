/** Upper bounds of the classes of durations, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** A call that has ended. */
export interface EndedCall {
  readonly method: string;
  /** The pattern of its path, never the path; null where there is nothing. */
  readonly route: string | null;
  readonly status: number;
  readonly seconds: number;
}

/** What is true of a server at one moment. */
export interface ServerFacts {
  readonly callsInFlight: number;
  readonly writesInFlight: number;
  readonly openGraphs: number;
  readonly graphs: number;
  readonly isStale: boolean;
  readonly isStopping: boolean;
}

interface Durations {
  /** Calls of each class, and of none. */
  readonly counts: number[];
  seconds: number;
}

/** What a server counts, in the text format of Prometheus. No metric names a graph or an actor. */
export class Metrics {
  readonly #calls = new Map<string, number>();
  readonly #durations = new Map<string, Durations>();

  note({ method, route, status, seconds }: EndedCall): void {
    const call = `method="${method}",route="${route ?? "none"}"`;
    const series = `${call},status="${status}"`;
    this.#calls.set(series, (this.#calls.get(series) ?? 0) + 1);
    const durations = this.#durations.get(call) ?? { counts: Array(BOUNDS.length + 1).fill(0), seconds: 0 };
    this.#durations.set(call, durations);
    const at = BOUNDS.findIndex((bound) => seconds <= bound);
    const index = at < 0 ? BOUNDS.length : at;
    durations.counts[index] = (durations.counts[index] ?? 0) + 1;
    durations.seconds += seconds;
  }

  text(facts: ServerFacts): string {
    const { user, system } = process.cpuUsage();
    return [
      ...family("omnigraph_http_requests_total", "counter", "Calls that have ended.", this.#calls),
      ...this.#histogram("omnigraph_http_request_seconds", "How long calls took."),
      ...gauge("omnigraph_http_requests_in_flight", "Calls at work.", facts.callsInFlight),
      ...gauge("omnigraph_writes_in_flight", "Writes at work.", facts.writesInFlight),
      ...gauge("omnigraph_graphs", "Graphs that are served.", facts.graphs),
      ...gauge("omnigraph_graphs_open", "Graphs that are open.", facts.openGraphs),
      ...gauge(
        "omnigraph_configuration_stale",
        "1 while changed files cannot be understood.",
        facts.isStale ? 1 : 0,
      ),
      ...gauge("omnigraph_stopping", "1 while the server is stopping.", facts.isStopping ? 1 : 0),
      ...gauge("process_resident_memory_bytes", "Resident memory.", process.memoryUsage.rss()),
      ...family(
        "process_cpu_seconds_total",
        "counter",
        "Processor time.",
        new Map([["", (user + system) / 1e6]]),
      ),
      "",
    ].join("\n");
  }

  #histogram(name: string, help: string): readonly string[] {
    const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
    for (const [call, { counts, seconds }] of this.#durations) {
      let total = 0;
      for (const [index, count] of counts.entries()) {
        total += count;
        lines.push(`${name}_bucket{${call},le="${BOUNDS[index] ?? "+Inf"}"} ${total}`);
      }
      lines.push(`${name}_sum{${call}} ${seconds}`, `${name}_count{${call}} ${total}`);
    }
    return lines;
  }
}

function gauge(name: string, help: string, value: number): readonly string[] {
  return family(name, "gauge", help, new Map([["", value]]));
}

function family(
  name: string,
  type: "counter" | "gauge",
  help: string,
  series: ReadonlyMap<string, number>,
): readonly string[] {
  const lines = [...series].map(([labels, value]) => `${name}${labels === "" ? "" : `{${labels}}`} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}
