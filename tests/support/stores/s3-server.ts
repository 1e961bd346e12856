import { tmpdir } from "node:os";
import S3rver, { type Context } from "s3rver";
import { MemoryBuckets } from "./s3-buckets.ts";

/** What a test does to a request: `lose` performs it and then cuts the connection, `hang` never answers and performs nothing. */
export type Interference = "lose" | "hang" | null;

/** A request that the server was sent. */
export interface ServedRequest {
  readonly method: string;
  readonly key: string;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** A running S3 server on loopback. */
export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Requests so far, as `METHOD key`. */
  readonly requests: string[];
  /** Keys that are there now, in order. */
  readonly keys: () => readonly string[];
  /** Asked at every request; replace it to interfere. */
  interfere: (request: ServedRequest) => Interference;
  close(): Promise<void>;
}

/**
 * Starts a real HTTP server that speaks S3: s3rver, its storage replaced by memory, and before its own handlers a lock on each key under which
 * `If-None-Match` and `If-Match` are checked (s3rver ignores both). With `careless` they are ignored, as some servers do; `in races` they are checked, but
 * two puts of a key that come together both find it absent, as with more.
 */
export async function startS3Server(
  options: { readonly careless?: boolean | "in races" } = {},
): Promise<S3Server> {
  const bucket = "graphs";
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory: tmpdir(),
    vhostBuckets: false,
    allowMismatchedSignatures: true,
    configureBuckets: [{ name: bucket }],
  });
  const buckets = new MemoryBuckets();
  server.store = server.context.store = buckets;
  const locks = new KeyLocks();
  const together = new Pairs();
  const requests: string[] = [];
  let hung: Context[] = [];
  const running: S3Server = {
    endpoint: "",
    bucket,
    credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
    requests,
    keys: () => buckets.keys(bucket),
    interfere: () => null,
    close: async () => {
      for (const context of hung) context.req.socket.destroy();
      hung = [];
      await server.close();
    },
  };
  server.middleware.unshift(async (context, next) => {
    const key = keyOf(context);
    requests.push(`${context.method} ${key}`);
    rewriteSuffixRange(context, buckets.peek(bucket, key)?.size ?? 0);
    const interference = running.interfere({ method: context.method, key, headers: context.req.headers });
    if (interference === "hang") {
      context.respond = false;
      hung.push(context);
      return;
    }
    if (context.method === "GET" && key === "" && context.query["list-type"] === "2") {
      context.type = "application/xml";
      context.body = await listing(buckets, bucket, context.query);
      return;
    }
    const locked = context.method === "PUT" || context.method === "POST" || context.method === "DELETE";
    const perform = async (): Promise<void> => {
      const refusal = options.careless === true ? null : refusalOf(context, buckets.peek(bucket, key));
      const isClaim = refusal === null && "if-none-match" in context.req.headers;
      if (isClaim && options.careless === "in races") await together.wait(key);
      if (refusal === null) await next();
      else refuse(context, refusal);
    };
    await (locked && options.careless !== "in races" ? locks.run(key, perform) : perform());
    if (interference === "lose") {
      context.respond = false;
      context.req.socket.destroy();
    }
  });
  const { port } = await server.run();
  return Object.assign(running, { endpoint: `http://127.0.0.1:${port}` });
}

/** Most names of one answer: S3 gives a thousand, and is free to give fewer. */
const PAGE = 100;

/** Runs one thing at a time for each key. */
class KeyLocks {
  readonly #last = new Map<string, Promise<void>>();

  async run(key: string, body: () => Promise<void>): Promise<void> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(body);
    this.#last.set(
      key,
      mine.catch(() => undefined),
    );
    await mine;
  }
}

/** Holds the first that comes for a key until the second is there; all others pass. */
class Pairs {
  readonly #first = new Map<string, () => void>();

  wait(key: string): Promise<void> {
    const release = this.#first.get(key);
    release?.();
    return release === undefined ? new Promise((go) => this.#first.set(key, go)) : Promise.resolve();
  }
}

interface Refusal {
  readonly status: number;
  readonly code: string;
}

function refusalOf(context: Context, there: { readonly tag: string } | null): Refusal | null {
  const completes = context.method === "POST" && "uploadId" in context.query;
  if (context.method !== "PUT" && !completes) return null;
  const { "if-none-match": noneMatch, "if-match": match } = context.req.headers;
  if (noneMatch === "*" && there !== null) return { status: 412, code: "PreconditionFailed" };
  if (match !== undefined && there === null) return { status: 404, code: "NoSuchKey" };
  if (match !== undefined && match !== there?.tag) return { status: 412, code: "PreconditionFailed" };
  return null;
}

function refuse(context: Context, { status, code }: Refusal): void {
  context.req.resume();
  context.status = status;
  context.type = "application/xml";
  context.body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
}

/** A page of a listing: s3rver encrypts the token of the next one by a cipher that OpenSSL 3 does not have. */
async function listing(buckets: MemoryBuckets, bucket: string, query: Context["query"]): Promise<string> {
  const token = query["continuation-token"];
  const startAfter = token === undefined ? query["start-after"] : Buffer.from(token, "base64").toString();
  const maxKeys = Math.min(PAGE, Number(query["max-keys"] ?? PAGE));
  const { prefix = "", delimiter = "" } = query;
  const page = await buckets.listObjects(bucket, {
    prefix,
    delimiter,
    startAfter: startAfter ?? "",
    maxKeys,
  });
  const contents = page.objects.map(
    ({ key, size, lastModifiedDate, metadata }) =>
      `<Contents><Key>${escapeXml(key)}</Key><Size>${size}</Size><ETag>${escapeXml(String(metadata["etag"]))}</ETag>` +
      `<LastModified>${lastModifiedDate.toISOString()}</LastModified></Contents>`,
  );
  const folders = page.commonPrefixes.map(
    (name) => `<CommonPrefixes><Prefix>${escapeXml(name)}</Prefix></CommonPrefixes>`,
  );
  const next = page.isTruncated ? Buffer.from(page.objects.at(-1)?.key ?? "").toString("base64") : "";
  return [
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${bucket}</Name><Prefix>${escapeXml(prefix)}</Prefix><KeyCount>${contents.length}</KeyCount><MaxKeys>${maxKeys}</MaxKeys>`,
    `<IsTruncated>${page.isTruncated}</IsTruncated>`,
    next === "" ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`,
    ...contents,
    ...folders,
    "</ListBucketResult>",
  ].join("");
}

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The key below the bucket, as it was before the client escaped it. */
function keyOf(context: Context): string {
  return decodeURIComponent(context.path.split("/").slice(2).join("/"));
}

/** s3rver takes `bytes=-5` for the first five bytes. */
function rewriteSuffixRange(context: Context, size: number): void {
  const last = /^bytes=-(\d+)$/.exec(context.req.headers.range ?? "")?.[1];
  if (last !== undefined) context.req.headers.range = `bytes=${Math.max(0, size - Number(last))}-`;
}
