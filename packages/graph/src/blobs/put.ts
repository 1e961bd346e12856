import { callerFailed, clipped, LIMITS, OmnigraphError } from "@omnigraph/base";
import { contentText } from "@omnigraph/storage";
import type { BlobSelector, MutationAnswer } from "@omnigraph/wire";
import type { BlobInput, BlobPutOptions } from "../api/blobs.ts";
import type { Branches } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import type { CompiledQueries } from "../open/compiled-queries.ts";
import type { GraphContext } from "../open/context.ts";
import { mutate } from "../write/mutation.ts";
import { blobProperty, noBlob } from "./cells.ts";

/** The request of a put. */
interface Asked extends BlobPutOptions {
  readonly selector: BlobSelector;
  readonly signal: AbortSignal;
  readonly permitTypes: PermitTypes;
}

/** As `Blobs.put`. */
export async function putBlob(
  context: GraphContext,
  branches: Branches,
  queries: CompiledQueries,
  content: BlobInput,
  asked: Asked,
): Promise<MutationAnswer> {
  const { selector, signal } = asked;
  const { view } = await branches.commitView({ branch: asked.branch ?? "main" }, signal);
  const { type, property } = blobProperty(selector, view);
  const source = `query put_blob($id: String, $content: Blob?) { update ${type.name} set { ${property.name}: $content } where @id = $id }`;
  const parameters = {
    id: selector.id,
    content: content === null ? null : contentText(await wholeContent(content, signal)),
  };
  const answer = await mutate(context, branches, queries, { ...asked, source, parameters });
  if (answer.commit !== null) return answer;
  throw noBlob(
    type,
    selector.id,
    property,
    `there is no ${type.name} of id ${clipped(selector.id)}; nothing was written`,
  );
}

/** All bytes of content. Errors: `value_invalid` where they are too many, `caller_failed`. */
async function wholeContent(content: NonNullable<BlobInput>, signal: AbortSignal): Promise<Uint8Array> {
  const most = LIMITS.blobBytes.value;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of content instanceof Uint8Array ? [content] : readBy(content)) {
    signal.throwIfAborted();
    bytes += piece.length;
    if (bytes > most)
      throw new OmnigraphError(
        "value_invalid",
        `the content is larger than ${most} bytes; nothing was written`,
        {
          details: { most },
        },
      );
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The pieces of a caller, whose failures are told as such. */
async function* readBy(
  content: Exclude<BlobInput, Uint8Array | null>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of content) {
      if (!(piece instanceof Uint8Array)) throw new TypeError("a piece of it is not of bytes");
      yield piece;
    }
  } catch (cause) {
    throw callerFailed("the content of the Blob", "nothing was written", cause);
  }
}
