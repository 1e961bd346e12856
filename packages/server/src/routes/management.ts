import { OmnigraphError } from "@omnigraph/base";
import { schemaPlanJson } from "@omnigraph/wire";
import type { Call, Endpoint } from "../http/endpoint.ts";
import { endpoint } from "../http/endpoint.ts";
import { named, opOf, readOf } from "./options.ts";
import { JSON_BODY, WRITE_FAILURES } from "./queries.ts";

const CONTRACT_VERSION = "0.10.0";

/** Names the deployment that is served, where a cluster is. */
const DEPLOYMENT_HEADER = "omnigraph-deployment";

function nameDeployment({ served, reply }: Call): void {
  if (served.deployment !== null) reply.header(DEPLOYMENT_HEADER, served.deployment);
}

/** The server itself, and schemas. */
export const MANAGEMENT: readonly Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/healthz",
    operation: "health",
    tag: "health",
    summary: "That the server runs.",
    answer: "health",
    failures: [],
    isOpen: true,
    run: async (call) => {
      nameDeployment(call);
      const { release } = call.served;
      return {
        status: "ok",
        version: CONTRACT_VERSION,
        source_version: release.version,
        internal_schema_version: release.format,
      };
    },
  }),
  endpoint({
    method: "GET",
    path: "/readyz",
    operation: "readiness",
    tag: "health",
    summary: "Whether the server takes calls on all its graphs.",
    answer: "readiness",
    alsoAnswers: [503],
    failures: [],
    isOpen: true,
    run: async (call) => {
      const { served, reply } = call;
      nameDeployment(call);
      const opened = [...served.graphs.values()].map((graph) =>
        graph.opened().then(
          () => true,
          () => false,
        ),
      );
      const areOpen = (await Promise.all(opened)).every(Boolean);
      const status = served.isStopping ? "stopping" : areOpen ? "ready" : "degraded";
      if (status !== "ready") reply.code(503);
      return { status, configuration: served.isStale ? "stale" : "current" };
    },
  }),
  endpoint({
    method: "GET",
    path: "/metrics",
    operation: "metrics",
    tag: "health",
    summary: "What the server counts, for Prometheus.",
    answer: { shapes: [], type: "metrics" },
    failures: [401],
    run: async (call) => call.metricsText(),
  }),
  endpoint({
    method: "GET",
    path: "/graphs",
    operation: "listGraphs",
    tag: "management",
    summary: "The graphs on which the caller may do anything.",
    answer: "graphList",
    failures: [401, 403],
    run: async ({ served, caller }) => {
      if (!served.allowsList(caller))
        throw new OmnigraphError(
          "permission_denied",
          `${caller?.actor ?? "nobody"} is not permitted to graph_list`,
        );
      const seen = [...served.graphs.values()].filter((graph) => graph.isVisibleTo(caller));
      return { graphs: seen.map(({ id, path }) => ({ graph_id: id, uri: path })) };
    },
  }),
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/schema",
    operation: "cluster_getSchema",
    tag: "schema",
    summary: "The schema of a branch, as it was given.",
    parameters: "schemaParameters",
    answer: "schema",
    failures: [400, 401, 403, 404, 503],
    run: async (call, _, at) => {
      const graph = await call.graph().as(call.caller);
      return { schema_source: await graph.schema.show(readOf(at)) };
    },
  }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/schema/plan",
    operation: "cluster_planSchema",
    tag: "schema",
    summary: "What it would take to give a branch another schema.",
    body: JSON_BODY,
    bodyShape: "schemaPlanRequest",
    answer: "schemaPlan",
    failures: [400, 401, 403, 404, 408, 413, 415, 503],
    run: async (call, { schema_source: source, allow_data_loss: allowDataLoss, branch }) => {
      const served = call.graph();
      const graph = await served.as(call.caller);
      const options = { ...named({ allowDataLoss, branch }), ...call.limits };
      return schemaPlanJson(await graph.schema.plan(source, options), served.path);
    },
  }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/schema/apply",
    operation: "cluster_applySchema",
    tag: "mutations",
    summary: "Gives the graph another schema, unless it is that of a cluster.",
    body: JSON_BODY,
    bodyShape: "schemaApplyRequest",
    answer: "httpSchemaApply",
    failures: WRITE_FAILURES,
    isWrite: true,
    run: async (call, { schema_source: source, allow_data_loss: allowDataLoss }) => {
      const served = call.graph();
      if (served.isManaged) {
        served.check(call.caller, "schema_apply", { target: "main" });
        throw new OmnigraphError("schema_managed", `the schema of graph ${served.id} is that of its cluster`);
      }
      const graph = await served.as(call.caller);
      const options = { ...named({ allowDataLoss }), ...opOf(call), ...call.limits };
      return call.says.schemaApply(await graph.schema.apply(source, options), served.path);
    },
  }),
];
