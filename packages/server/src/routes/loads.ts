import { LIMITS, OmnigraphError } from "@omnigraph/base";
import type { LoadAnswer, LoadInput, LoadMode } from "omnigraph";
import { Readable } from "node:stream";
import type { BodyRule, Call, Endpoint } from "../http/endpoint.ts";
import { endpoint, olderName } from "../http/endpoint.ts";
import { firstOf, lively } from "../http/streams.ts";
import { named, opOf } from "./options.ts";
import { JSON_BODY, WRITE_FAILURES } from "./queries.ts";

const LOAD_BODY: BodyRule = { ...JSON_BODY, bytes: LIMITS.httpLoadBytes.value };

interface Loading {
  readonly mode?: LoadMode | null | undefined;
  readonly branch?: string | null | undefined;
  readonly from?: string | null | undefined;
}

async function load(call: Call, data: LoadInput, { mode, branch, from }: Loading): Promise<LoadAnswer> {
  const graph = await call.graph().as(call.caller);
  const options = { mode: mode ?? "merge", ...named({ branch, from }), ...opOf(call), ...call.limits };
  return graph.load(data, options);
}

async function ingest(call: Call, { data, ...rest }: Loading & { readonly data: string }): Promise<object> {
  return call.says.ingest(await load(call, data, rest), call.graph().path, rest.from ?? null);
}

const LOAD = endpoint({
  method: "POST",
  path: "/graphs/{graph_id}/load",
  operation: "cluster_load",
  tag: "mutations",
  summary: "Loads NDJSON that stands in a JSON text.",
  body: LOAD_BODY,
  bodyShape: "loadRequest",
  answer: "ingest",
  failures: WRITE_FAILURES,
  isWrite: true,
  run: ingest,
});

/** What is loaded, and what is exported. */
export const LOADS: readonly Endpoint[] = [
  LOAD,
  olderName(LOAD, { path: "/graphs/{graph_id}/ingest", operation: "cluster_ingest", successor: "load" }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/load/ndjson",
    operation: "cluster_loadNdjson",
    tag: "mutations",
    summary: "Loads NDJSON of any size.",
    body: { type: "ndjson", isOptional: false, bytes: null },
    parameters: "loadParameters",
    answer: "batchLoad",
    failures: WRITE_FAILURES,
    isWrite: true,
    saysText: true,
    run: async (call, _, parameters) => {
      const { body } = call.request;
      if (!(body instanceof Readable))
        throw new OmnigraphError("media_type_unsupported", "the body must be application/x-ndjson");
      const answer = await load(call, lively(body), parameters);
      return call.says.batchLoad(answer, call.graph().path, parameters.from ?? null);
    },
  }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/export",
    operation: "cluster_export",
    tag: "queries",
    summary: "The graph as NDJSON.",
    body: { ...JSON_BODY, isOptional: true },
    bodyShape: "exportRequest",
    answer: { shapes: [], type: "ndjson" },
    failures: [400, 401, 403, 404, 408, 413, 415, 503],
    run: async (call, { branch, type_names: types }) => {
      const graph = await call.graph().as(call.caller);
      const chosen = types === undefined || types.length === 0 ? null : types;
      return firstOf(graph.export({ ...named({ branch, types: chosen }), ...call.limits }));
    },
  }),
];
