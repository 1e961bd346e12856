import { LIMITS } from "@omnigraph/base";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { pipeline, Readable, type Transform } from "node:stream";
import { promisify } from "node:util";
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from "node:zlib";
import { varyBy } from "./cors.ts";
import { MEDIA } from "./endpoint.ts";

type Encoding = "br" | "gzip";

/** Brotli's own default takes a hundred times as long as this for a tenth fewer bytes. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

const AS_IT_IS: ReadonlySet<unknown> = new Set([MEDIA.events, MEDIA.octets]);

const brotlied = promisify(brotliCompress);
const gzipped = promisify(gzip);

/**
 * Compresses answers for whoever takes them so. Failures are left as they are: they repeat what was sent, and whoever makes others send something could guess what
 * stands beside it by the length. Events are left, as each is to leave at once, and so is the content of Blobs: its length, its ranges and its entity tag are those of the
 * bytes themselves, which are mostly compressed already.
 */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload: unknown) => {
    if (!isCompressible(request, reply, payload)) return payload;
    varyBy(reply, "accept-encoding");
    const encoding = encodingOf(request.headers["accept-encoding"]);
    if (encoding === null) return payload;
    reply.header("content-encoding", encoding);
    if (typeof payload === "string") return encoding === "br" ? brotlied(payload, BROTLI) : gzipped(payload);
    return compressed(payload, encoding);
  });
}

function isCompressible(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): payload is string | Readable {
  if (request.failure !== null || AS_IT_IS.has(reply.getHeader("content-type"))) return false;
  return (
    payload instanceof Readable ||
    (typeof payload === "string" && payload.length >= LIMITS.httpCompressBytes.value)
  );
}

/** A stream, compressed as it is read. One that fails cuts the answer off, as it does without. */
function compressed(pieces: Readable, encoding: Encoding): Transform {
  const made = encoding === "br" ? createBrotliCompress(BROTLI) : createGzip();
  return pipeline(pieces, made, () => undefined);
}

/** The encoding that a caller likes best, of those that there are; null: none. */
export function encodingOf(accepted: string | undefined): Encoding | null {
  const weights = new Map<string, number>();
  for (const part of (accepted ?? "").toLowerCase().split(",")) {
    const [name = "", ...rest] = part.split(";").map((text) => text.trim());
    const [, weight] = rest.map((text) => /^q=(\d(?:\.\d{0,3})?)$/.exec(text)).find(Boolean) ?? [];
    weights.set(name, Number(weight ?? 1));
  }
  const weightOf = (name: string): number => weights.get(name) ?? weights.get("*") ?? 0;
  const best: Encoding = weightOf("br") >= weightOf("gzip") ? "br" : "gzip";
  const isLiked = weightOf(best) > 0 && weightOf(best) >= (weights.get("identity") ?? 0);
  return isLiked ? best : null;
}
