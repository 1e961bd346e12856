import type * as sdk from "@aws-sdk/client-s3";
import { OmnigraphError, quoted } from "@omnigraph/base";
import { isFit } from "./own-keys.ts";
import { resolveAccess, type S3Access, type S3Options } from "./access.ts";

/** The SDK, loaded only when an S3 store is opened, so that it costs local users no start-up time. */
type S3Sdk = typeof sdk;

/** A bucket under a prefix, with a client for each of the two kinds of calls. */
export interface S3Connection {
  readonly sdk: S3Sdk;
  readonly access: S3Access;
  readonly bucket: string;
  /** Empty, or ending with `/`. */
  readonly prefix: string;
  /** What the server calls itself in its newest answer; null where it says nothing. */
  readonly heard: { server: string | null };
  /** How long one attempt of such a client waits for its answer. */
  readonly timeoutMs: number;
  /** Retries failed calls; for calls that can be repeated without harm. */
  readonly retrying: sdk.S3Client;
  /** Never retries; for conditional puts, which would find their own first attempt in place. */
  readonly once: sdk.S3Client;
}

const CONDITIONAL_TIMEOUT_MS = 10_000;
const TIMEOUT_MS = 60_000;
const CONNECT_MS = 5_000;
const ATTEMPTS = 4;

/** Connects to `s3://bucket/prefix`; the profile files are read, and no store is called yet. Throws `store_uri_invalid`. */
export async function connectS3(uri: string, options: S3Options): Promise<S3Connection> {
  const [, bucket, path = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/is.exec(uri) ?? [];
  const parts = path.split("/").filter((part) => part !== "");
  if (bucket === undefined || parts.includes(".") || parts.includes("..")) {
    throw new OmnigraphError(
      "store_uri_invalid",
      `${quoted(uri)} does not name a store; give s3://bucket/prefix`,
      {
        details: { uri },
      },
    );
  }
  if (!isFit(path)) {
    throw new OmnigraphError(
      "store_uri_invalid",
      `${quoted(uri)} has characters in its prefix that S3 servers list in different ways; give one of printable ASCII`,
      { details: { uri } },
    );
  }
  // The SDK's version is ours to choose; its users need not hear on standard error which Node a later one will want.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const { requireExternal } = await import("@omnigraph/storage/external");
  // The module's type is that of its declarations; `require` itself has none.
  const loaded = requireExternal("@aws-sdk/client-s3") as S3Sdk;
  const access = await resolveAccess(loaded.S3Client, options);
  const heard: S3Connection["heard"] = { server: null };
  const client = (maxAttempts: number, requestTimeout: number): sdk.S3Client =>
    listening(
      heard,
      new loaded.S3Client({
        ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint, forcePathStyle: true }),
        region: access.region,
        credentials: access.credentials,
        maxAttempts,
        // Bodies are in memory, so that the hash which is signed and the checksum stand before them, and no server keeps a part of one (tests/crash/s3-puts). The
        // checksum is as the SDK's own settings say, for servers that know none. What is read carries its own hash.
        responseChecksumValidation: "WHEN_REQUIRED",
        requestHandler: {
          connectionTimeout: CONNECT_MS,
          requestTimeout: options.timeoutMs ?? requestTimeout,
          throwOnRequestTimeout: true,
        },
      }),
    );
  return {
    sdk: loaded,
    access,
    bucket,
    heard,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    prefix: parts.map((part) => `${part}/`).join(""),
    retrying: client(ATTEMPTS, TIMEOUT_MS),
    once: client(1, CONDITIONAL_TIMEOUT_MS),
  };
}

/** Has a client note what servers call themselves. */
function listening(heard: S3Connection["heard"], client: sdk.S3Client): sdk.S3Client {
  client.middlewareStack.add(
    (next) => async (call) => {
      const result = await next(call);
      heard.server = serverOf(result.response);
      return result;
    },
    // Beside the connection: before the answer is looked at, so that refusals are heard too.
    { step: "deserialize", priority: "low", name: "serverOf" },
  );
  return client;
}

function serverOf(response: unknown): string | null {
  const headers: unknown = Object(response).headers;
  const server: unknown = Object(headers).server;
  return typeof server === "string" ? server : null;
}
