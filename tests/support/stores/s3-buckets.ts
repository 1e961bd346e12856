import { createHash } from "node:crypto";
import { Readable } from "node:stream";

/** Headers that s3rver keeps with an object, and those it works out. */
type Metadata = Readonly<Record<string, string | number | undefined>>;

interface Stored {
  readonly bytes: Buffer;
  readonly md5: string;
  readonly metadata: Metadata;
}

interface Incoming {
  readonly bucket: string;
  readonly key: string;
  readonly content: Readable;
  readonly metadata: Metadata;
}

interface Upload {
  readonly key: string;
  readonly metadata: Metadata;
  readonly parts: Map<number, Buffer>;
}

/** An object as s3rver's handlers want it. */
interface Outgoing {
  readonly bucket: string;
  readonly key: string;
  readonly content: Readable | null;
  readonly metadata: Metadata;
  readonly size: number;
  readonly lastModifiedDate: Date;
  readonly range?: { readonly start: number; readonly end: number };
}

interface ListOptions {
  readonly delimiter: string;
  readonly startAfter: string;
  readonly prefix: string;
  readonly maxKeys: number;
}

/**
 * Buckets in memory, in the place of s3rver's own storage on disk, whose objects can be seen half written. The methods are those that
 * s3rver's handlers call.
 */
export class MemoryBuckets {
  readonly #buckets = new Map<string, Map<string, Stored>>();
  readonly #uploads = new Map<string, Upload>();

  /** The quoted tag of an object, and its size; null where there is none. */
  peek(bucket: string, key: string): { readonly tag: string; readonly size: number } | null {
    const stored = this.#buckets.get(bucket)?.get(key);
    return stored === undefined ? null : { tag: JSON.stringify(stored.md5), size: stored.bytes.length };
  }

  /** The keys of a bucket, in order. */
  keys(bucket: string): readonly string[] {
    return [...(this.#buckets.get(bucket)?.keys() ?? [])].toSorted();
  }

  /** The key that an upload in parts is for. */
  keyOfUpload(id: string): string | null {
    return this.#uploads.get(id)?.key ?? null;
  }

  async getBucket(name: string): Promise<{ name: string; creationDate: Date } | null> {
    return this.#buckets.has(name) ? { name, creationDate: new Date(0) } : null;
  }

  async putBucket(name: string): Promise<void> {
    if (!this.#buckets.has(name)) this.#buckets.set(name, new Map());
  }

  async getSubresource(): Promise<null> {
    return null;
  }

  async existsObject(bucket: string, key: string): Promise<boolean> {
    return this.#buckets.get(bucket)?.has(key) ?? false;
  }

  async getObject(
    bucket: string,
    key: string,
    options: { readonly start?: number; readonly end?: number } = {},
  ): Promise<Outgoing | null> {
    const stored = this.#buckets.get(bucket)?.get(key);
    if (stored === undefined) return null;
    const whole = outgoing(bucket, key, stored);
    if (options.start === undefined) return { ...whole, content: Readable.from([stored.bytes]) };
    const range = { start: options.start, end: Math.min(options.end ?? Infinity, stored.bytes.length - 1) };
    if (range.end < range.start) return { ...whole, range };
    return { ...whole, range, content: Readable.from([stored.bytes.subarray(range.start, range.end + 1)]) };
  }

  async putObject({ bucket, key, content, metadata }: Incoming): Promise<{ md5: string; size: number }> {
    return this.#store(bucket, key, await drain(content), metadata);
  }

  async copyObject(
    fromBucket: string,
    fromKey: string,
    bucket: string,
    key: string,
    metadata: Metadata | null,
  ): Promise<Metadata> {
    const stored = this.#buckets.get(fromBucket)?.get(fromKey);
    if (stored === undefined) throw new Error(`no object ${fromKey} to copy`);
    this.#store(bucket, key, stored.bytes, metadata ?? stored.metadata);
    return { etag: JSON.stringify(stored.md5), "last-modified": new Date().toUTCString() };
  }

  async deleteObject(bucket: string, key: string): Promise<void> {
    this.#buckets.get(bucket)?.delete(key);
  }

  async initiateUpload(_bucket: string, key: string, id: string, metadata: Metadata): Promise<void> {
    this.#uploads.set(id, { key, metadata, parts: new Map() });
  }

  async putPart(
    _bucket: string,
    id: string,
    number: string,
    content: Readable,
  ): Promise<{ md5: string; size: number }> {
    const bytes = await drain(content);
    this.#uploads.get(id)?.parts.set(Number(number), bytes);
    return { md5: md5Of(bytes), size: bytes.length };
  }

  async putObjectMultipart(
    bucket: string,
    id: string,
    parts: readonly { readonly number: number }[],
  ): Promise<{ md5: string; size: number }> {
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw new Error(`no upload ${id}`);
    this.#uploads.delete(id);
    const numbers = parts.map(({ number }) => number).toSorted((left, right) => left - right);
    const bytes = Buffer.concat(numbers.map((number) => upload.parts.get(number) ?? Buffer.alloc(0)));
    return this.#store(bucket, upload.key, bytes, upload.metadata);
  }

  async listObjects(
    bucket: string,
    { delimiter, startAfter, prefix, maxKeys }: ListOptions,
  ): Promise<{ objects: Outgoing[]; commonPrefixes: string[]; isTruncated: boolean }> {
    const objects: Outgoing[] = [];
    const folders = new Set<string>();
    if (maxKeys === 0) return { objects, commonPrefixes: [], isTruncated: false };
    const sorted = [...(this.#buckets.get(bucket) ?? [])]
      .map(([key, stored]) => ({ key, stored, order: Buffer.from(key) }))
      .toSorted((left, right) => left.order.compare(right.order));
    const after = Buffer.from(startAfter);
    for (const { key, stored, order } of sorted) {
      if (order.compare(after) <= 0 || !key.startsWith(prefix)) continue;
      const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      if (cut >= 0) folders.add(key.slice(0, cut + 1));
      else if (objects.length === maxKeys)
        return { objects, commonPrefixes: [...folders], isTruncated: true };
      else objects.push(outgoing(bucket, key, stored));
    }
    return { objects, commonPrefixes: [...folders], isTruncated: false };
  }

  #store(bucket: string, key: string, bytes: Buffer, metadata: Metadata): { md5: string; size: number } {
    const md5 = md5Of(bytes);
    const times = { "last-modified": new Date().toUTCString() };
    this.#buckets.get(bucket)?.set(key, { bytes, md5, metadata: { ...metadata, ...times } });
    return { md5, size: bytes.length };
  }
}

function outgoing(bucket: string, key: string, { bytes, md5, metadata }: Stored): Outgoing {
  return {
    bucket,
    key,
    content: null,
    metadata: {
      "content-type": metadata["content-type"] ?? "binary/octet-stream",
      "last-modified": metadata["last-modified"],
      etag: JSON.stringify(md5),
    },
    size: bytes.length,
    lastModifiedDate: new Date(String(metadata["last-modified"])),
  };
}

async function drain(content: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function md5Of(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}
