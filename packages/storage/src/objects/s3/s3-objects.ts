import type { GetObjectCommandInput } from "@aws-sdk/client-s3";
import { assert, OmnigraphError } from "@omnigraph/base";
import { checkKey } from "../keys.ts";
import type { S3Connection } from "./connect.ts";
import { classify, s3Error } from "./errors.ts";
import { listBucket } from "./list.ts";
import { isFit } from "./own-keys.ts";
import { sharedSignal } from "./shared-signal.ts";
import {
  type ObjectInfo,
  type ObjectStore,
  type PutBytes,
  type PutOutcome,
  type VersionedObject,
  wholeBytes,
} from "../store.ts";

/** The library that signs an object hashes it in one piece of less than 2 GiB. */
const MOST_BYTES = 1 << 30;
/** A put is given so much longer, as if this many bytes a millisecond were sent. */
const BYTES_PER_MS = 512;
/** Attempts to read a body that breaks off; the SDK retries only what fails before the body. */
const READS = 3;
/** Objects removed at one time. */
const CONCURRENCY = 16;

/** Objects of an S3 bucket under a prefix. Every acknowledged put is durable. */
export class S3Objects implements ObjectStore {
  readonly uri: string;
  readonly ordered: boolean;
  readonly noticesReplacement = false;
  readonly mostBytes = MOST_BYTES;
  readonly #connection: S3Connection;

  constructor(connection: S3Connection) {
    this.uri = `s3://${connection.bucket}/${connection.prefix}`;
    // Directory buckets, by their names, list in no order.
    this.ordered = !connection.bucket.endsWith("--x-s3");
    this.#connection = connection;
  }

