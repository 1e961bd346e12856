import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, OmnigraphError } from "@omnigraph/base";
import { LocalObjects } from "./local.ts";
import { MemoryObjects } from "./memory.ts";
import type { ObjectStore } from "./store.ts";

const SCHEME = /^([a-z][a-z0-9+.-]+):\/\/(.*)$/is;

/** Opens the store at a path, `file://…` or `memory://name`. Throws `store_uri_invalid`. Nothing is made or written yet. */
export async function openStore(uri: string, environment: Environment): Promise<ObjectStore> {
  const [, scheme, rest = ""] = SCHEME.exec(uri) ?? [];
  switch (scheme?.toLowerCase()) {
    case undefined:
      if (uri === "" || uri.includes("\0"))
        throw invalid(uri, "a path has at least one character, and no NUL");
      return new LocalObjects(resolve(uri), { environment });
    case "file":
      return new LocalObjects(resolve(filePath(uri)), { environment });
    case "memory":
      if (rest === "") throw invalid(uri, "the name after memory:// is missing");
      return new MemoryObjects(rest, environment.clock);
    default:
      throw invalid(uri, `there is no kind of store called ${scheme}`);
  }
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
    `${JSON.stringify(uri)} does not name a store: ${why}; give a path, file://…, s3://bucket/prefix or memory://name`,
    { details: { uri }, cause },
  );
}
