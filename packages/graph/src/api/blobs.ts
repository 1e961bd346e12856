import type { ExternalBlobStat, ManagedBlobStat } from "@omnigraph/wire";
import type { CallOptions, PointInTime, WriteOptions } from "./graph.ts";

/** Which state of the graph a Blob is read from. */
export interface BlobReadOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** As for reads. */
  readonly at?: PointInTime;
}

/** Which bytes of a Blob are read. */
export interface BlobStreamOptions extends CallOptions {
  /** The first byte. Default 0. */
  readonly offset?: number;
  /** How many at most. Default: all that there are. */
  readonly length?: number;
}

/** Which branch gets a Blob, and how. */
export interface BlobPutOptions extends WriteOptions {
  /** Write only if this is the newest commit of the branch that changed something; else `precondition_failed`. */
  readonly ifCommit?: string;
}

/** Content of a Blob: whole, or in pieces (an array, a generator, a stream). Null takes it away. */
export type BlobInput = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array> | null;

/** A Blob whose content the graph has. */
export interface ManagedBlob extends ManagedBlobStat {
  /**
   * Its bytes, in pieces. Where all are asked for they are compared with their SHA-256, and the last piece comes only if they are right.
   *
   * @throws `blob_range_invalid` where it has no byte at `offset`, and for a `length` of 0
   * @throws `history_reclaimed` where cleanup has taken what an earlier commit had
   * @example
   * ```ts
   * await using docs = await Omnigraph.init("memory://streamed", { schema: "node Doc { body: Blob? }" });
   * await docs.load('{"type":"Doc","data":{"id":"a","body":"base64:aGVsbG8gYmxvYnM="}}', { mode: "append" });
   * const blob = await docs.blobs.open({ entity: "node", type: "Doc", id: "a", property: "body" });
   * let text = "";
   * if (blob.kind === "managed") for await (const piece of blob.stream({ offset: 6 })) text += Buffer.from(piece).toString();
   * console.log(text); // blobs
   * ```
   */
  readonly stream: (options?: BlobStreamOptions) => AsyncGenerator<Uint8Array, void, undefined>;
}

/** A Blob as it is read. */
export type OpenBlob = ManagedBlob | ExternalBlobStat;
