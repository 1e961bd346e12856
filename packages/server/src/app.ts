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
import type { ServedGraph } from "./boot/served-graph.ts";
import type { Served } from "./boot/served.ts";
import { AGENTS } from "./routes/agents.ts";
import { BLOBS } from "./routes/blobs.ts";
import { BRANCHES } from "./routes/branches.ts";
import { HISTORY } from "./routes/history.ts";
import { LOADS } from "./routes/loads.ts";
import { MANAGEMENT } from "./routes/management.ts";
import { QUERIES } from "./routes/queries.ts";
import { STORED } from "./routes/stored.ts";
import { STREAM } from "./routes/stream.ts";
import { openApi } from "./openapi/document.ts";
import { Admission } from "./http/admission.ts";
import { answersFor } from "./http/answers.ts";
import { checkEncoding, limitTime, readBodies } from "./http/bodies.ts";
import { compressAnswers } from "./http/compression.ts";
import { allowOrigins, varyBy } from "./http/cors.ts";
import { type Answer, type Call, type Endpoint, MEDIA, NO_BODY } from "./http/endpoint.ts";
import { sendFailure, sendText } from "./http/failures.ts";
import { callerOf, checkHeaders, checkType, deadlineOf } from "./http/gate.ts";
import type { Listener } from "./http/listener.ts";
import { Metrics } from "./http/metrics.ts";
import "./http/request-context.ts";

/** Every call that there is. */
const ENDPOINTS: readonly Endpoint[] = [
  ...MANAGEMENT,
  ...QUERIES,
  ...STORED,
  ...LOADS,
  ...BRANCHES,
  ...HISTORY,
  ...STREAM,
  ...BLOBS,
  ...AGENTS,
];

const METHODS: readonly HTTPMethods[] = [
  "TRACE",
  "QUERY",
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
];
/** A request id of the caller's that is kept. */
const REQUEST_ID = /^[\w.-]{1,64}$/;
/** Longest part of a path: the name of a branch with every byte escaped. */
const MOST_PART = 1000;
const REQUEST_ID_HEADER = "x-request-id";

/** What all calls of a server share. */
interface Shared {
  readonly served: Served;
  readonly admission: Admission;
  readonly metricsText: () => string;
}

/** The server as fastify has it: it listens to nothing yet. Pages of the origins may call it. */
export function appOf(
  served: Served,
  log: Logger,
  listener: Listener,
  origins: readonly string[],
): FastifyInstance {
  const app = fastify({
    logger: false,
    serverFactory: listener.make,
    genReqId: idOf,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MOST_PART },
    frameworkErrors: (error, request, reply) => void sendFailure(error, request, reply),
  });
  app.decorateRequest("caller", null);
  app.decorateRequest("graph", null);
  app.decorateRequest("isWrite", false);
  app.decorateRequest("failure", null);
  app.decorateRequest("left");
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  readBodies(app);
  const shared = sharedOf(app, served);
  app.addHook("onRequest", async (request, reply) => begun(request, reply));
  allowOrigins(app, origins);
  compressAnswers(app);
  app.addHook("onResponse", async (request, reply) => logged(log, request, reply));
  app.setErrorHandler((thrown, request, reply) => sendFailure(thrown, request, reply));
  app.setNotFoundHandler(async (request, reply) => {
    const missing = new OmnigraphError("route_not_found", "there is nothing at this path");
    return sendFailure(missing, request, reply);
  });
  for (const each of ENDPOINTS) register(app, shared, each);
  const document = writeJson(openApi(ENDPOINTS, served.release.version));
  app.get("/openapi.json", async (_, reply) => reply.type("application/json").send(document));
  refuseOtherMethods(app, served);
  return app;
}

/** Counts the calls of a server. */
function sharedOf(app: FastifyInstance, served: Served): Shared {
  const admission = new Admission();
  const metrics = new Metrics();
  let callsInFlight = 0;
  app.addHook("onRequest", async (_, { raw }) => {
    callsInFlight++;
    raw.once("close", () => {
      callsInFlight--;
      // A connection that was told to stay would hold the end up until it is idle for long.
      if (served.isStopping) setImmediate(() => app.server.closeIdleConnections());
    });
  });
  app.addHook("onResponse", async ({ method, routeOptions }, { statusCode: status, elapsedTime }) => {
    metrics.note({ method, route: routeOptions.url ?? null, status, seconds: elapsedTime / 1000 });
  });
  const metricsText = (): string =>
    metrics.text({
      callsInFlight,
      writesInFlight: admission.inFlight,
      graphs: served.graphs.size,
      openGraphs: [...served.graphs.values()].filter(({ isOpen }) => isOpen).length,
      isStale: served.isStale,
      isStopping: served.isStopping,
    });
  return { served, admission, metricsText };
}

function register(app: FastifyInstance, shared: Shared, endpoint: Endpoint): void {
  const { served, admission } = shared;
  const { method, path, body } = endpoint;
  app.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ":$1"),
    ...(body?.bytes == null ? {} : { bodyLimit: body.bytes }),
    onRequest: async (request) => {
      request.isWrite = endpoint.isWrite;
      if (!endpoint.isOpen) request.caller = callerOf(request, served);
      checkHeaders(request, endpoint);
      if (served.isStopping && !endpoint.isOpen)
        throw new OmnigraphError("server_stopping", "the server is stopping; this call did nothing");
      checkEncoding(request);
      if (body?.type !== "ndjson") limitTime(request);
    },
    handler: async (request, reply) => {
      const admit = (): (() => void) => admission.admit(request.caller?.actor ?? "", bytesOf(request));
      const done = endpoint.isWrite ? admit() : null;
      try {
        if (endpoint.successor !== null) deprecate(request, reply, endpoint.successor);
        checkType(request, endpoint);
        const answer = await endpoint.run(callOf(shared, request, reply, admit));
        return await answered(answer, endpoint, request, reply);
      } catch (thrown) {
        if (endpoint.saysText && isError(thrown, "request_invalid")) return sendText(thrown, request, reply);
        throw thrown;
      } finally {
        done?.();
      }
    },
  });
}

async function answered(
  answer: Answer,
  { answer: { type } }: Endpoint,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (answer === NO_BODY) return reply.send();
  if (answer instanceof Response) return sendAnswer(answer, reply);
  const isWritten = typeof answer === "string" || answer instanceof Readable;
  return reply
    .type(type === "json" ? answersFor(headers).type : MEDIA[type])
    .send(isWritten ? answer : writeJson(answer));
}

/** Sends an answer with its own status and headers. Its text goes the way of all answers. */
async function sendAnswer(answer: Response, reply: FastifyReply): Promise<FastifyReply> {
  for (const [name, value] of answer.headers) reply.header(name, value);
  return reply.code(answer.status).send(await answer.text());
}

function callOf(
  { served, metricsText }: Shared,
  request: FastifyRequest,
  reply: FastifyReply,
  admit: Call["admit"],
): Call {
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
  const { caller, headers } = request;
  const limits = { signal: request.left, ...deadlineOf(headers) };
  const isStillKnown = (): boolean => isKnown(request, served);
  const says = answersFor(headers);
  return { served, caller, says, limits, request, reply, admit, graph, part, isStillKnown, metricsText };
}

function isKnown(request: FastifyRequest, served: Served): boolean {
  try {
    return callerOf(request, served)?.actor === request.caller?.actor;
  } catch (thrown) {
    if (isError(thrown, "unauthorized")) return false;
    throw thrown;
  }
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
        request.caller = callerOf(request, served);
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
  varyBy(reply, "accept");
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
