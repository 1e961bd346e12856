import { isError, OmnigraphError, writeJson } from "@omnigraph/base";
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type HTTPMethods,
} from "fastify";
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Logger } from "pino";
import type { Caller, ServedGraph } from "./boot/served-graph.ts";
import type { Served } from "./boot/served.ts";
import { BRANCHES } from "./routes/branches.ts";
import { HISTORY } from "./routes/history.ts";
import { LOADS } from "./routes/loads.ts";
import { CONTRACT, MANAGEMENT } from "./routes/management.ts";
import { CONDITION_HEADER } from "./routes/options.ts";
import { QUERIES } from "./routes/queries.ts";
import { STORED } from "./routes/stored.ts";
import { openApi } from "./openapi/document.ts";
import { Admission } from "./http/admission.ts";
import { checkEncoding, limitTime, readBodies } from "./http/bodies.ts";
import type { Call, Endpoint } from "./http/endpoint.ts";
import { sendFailure, sendText } from "./http/failures.ts";
import "./http/request-context.ts";

/** Every call of the contract that there is. */
const ENDPOINTS: readonly Endpoint[] = [
  ...MANAGEMENT,
  ...QUERIES,
  ...STORED,
  ...LOADS,
  ...BRANCHES,
  ...HISTORY,
];

const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** A request id of the caller's that is kept. */
const REQUEST_ID = /^[\w.-]{1,64}$/;
/** Longest part of a path: the name of a branch with every byte escaped. */
const MOST_PART = 1000;
const REQUEST_ID_HEADER = "x-request-id";

/** The server as fastify has it: it listens to nothing yet. */
export function appOf(served: Served, log: Logger): FastifyInstance {
  const app = fastify({
    logger: false,
    genReqId: idOf,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    // Every stream has a limit of its own: a large load takes as long as it takes.
    requestTimeout: 0,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MOST_PART },
    frameworkErrors: (error, request, reply) => void sendFailure(error, request, reply),
  });
  app.decorateRequest("caller", null);
  app.decorateRequest("graph", null);
  app.decorateRequest("failure", null);
  app.decorateRequest("left");
  readBodies(app);
  app.addHook("onRequest", async (request, reply) => begun(request, reply));
  app.addHook("onResponse", async (request, reply) => logged(log, request, reply));
  app.setErrorHandler((thrown, request, reply) => sendFailure(thrown, request, reply));
  app.setNotFoundHandler(async (request, reply) => {
    const missing = new OmnigraphError("route_not_found", "there is nothing at this path");
    return sendFailure(missing, request, reply);
  });
  const admission = new Admission();
  for (const each of ENDPOINTS) register(app, served, admission, each);
  const document = writeJson(openApi(ENDPOINTS, served.release.version));
  app.get("/openapi.json", async (_, reply) => reply.type("application/json").send(document));
  refuseOtherMethods(app, served);
  return app;
}

function register(app: FastifyInstance, served: Served, admission: Admission, endpoint: Endpoint): void {
  const { method, path, body } = endpoint;
  app.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ":$1"),
    ...(body?.bytes == null ? {} : { bodyLimit: body.bytes }),
    onRequest: async (request) => {
      if (!endpoint.isOpen) authenticate(request, served);
      checkHeaders(request, endpoint);
      if (served.isStopping && !endpoint.isOpen)
        throw new OmnigraphError("server_stopping", "the server is stopping; this call did nothing");
      checkEncoding(request);
      if (body?.type !== "ndjson") limitTime(request);
    },
    handler: async (request, reply) => {
      const done = endpoint.isWrite ? admission.admit(request.caller?.actor ?? "", bytesOf(request)) : null;
      try {
        if (endpoint.successor !== null) deprecate(request, reply, endpoint.successor);
        checkType(request, endpoint);
        return answered(await endpoint.run(callOf(served, request, reply)), reply);
      } catch (thrown) {
        if (endpoint.saysText && isError(thrown, "request_invalid")) return sendText(thrown, request, reply);
        throw thrown;
      } finally {
        done?.();
      }
    },
  });
}

function answered(answer: object, reply: FastifyReply): FastifyReply {
  if (answer instanceof Readable) return reply.type("application/x-ndjson").send(answer);
  return reply.type("application/json").send(writeJson(answer));
}

