import type * as sdk from "@aws-sdk/client-s3";
import { OmnigraphError, quoted } from "@omnigraph/base";

/** The SDK, imported only when an S3 store is opened: it costs a local user's start nothing. */
type S3Sdk = typeof sdk;

/** How to reach S3, where the usual `AWS_…` environment variables and profile files do not say it. */
export interface S3Options {
  /** Any S3-compatible server; its buckets are addressed by path. */
  readonly endpoint?: string;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  /** How long one attempt waits for its answer; default 10 s for conditional puts and 60 s for all else. */
  readonly timeoutMs?: number;
}

/** A bucket under a prefix, with a client for each of the two kinds of calls. */
export interface S3Connection {
  readonly sdk: S3Sdk;
  readonly bucket: string;
  /** Empty, or ending with `/`. */
  readonly prefix: string;
  /** Repeats calls that can be repeated without harm. */
  readonly patient: sdk.S3Client;
  /** Never repeats: a repeated conditional put would meet its own first attempt. */
  readonly once: sdk.S3Client;
}

const CONDITIONAL_TIMEOUT_MS = 10_000;
const TIMEOUT_MS = 60_000;
const CONNECT_MS = 5_000;
const ATTEMPTS = 4;

/** Connects to `s3://bucket/prefix`; nothing is called yet. Throws `store_uri_invalid`. */
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
  // The SDK's version is ours to choose; its users need not hear on standard error which Node a later one will want.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const { requireOutside } = await import("@omnigraph/storage/outside");
  // The module's type is that of its declarations; `require` itself has none.
  const loaded = requireOutside("@aws-sdk/client-s3") as S3Sdk;
  const client = (maxAttempts: number, requestTimeout: number): sdk.S3Client =>
    new loaded.S3Client({
      ...address(options),
      ...credentials(options),
      maxAttempts,
      // Many servers know neither checksum trailers nor checksum headers; every object of ours carries its own hash.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: options.timeoutMs ?? requestTimeout,
        throwOnRequestTimeout: true,
      },
    });
  return {
    sdk: loaded,
    bucket,
    prefix: parts.map((part) => `${part}/`).join(""),
    patient: client(ATTEMPTS, TIMEOUT_MS),
    once: client(1, CONDITIONAL_TIMEOUT_MS),
  };
}

function address(options: S3Options): { endpoint?: string; forcePathStyle?: boolean; region?: string } {
  const variables = process.env;
  const endpoint = options.endpoint ?? variables["AWS_ENDPOINT_URL_S3"] ?? variables["AWS_ENDPOINT_URL"];
  const region = options.region ?? variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"];
  if (endpoint === undefined) return region === undefined ? {} : { region };
  return { endpoint, forcePathStyle: true, region: region ?? "us-east-1" };
}

function credentials(options: S3Options): {
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
} {
  const { accessKeyId, secretAccessKey, sessionToken } = options;
  if (accessKeyId === undefined || secretAccessKey === undefined) return {};
  return {
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  };
}
