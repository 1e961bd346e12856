import { fateOf, isError, LIMITS, OmnigraphError, writeJson } from "@omnigraph/base";
import { type HttpErrorJson, httpErrorJson } from "@omnigraph/wire";
import type { FastifyReply, FastifyRequest } from "fastify";
import { answersFor } from "./answers.ts";

/** Any thrown value as an error of the registry: fastify's own by their codes. */
export function failureOf(thrown: unknown): OmnigraphError {
  if (isError(thrown)) return thrown;
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : null;
  const status = thrown instanceof Error && "statusCode" in thrown ? thrown.statusCode : null;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new OmnigraphError("body_too_large", "the body is larger than this call takes", { cause: thrown });
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return new OmnigraphError("media_type_unsupported", "the body must be application/json", {
      cause: thrown,
    });
  if (thrown instanceof Error && typeof status === "number" && status >= 400 && status < 500)
    return new OmnigraphError("request_invalid", thrown.message, { cause: thrown });
  return new OmnigraphError("internal", "a fault of the server itself", { cause: thrown });
}

/** Failures of the server itself that say nothing of how it is set up. */
const HARMLESS: ReadonlySet<string> = new Set(["graph_unavailable", "server_stopping"]);

/** What is said of a failure to whoever called: never where the server's files are. */
export function messageOf(error: OmnigraphError, request: FastifyRequest): string {
  const isOurs = error.entry.http >= 500 || error.reason.startsWith("store_");
  if (!isOurs || HARMLESS.has(error.reason))
    return request.graph?.withoutAddress(error.message) ?? error.message;
  return `${error.entry.meaning} The log of the server has more under request ${request.id}.`;
}

/** A failure as the contract has it, for whoever called. */
export function failureJson(error: OmnigraphError, request: FastifyRequest): HttpErrorJson {
  return httpErrorJson(error, messageOf(error, request));
}

/** Tells what became of a write that failed, in headers: the contract's body takes no more members. */
function tellFate(error: OmnigraphError, request: FastifyRequest, reply: FastifyReply): void {
  if (!request.isWrite) return;
  const { execution, effects, action } = fateOf(error);
  reply.header("omnigraph-execution", execution);
  reply.header("omnigraph-effects", effects);
  reply.header("omnigraph-action", action);
}

/** Answers a failure, as JSON of the contract. */
export function sendFailure(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = failureOf(thrown);
  const { http } = error.entry;
  request.failure = error;
  if (http === 401) reply.header("www-authenticate", "Bearer");
  if (http === 429 || http === 503) reply.header("retry-after", "1");
  tellFate(error, request, reply);
  if (!request.raw.complete) endUnread(request);
  const says = answersFor(request.headers);
  return reply
    .code(http)
    .type(says.type)
    .send(writeJson(says.error(error, messageOf(error, request))));
}

/** Answers a failure as plain text, where the contract has it so. */
export function sendText(error: OmnigraphError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.failure = error;
  tellFate(error, request, reply);
  if (!request.raw.complete) endUnread(request);
  return reply.code(error.entry.http).type("text/plain; charset=utf-8").send(error.message);
}

/** Whoever sends a body that is not wanted may end it, but not go on for ever. */
function endUnread({ raw }: FastifyRequest): void {
  const timer = setTimeout(() => raw.destroy(), LIMITS.httpBodyMs.value).unref();
  raw.once("close", () => clearTimeout(timer));
}
