import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isError, type JsonValue, OmnigraphError, parseJson, writeJson } from "@omnigraph/base";
import { fileError } from "./files.ts";
import type { NamedServer, Settings } from "./settings.ts";

/** A token of a server, and the address that it is sent to. */
interface Credential {
  readonly address: string;
  readonly token: string;
}

/** Bits of a file's mode that let others in. */
const OF_OTHERS = 0o077;

/**
 * The token for a server: of OMNIGRAPH_TOKEN_<NAME>, else of `login`, else of OMNIGRAPH_BEARER_TOKEN. None is sent to another server than that which it is for.
 * Errors: `config_invalid`, `file_unreadable`.
 */
export async function tokenFor(
  settings: Settings,
  { name, address }: NamedServer,
): Promise<string | undefined> {
  const own = name === null ? undefined : settings.variable(variableOf(name));
  if (own !== undefined) return own;
  const kept = name === null ? undefined : (await credentialsIn(settings)).get(name);
  if (kept !== undefined && sameAddress(kept.address, address)) return kept.token;
  if (kept !== undefined)
    throw new OmnigraphError(
      "config_invalid",
      `the token of server ${name} is for ${kept.address}, and the server is at ${address} by now: omnigraph login ${name} again`,
    );
  return settings.variable("OMNIGRAPH_BEARER_TOKEN");
}

/** The variable of the environment with the token of a server. */
function variableOf(name: string): string {
  return `OMNIGRAPH_TOKEN_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}

/** Keeps the token of a server, in place of the one that it had. Errors: `config_invalid`, `file_unreadable`, `file_unwritable`. */
export async function keepToken(settings: Settings, name: string, credential: Credential): Promise<void> {
  const kept = new Map(await credentialsIn(settings));
  kept.set(name, credential);
  await write(settings, kept);
}

/** Forgets the token of a server, and answers whether there was one. Errors: as `keepToken`. */
export async function forgetToken(settings: Settings, name: string): Promise<boolean> {
  const kept = new Map(await credentialsIn(settings));
  const wasThere = kept.delete(name);
  if (wasThere) await write(settings, kept);
  return wasThere;
}

function pathOf(settings: Settings): string {
  return join(settings.home, "credentials");
}

async function credentialsIn(settings: Settings): Promise<ReadonlyMap<string, Credential>> {
  const path = pathOf(settings);
  let text: string;
  try {
    const { mode } = await stat(path);
    if (process.platform !== "win32" && (mode & OF_OTHERS) !== 0)
      throw new OmnigraphError(
        "config_invalid",
        `others may read ${path}, which has tokens: chmod 600 ${path}`,
      );
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (isError(cause)) throw cause;
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR"))
      return new Map();
    throw fileError("file_unreadable", `cannot read the credentials ${path}`, cause);
  }
  return readCredentials(path, text);
}

function readCredentials(path: string, text: string): ReadonlyMap<string, Credential> {
  const wrong = (cause?: unknown): OmnigraphError =>
    new OmnigraphError("config_invalid", `${path} is not as omnigraph login writes it; log in again`, {
      cause,
    });
  let read: JsonValue;
  try {
    read = parseJson(text);
  } catch (cause) {
    throw wrong(cause);
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) throw wrong();
  return new Map(
    Object.entries(read).map(([name, credential]) => {
      if (!isCredential(credential)) throw wrong();
      return [name, credential];
    }),
  );
}

function isCredential(value: unknown): value is Credential {
  return (
    typeof value === "object" &&
    value !== null &&
    "address" in value &&
    typeof value.address === "string" &&
    "token" in value &&
    typeof value.token === "string"
  );
}

function sameAddress(one: string, other: string): boolean {
  return one.replace(/\/+$/u, "") === other.replace(/\/+$/u, "");
}

/** Writes the file beside the old one first, never readable by others. */
async function write(settings: Settings, kept: ReadonlyMap<string, Credential>): Promise<void> {
  const path = pathOf(settings);
  const fresh = `${path}.${randomUUID()}`;
  try {
    await mkdir(settings.home, { recursive: true, mode: 0o700 });
    const file = await open(fresh, "wx", 0o600);
    try {
      await file.writeFile(`${writeJson(Object.fromEntries(kept), 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (cause) {
    await rm(fresh, { force: true });
    throw fileError("file_unwritable", `cannot write the credentials ${path}`, cause);
  }
}