  async get(key: string, signal?: AbortSignal): Promise<Uint8Array | null> {
    return (await this.#read(key, {}, signal))?.bytes ?? null;
  }

  async range(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array | null> {
    if (length <= 0) return (await this.exists(key)) ? new Uint8Array(0) : null;
    const Range = offset < 0 ? `bytes=${offset}` : `bytes=${offset}-${offset + length - 1}`;
    const bytes = (await this.#read(key, { Range }, signal))?.bytes ?? null;
    return bytes !== null && bytes.length > length ? bytes.subarray(0, length) : bytes;
  }

  getVersioned(key: string): Promise<VersionedObject | null> {
    return this.#read(key, {});
  }

  async exists(key: string): Promise<boolean> {
    const { sdk, retrying } = this.#connection;
    const head = new sdk.HeadObjectCommand(this.#object(key));
    try {
      await retrying.send(head);
      return true;
    } catch (cause) {
      const failure = classify(cause);
      if (failure === "absent") return false;
      throw s3Error(cause, "look at", this.#name(key), failure);
    }
  }

  async put(key: string, parts: PutBytes): Promise<void> {
    const bytes = wholeBytes(parts);
    if (bytes.length > MOST_BYTES) {
      const why = `it has ${bytes.length} bytes, and ${MOST_BYTES} are put at most`;
      throw new OmnigraphError("store_unsupported", `could not write ${this.#name(key)}: ${why}`);
    }
    const { sdk, retrying, timeoutMs } = this.#connection;
    const put = new sdk.PutObjectCommand({ ...this.#object(key), Body: bytes });
    try {
      await retrying.send(put, { requestTimeout: timeoutMs + bytes.length / BYTES_PER_MS });
    } catch (cause) {
      throw s3Error(cause, "write", this.#name(key));
    }
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<PutOutcome> {
    const { sdk, once } = this.#connection;
    const put = new sdk.PutObjectCommand({ ...this.#object(key), Body: bytes, IfNoneMatch: "*" });
    try {
      await once.send(put);
      return "stored";
    } catch (cause) {
      const failure = classify(cause);
      if (failure === "condition") return "exists";
      if (failure === "race" || failure === "store_transient") return "unknown";
      throw s3Error(cause, "write", this.#name(key), failure);
    }
  }

  async putIfMatch(key: string, bytes: Uint8Array, version: string | null): Promise<string | null> {
    const { sdk, once } = this.#connection;
    const condition = version === null ? { IfNoneMatch: "*" } : { IfMatch: version };
    const put = new sdk.PutObjectCommand({ ...this.#object(key), Body: bytes, ...condition });
    try {
      return tagOf(await once.send(put), this.#name(key));
    } catch (cause) {
      const failure = classify(cause);
      if (failure === "condition" || failure === "absent") return null;
      throw s3Error(cause, "replace", this.#name(key), failure);
    }
  }

  async sync(): Promise<void> {}

  async list(
    prefix: string,
    options: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly ObjectInfo[]> {
    const request = {
      prefix,
      after: options.after ?? null,
      limit: options.limit ?? Infinity,
      ordered: this.ordered,
    };
    try {
      return await listBucket(this.#connection, request);
    } catch (cause) {
      throw s3Error(cause, "list", this.uri + prefix);
    }
  }

  async foreignNames(): Promise<readonly string[]> {
    return [];
  }

  async delete(key: string): Promise<void> {
    const { sdk, retrying } = this.#connection;
    const remove = new sdk.DeleteObjectCommand(this.#object(key));
    try {
      await retrying.send(remove);
    } catch (cause) {
      const failure = classify(cause);
      if (failure !== "absent") throw s3Error(cause, "remove", this.#name(key), failure);
    }
  }

  async deletePrefix(prefix: string): Promise<void> {
    const found = await this.list(prefix);
    for (let from = 0; from < found.length; from += CONCURRENCY) {
      await Promise.all(found.slice(from, from + CONCURRENCY).map(({ key }) => this.delete(key)));
    }
  }

  async close(): Promise<void> {
    this.#connection.retrying.destroy();
    this.#connection.once.destroy();
  }

  /** The object, or the given range of it, with its version. */
  async #read(
    key: string,
    asked: Partial<GetObjectCommandInput>,
    signal?: AbortSignal,
  ): Promise<VersionedObject | null> {
    signal?.throwIfAborted();
    const object = this.#object(key);
    for (let reads = 1; ; reads++) {
      try {
        return await this.#readOnce({ ...asked, ...object }, signal);
      } catch (cause) {
        signal?.throwIfAborted();
        const failure = classify(cause);
        if (failure === "absent") return null;
        if (failure === "range") return { bytes: new Uint8Array(0), version: "" };
        if (failure !== "store_transient" || reads === READS)
          throw s3Error(cause, "read", this.#name(key), failure);
      }
    }
  }

  async #readOnce(asked: GetObjectCommandInput, signal?: AbortSignal): Promise<VersionedObject> {
    const { sdk, retrying } = this.#connection;
    const get = new sdk.GetObjectCommand(asked);
    const answer = await retrying.send(
      get,
      signal === undefined ? {} : { abortSignal: sharedSignal(signal) },
    );
    const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array(0);
    if (answer.ContentLength !== undefined && answer.ContentLength !== bytes.length) {
      throw new OmnigraphError("store_transient", `${asked.Key} broke off after ${bytes.length} bytes`);
    }
    return { bytes, version: tagOf(answer, `${asked.Key}`) };
  }

  #object(key: string): { Bucket: string; Key: string } {
    checkKey(key);
    assert(isFit(key), `a key of printable ASCII: ${JSON.stringify(key)}`);
    return { Bucket: this.#connection.bucket, Key: this.#connection.prefix + key };
  }

  #name(key: string): string {
    return this.uri + key;
  }
}

function tagOf(answer: { readonly ETag?: string | undefined }, name: string): string {
  if (answer.ETag !== undefined) return answer.ETag;
  throw new OmnigraphError("store_unsupported", `the store gave ${name} no ETag; use one that does`);
}
