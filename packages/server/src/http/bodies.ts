import { LIMITS, OmnigraphError, parseJson } from "@omnigraph/base";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { IncomingMessage } from "node:http";

/** Bodies as JSON with exact integers, and bodies of NDJSON as streams that nothing has read yet. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (_request: FastifyRequest, body: Buffer) => (body.length === 0 ? undefined : jsonOf(body)),
  );
  app.addContentTypeParser(
    ["application/x-ndjson", "application/ndjson"],
    async (_request: FastifyRequest, body: IncomingMessage) => body,
  );
}

/** Refuses what no reader of bodies understands, before anything of it is read. Errors: `media_type_unsupported`. */
export function checkEncoding({ headers }: FastifyRequest): void {
  const encoding = headers["content-encoding"];
  if (encoding === undefined || encoding === "identity") return;
  throw new OmnigraphError("media_type_unsupported", "bodies are not taken compressed; send it as it is");
}

/** Ends a connection whose JSON body does not arrive in time. */
export function limitTime({ raw }: FastifyRequest, most: number = LIMITS.httpBodyMs.value): void {
  // A call without a body is complete a moment later, and may take as long as it takes.
  const timer = setTimeout(() => {
    if (!raw.complete) raw.destroy();
  }, most).unref();
  raw.once("close", () => clearTimeout(timer));
}

function jsonOf(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new OmnigraphError("request_invalid", "the body is no text in UTF-8", { cause });
  }
  return parseJson(text);
}
