import { OmnigraphError } from "@omnigraph/base";
import { blobTag } from "@omnigraph/wire";
import type { EntityKind, ManagedBlob } from "omnigraph";
import { matches, rangeAsked } from "../http/conditions.ts";
import { type Call, type Endpoint, endpoint, MEDIA, NO_BODY } from "../http/endpoint.ts";
import { firstOf } from "../http/streams.ts";
import { readOf } from "./options.ts";

/** What is asked for, as the shape of the parameters reads it. */
interface Asked {
  readonly entity: EntityKind;
  readonly type: string;
  readonly id: string;
  readonly property: string;
  readonly branch?: string | undefined;
  readonly snapshot?: string | undefined;
}

const DECLARED = {
  path: "/graphs/{graph_id}/blob",
  tag: "blobs",
  parameters: "blobParameters",
  answer: { shapes: [], type: "octets" },
} as const;

const FAILURES = [400, 401, 403, 404, 412, 503];

/** The content of Blobs. */
export const BLOBS: readonly Endpoint[] = [
  endpoint({
    ...DECLARED,
    method: "GET",
    operation: "cluster_getBlob",
    summary: "The bytes of a Blob, or a redirection to the address that it is.",
    failures: [...FAILURES, 416],
    run: async (call, _, asked) => {
      const blob = await selected(call, asked);
      if (blob === null) return NO_BODY;
      const { reply, request, limits } = call;
      const { size } = blob;
      const range = rangeAsked(request.headers, blobTag(blob.sha256), size);
      if (range === "unsatisfiable") {
        reply.header("content-range", `bytes */${size}`);
        throw new OmnigraphError("blob_range_invalid", `the Blob has ${size} bytes, and none in that range`);
      }
      if (range !== null)
        reply.code(206).header("content-range", `bytes ${range.from}-${range.to - 1}/${size}`);
      const { from, to } = range ?? { from: 0, to: size };
      const part = range === null ? {} : { offset: from, length: to - from };
      const stream = await firstOf(blob.stream({ ...part, ...limits }));
      reply.header("content-length", to - from);
      return stream;
    },
  }),
  endpoint({
    ...DECLARED,
    method: "HEAD",
    operation: "cluster_headBlob",
    summary: "The size and the entity tag of a Blob, or a redirection to the address that it is.",
    failures: FAILURES,
    run: async (call, _, asked) => {
      const blob = await selected(call, asked);
      if (blob !== null) call.reply.header("content-length", blob.size).type(MEDIA.octets);
      return NO_BODY;
    },
  }),
];

/**
 * The Blob that a call asks for, with the headers that every answer about it has. Null where these are the answer: it is an address, or whoever asks has it
 * already. Errors: `blob_changed`.
 */
async function selected(call: Call, { branch, snapshot, ...selector }: Asked): Promise<ManagedBlob | null> {
  const { reply, request, limits } = call;
  const graph = await call.graph().as(call.caller);
  const blob = await graph.blobs.open(selector, { ...readOf({ branch, snapshot }), ...limits });
  reply.header("omnigraph-snapshot-id", blob.commit);
  if (blob.kind === "external") {
    reply.code(302).header("location", blob.uri);
    return null;
  }
  const tag = blobTag(blob.sha256);
  reply.header("accept-ranges", "bytes").header("etag", tag);
  const { "if-match": wanted, "if-none-match": held } = request.headers;
  if (wanted !== undefined && !matches(wanted, tag, "strong"))
    throw new OmnigraphError("blob_changed", "the Blob is not the one that If-Match names");
  if (held === undefined || !matches(held, tag, "weak")) return blob;
  reply.code(304).header("content-length", blob.size);
  return null;
}
