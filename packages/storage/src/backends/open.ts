import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, OmnigraphError, quoted } from "@omnigraph/base";
import type { S3Options } from "../objects/s3/access.ts";
import type { Backend, BegunBackend } from "./backend.ts";
import { localBackend } from "./local.ts";
import { memoryBackend } from "./memory.ts";
import { s3Backend } from "./s3.ts";

/** How a backend is opened. */
export interface OpenOptions {
  /** Whether the graph will be written: then an S3 store must first prove that it honours conditional puts. Default false. */
  readonly writable?: boolean;
  readonly s3?: S3Options;
  /** Which keys a local store may put by one sync; see `LocalOptions`. */
  readonly oneSync?: (key: string) => boolean;
}

/**
 * Characters that no root may have. Lance refuses paths with ASCII control characters (not those from U+0080 on), so no table could be staged there;
 * and half of a surrogate pair cannot be in a file name.
 */
const UNFIT = /(?![\u0080-\u009f])[\p{Cc}\p{Surrogate}]/u;

const SCHEME = /^([a-z][a-z0-9+.-]+):\/\/(.*)$/is;

/**
 * Opens what is kept at a path, `file://…`, `s3://bucket/prefix` or `memory://name`. Nothing is made yet. Throws `store_uri_invalid`; an S3 store opened
 * for writing also `store_unsupported`, `store_denied` or `store_transient`.
 */
export async function openBackend(
  uri: string,
  environment: Environment,
  options: OpenOptions = {},
): Promise<Backend> {
  const { backend, proved } = await beginBackend(uri, environment, options);
  try {
    await proved;
  } catch (cause) {
    await backend.objects.close();
    throw cause;
  }
  return backend;
}

/** As `openBackend`, for a caller who reads while an S3 store that will be written is proved, and closes the backend if that fails. Throws `store_uri_invalid`. */
export async function beginBackend(
  uri: string,
  environment: Environment,
  options: OpenOptions,
): Promise<BegunBackend> {
  const [, scheme, rest = ""] = SCHEME.exec(uri) ?? [];
  if (uri === "") throw invalid(uri, "a path has at least one character");
  checkCharacters(uri, uri);
  switch (scheme?.toLowerCase()) {
    case undefined:
      return fit(openLocal(uri, uri, environment, options));
    case "file":
      return fit(openLocal(uri, filePath(uri), environment, options));
    case "memory":
      if (rest === "") throw invalid(uri, "the name after memory:// is missing");
      return fit(memoryBackend(rest, environment.clock));
    case "s3":
      return s3Backend(uri, options.s3 ?? {}, options.writable === true ? environment : null);
    default:
      throw invalid(uri, `there is no kind of store called ${scheme}`);
  }
}

/** A backend that needs no proof. */
function fit(backend: Backend): BegunBackend {
  return { backend, proved: Promise.resolve() };
}

function openLocal(uri: string, path: string, environment: Environment, options: OpenOptions): Backend {
  const root = resolve(path);
  checkCharacters(uri, root); // the working directory's too, and those that were escaped in a URL
  return localBackend(root, { environment, oneSync: options.oneSync });
}

function checkCharacters(uri: string, text: string): void {
  const [unfit] = UNFIT.exec(text) ?? [];
  if (unfit === undefined) return;
  const code = (unfit.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  throw invalid(uri, `it contains the character U+${code}, which tables cannot be kept under`);
}

function filePath(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (cause) {
    throw invalid(uri, "it is no file URL of this machine", cause);
  }
}

function invalid(uri: string, why: string, cause?: unknown): OmnigraphError {
  return new OmnigraphError(
    "store_uri_invalid",
    `${quoted(uri)} does not name a store: ${why}; give a path, file://…, s3://bucket/prefix or memory://name`,
    { details: { uri }, cause },
  );
}