function callOf(served: Served, request: FastifyRequest, reply: FastifyReply): Call {
  const part = (name: string): string => {
    // Cast: fastify has the parts of a path as texts by name.
    const found = (request.params as Readonly<Record<string, string>>)[name];
    if (found === undefined) throw new OmnigraphError("internal", `invariant broken: a path without ${name}`);
    return found;
  };
  const graph = (): ServedGraph => {
    const id = part("graph_id");
    const found = served.graphs.get(id);
    request.graph = found ?? null;
    if (found !== undefined) return found;
    throw new OmnigraphError("graph_not_found", "the server has no graph of that id");
  };
  return { served, caller: request.caller, signal: request.left, request, reply, graph, part };
}

/** Errors: `unauthorized`. */
function authenticate(request: FastifyRequest, { tokens }: Served): void {
  if (tokens === null) return;
  const [scheme, token, more] = (request.headers.authorization ?? "").split(" ");
  const actor =
    scheme?.toLowerCase() === "bearer" && token !== undefined && more === undefined
      ? tokens.actorOf(token)
      : null;
  if (actor === null) throw new OmnigraphError("unauthorized", "no token, or none that this server knows");
  const caller: Caller = { actor };
  request.caller = caller;
}

/** Errors: `api_contract_mismatch`, `request_invalid` for a condition where none is taken. */
function checkHeaders({ headers }: FastifyRequest, { isConditional }: Endpoint): void {
  const contract = headers["omnigraph-http-api"];
  if (contract !== undefined && contract !== CONTRACT)
    throw new OmnigraphError(
      "api_contract_mismatch",
      `this server speaks the contract ${CONTRACT} and no other`,
    );
  if (!isConditional && headers[CONDITION_HEADER] !== undefined)
    throw new OmnigraphError(
      "request_invalid",
      "this call takes no condition: send Omnigraph-If-Graph-Commit to its path with /if-graph-commit",
    );
}

/** Errors: `media_type_unsupported` for a body of another kind, `request_invalid` for none. */
function checkType({ headers, body: read }: FastifyRequest, { body }: Endpoint): void {
  if (body === null) return;
  const isStream = read instanceof Readable;
  if (isStream !== (body.type === "ndjson") && read !== undefined)
    throw new OmnigraphError(
      "media_type_unsupported",
      `the body must be application/${body.type === "ndjson" ? "x-ndjson" : "json"}`,
    );
  if (read === undefined && !body.isOptional && body.type === "json")
    throw new OmnigraphError(
      headers["content-type"] === undefined ? "media_type_unsupported" : "request_invalid",
      "the call needs a body of application/json",
    );
}

function bytesOf({ headers }: FastifyRequest): number {
  const length = Number(headers["content-length"] ?? 0);
  return Number.isSafeInteger(length) ? length : 0;
}

/** Points to what takes the place of a deprecated call. */
function deprecate(request: FastifyRequest, reply: FastifyReply, successor: string): void {
  // Cast: as in callOf.
  const { graph_id: id = "" } = request.params as Readonly<Record<string, string>>;
  reply.header("deprecation", "true");
  reply.header("link", `</graphs/${encodeURIComponent(id)}/${successor}>; rel="successor-version"`);
}

/** A known path with another method: 405, and the methods that there are. */
function refuseOtherMethods(app: FastifyInstance, served: Served): void {
  const byPath = new Map<string, HTTPMethods[]>([["/openapi.json", ["GET"]]]);
  for (const { path, method } of ENDPOINTS) byPath.set(path, [...(byPath.get(path) ?? []), method]);
  for (const [path, allowed] of byPath) {
    app.route({
      method: METHODS.filter((method) => !allowed.includes(method)),
      url: path.replaceAll(/\{(\w+)\}/g, ":$1"),
      onRequest: async (request, reply) => {
        authenticate(request, served);
        reply.header("allow", allowed.join(", "));
        throw new OmnigraphError("method_not_allowed", `this path takes ${allowed.join(", ")}`);
      },
      handler: async () => undefined,
    });
  }
}

function idOf(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
}

function begun(request: FastifyRequest, reply: FastifyReply): void {
  reply.header(REQUEST_ID_HEADER, request.id);
  reply.header("x-content-type-options", "nosniff");
  reply.header("cache-control", "no-store");
  const left = new AbortController();
  request.left = left.signal;
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) left.abort();
  });
}

/** One line a call: who, what, how long and how it ended; nothing of what was sent or answered. */
function logged(log: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { failure } = request;
  const facts = {
    request: request.id,
    method: request.method,
    route: request.routeOptions.url ?? null,
    graph: request.graph?.id ?? null,
    actor: request.caller?.actor ?? null,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ...(failure === null ? {} : { reason: failure.reason }),
  };
  if (failure === null || failure.entry.http < 500) log.info(facts, "call");
  else log.error({ ...facts, err: failure }, "call failed");
}
