import { createHash } from "node:crypto";
import { OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { checkNeeds, NO_NEEDS, unreadable } from "./features.ts";
import { type Fail, Fields, parseJsonBytes } from "./json-fields.ts";

/** Its presence makes a folder a graph. */
export const FORMAT_KEY = "__manifest/format.json";

const VERSION = 1;

/** What `format.json` says. */
export interface GraphFormat {
  /** ULID: the op of the genesis. */
  readonly graph: string;
  /** Microseconds since the epoch: that of the genesis. */
  readonly createdAt: number;
  /** Random; tells this put from others. */
  readonly nonce: string;
}

export function encodeFormat({ graph, createdAt, nonce }: GraphFormat): Uint8Array {
  const json = {
    format: "omnigraph",
    version: VERSION,
    needs: NO_NEEDS,
    graph,
    created_at: createdAt,
    nonce,
  };
  formatFrom(new Fields(json, "format.json", unreadable("format.json")));
  return Buffer.from(JSON.stringify({ ...json, sha256: checksumOf(json) }));
}

/** The bytes of a `format.json` with another nonce: everything else stays as it is. */
export function withNonce(bytes: Uint8Array, nonce: string): Uint8Array {
  const json = { ...Object(parseJsonBytes(bytes)), nonce };
  const members = Object.fromEntries(Object.entries(json).filter(([name]) => name !== "sha256"));
  return Buffer.from(JSON.stringify({ ...members, sha256: checksumOf(members) }));
}

/** The `format.json` of a graph. Errors: `graph_not_found`, those of `decodeFormat`. */
export async function readFormat(store: ObjectStore, access: "read" | "write"): Promise<GraphFormat> {
  const bytes = await store.get(FORMAT_KEY);
  if (bytes === null) throw await graphNotFound(store);
  return decodeFormat(bytes, access, store.uri);
}

/** Says whether there is nothing, or a part of a graph. */
async function graphNotFound(store: ObjectStore): Promise<OmnigraphError> {
  const [part] = await store.list("__manifest/", { limit: 1 });
  const remedy =
    part === undefined
      ? "check the address, or create the graph with init"
      : "but it holds a part of one: if a backup, a copy or an init was not finished, repeat it; if only this file was lost, repair brings it back";
  return new OmnigraphError(
    "graph_not_found",
    `there is no graph at ${store.uri}: it has no ${FORMAT_KEY}; ${remedy}`,
    { details: { uri: store.uri } },
  );
}

/** Reads `format.json`. Throws `object_corrupt` or `format_newer` with the place. */
export function decodeFormat(bytes: Uint8Array, access: "read" | "write", store: string): GraphFormat {
  const place = `${store}/${FORMAT_KEY}`;
  const fail: Fail = (problem) => {
    throw new OmnigraphError(
      "object_corrupt",
      `${place} is damaged: ${problem}; repair brings it back, without a backup as a rule`,
      { details: { place } },
    );
  };
  const json = parseJsonBytes(bytes);
  const fields = new Fields(json, "format.json", fail);
  if (fields.text("format") !== "omnigraph") fail("it is of no graph");
  const version = fields.count("version");
  if (version > VERSION) {
    throw new OmnigraphError(
      "format_newer",
      `${place} is of format ${version}, and this version knows formats up to ${VERSION}; upgrade omnigraph`,
      { details: { place, version } },
    );
  }
  checkNeeds(fields, access, place);
  const members = Object.entries(json ?? {}).filter(([name]) => name !== "sha256");
  if (fields.text("sha256") !== checksumOf(Object.fromEntries(members))) fail("its SHA-256 differs");
  return formatFrom(fields);
}

function formatFrom(fields: Fields): GraphFormat {
  return { graph: fields.text("graph"), createdAt: fields.count("created_at"), nonce: fields.text("nonce") };
}

/** Checksum of the other members, as JSON in their order without white space. */
function checksumOf(members: object): string {
  return createHash("sha256").update(JSON.stringify(members)).digest("hex");
}
