import { OmnigraphError } from "@omnigraph/base";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** The setting that lets pages of any origin call. */
const ANY = "*";
/** Headers that calls may have. */
const TAKEN = [
  "authorization",
  "content-type",
  "idempotency-key",
  "if-match",
  "if-none-match",
  "if-range",
  "last-event-id",
  "mcp-protocol-version",
  "mcp-session-id",
  "omnigraph-deadline-ms",
  "omnigraph-http-api",
  "omnigraph-if-graph-commit",
  "range",
  "x-request-id",
].join(", ");
/** Headers of answers that pages may read. */
const TOLD = [
  "accept-ranges",
  "content-length",
  "content-range",
  "deprecation",
  "etag",
  "link",
  "mcp-session-id",
  "omnigraph-action",
  "omnigraph-effects",
  "omnigraph-execution",
  "omnigraph-snapshot-id",
  "retry-after",
  "x-request-id",
].join(", ");
/** Seconds for which a browser need not ask again. */
const REMEMBERED = "600";

/** Checks origins as they were given. Errors: `usage`. */
export function checkOrigins(origins: readonly string[]): void {
  for (const origin of origins)
    if (origin !== ANY && !isOrigin(origin))
      throw new OmnigraphError(
        "usage",
        `an origin is a scheme, a host and a port, such as https://app.example.org, or *, not ${origin}`,
      );
}

function isOrigin(text: string): boolean {
  return !text.includes("*") && URL.canParse(text) && new URL(text).origin === text;
}

/** Lets pages of these origins call the server. Cookies are never taken, so a page can do no more than the token that it has. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.addHook("onRequest", async (request, reply) => {
    const { origin } = request.headers;
    varyBy(reply, "origin");
    if (origin === undefined || !(allowed.has(ANY) || allowed.has(origin))) return undefined;
    reply.header("access-control-allow-origin", allowed.has(ANY) ? ANY : origin);
    reply.header("access-control-expose-headers", TOLD);
    return isPreflight(request) ? permitted(reply) : undefined;
  });
}

/** A browser's question whether a page may make a call: it has no token. */
function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}

function permitted(reply: FastifyReply): FastifyReply {
  return reply
    .header("access-control-allow-methods", "GET, POST, DELETE")
    .header("access-control-allow-headers", TAKEN)
    .header("access-control-max-age", REMEMBERED)
    .code(204)
    .send();
}

/** Tells caches that the answer depends on a header of the call. */
export function varyBy(reply: FastifyReply, header: string): void {
  const before = reply.getHeader("vary");
  reply.header("vary", before === undefined ? header : `${String(before)}, ${header}`);
}
