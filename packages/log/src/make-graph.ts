import { createHash } from "node:crypto";
import { type Environment, OmnigraphError, stampOf, ulidFactory } from "@omnigraph/base";
import { NOTHING, type ObjectStore } from "@omnigraph/storage";
import { MAIN_LOG_ID, slotKey } from "./address.ts";
import { decodeObject, encodeObject, type ObjectReader } from "./commit/codec.ts";
import { type CommitObject, lastOf } from "./commit/header.ts";
import { GENESIS, genesisHeader } from "./commit/next.ts";
import { claim, putContent } from "./content-objects.ts";
import { encodeFormat, FORMAT_KEY, type GraphFormat } from "./format-object.ts";
import { checkTexts } from "./writing/texts.ts";

/** What a new graph begins with. */
export interface InitOptions {
  /** The encoded schema. Its object is named by the SHA-256 of these bytes. */
  readonly schema: Uint8Array;
  readonly actor: string | null;
  readonly message: string | null;
  /** Whether a schema object found in a half-made graph says what `schema` says; without it, equal bytes do. */
  readonly isSameSchema?: (found: Uint8Array) => boolean;
}

const GENESIS_KEY = slotKey(MAIN_LOG_ID, 0);

export function schemaKey(hash: string): string {
  return `__manifest/schemas/${hash}.json`;
}

/**
 * Creates a graph. Of several concurrent callers the one whose genesis is put wins; `format.json` is put last and makes the graph exist. A half-made
 * graph with the same schema is completed. Answers its format. Errors: `graph_exists`, `folder_not_empty`; then nothing was written.
 */
export async function makeGraph(
  store: ObjectStore,
  environment: Environment,
  options: InitOptions,
): Promise<GraphFormat> {
  checkTexts(options);
  if (await store.exists(FORMAT_KEY)) throw graphExists(store.uri);
  const found = await findHalfMade(store, options);
  const genesis = found ?? (await putGenesis(store, environment, options));
  const { header } = lastOf(genesis);
  const format = { graph: header.op, createdAt: header.createdAt, nonce: randomHex(environment) };
  const bytes = encodeFormat(format);
  if (Buffer.compare(await claim(store, environment, FORMAT_KEY, bytes), bytes) !== 0)
    throw graphExists(store.uri);
  return format;
}

/** The genesis of a half-made graph with the same schema, or null where nothing of a graph is there. */
async function findHalfMade(store: ObjectStore, options: InitOptions): Promise<CommitObject | null> {
  const bytes = await store.get(GENESIS_KEY);
  const genesis = bytes === null ? null : decodeObject(bytes, MAIN_LOG_ID, 0, readerOf(store));
  const own = (key: string): boolean =>
    key === GENESIS_KEY || key === FORMAT_KEY || key.startsWith("__manifest/schemas/");
  const foreign = (await store.list("", { limit: 64 })).find(({ key }) => !own(key));
  if (foreign !== undefined) throw notEmpty(store.uri, `it holds ${foreign.key}`);
  const foreignName = (await store.foreignNames(64)).find((name) => !isEmptyFolder(name));
  if (foreignName !== undefined) throw notEmpty(store.uri, `it holds ${foreignName}`);
  if (genesis === null) return null;
  const there = await store.get(schemaKey(lastOf(genesis).header.schema));
  const same = options.isSameSchema ?? ((schema) => Buffer.compare(schema, options.schema) === 0);
  if (there === null || !same(there))
    throw notEmpty(store.uri, "it holds a half-made graph of another schema");
  await store.sync([GENESIS_KEY]);
  return genesis;
}

/** Whether a name is that of an empty folder left by a `makeGraph` that was interrupted. */
function isEmptyFolder(name: string): boolean {
  return name.startsWith("__manifest/") && name.endsWith("/");
}

async function putGenesis(
  store: ObjectStore,
  environment: Environment,
  options: InitOptions,
): Promise<CommitObject> {
  const schema = createHash("sha256").update(options.schema).digest("hex");
  await putContent(store, environment, schemaKey(schema), options.schema);
  const op = ulidFactory(environment)();
  const { actor, message } = options;
  const header = genesisHeader({ op, actor, message }, schema, stampOf(environment.clock));
  const frame = {
    graph: op,
    logId: MAIN_LOG_ID,
    slot: 0,
    branch: "main",
    nonce: randomHex(environment),
    predecessor: null,
    durability: "durable",
  } as const;
  const record = { header, address: GENESIS, branch: "main", changes: NOTHING.changes };
  const { object, bytes } = encodeObject(frame, [record]);
  const there = await claim(store, environment, GENESIS_KEY, bytes);
  if (decodeObject(there, MAIN_LOG_ID, 0, readerOf(store)).nonce !== object.nonce)
    throw graphExists(store.uri);
  return object;
}

/** Reads a genesis of any graph: the object itself tells of which. */
function readerOf({ uri }: ObjectStore): ObjectReader {
  return { access: "write", store: uri, graph: null };
}

function randomHex({ random }: Environment): string {
  return Buffer.from(random.bytes(16)).toString("hex");
}

/**
 * Checks that a root holds nothing but what a copy of a graph that was not finished may have left. Throws `folder_not_empty`. `keys` are all keys of the root.
 */
export async function checkUnused(store: ObjectStore, keys: readonly string[]): Promise<void> {
  const isOurs = (name: string): boolean => /^(?:__manifest|tables)\//.test(name);
  const foreign = keys.find((key) => !isOurs(key));
  if (foreign !== undefined) throw notEmpty(store.uri, `it holds ${foreign}`);
  const foreignName = (await store.foreignNames(64)).find((name) => !(isOurs(name) && name.endsWith("/")));
  if (foreignName !== undefined) throw notEmpty(store.uri, `it holds ${foreignName}`);
}

export function graphExists(uri: string): OmnigraphError {
  return new OmnigraphError(
    "graph_exists",
    `there is a graph at ${uri} already; open it, or choose another address`,
    {
      details: { uri },
    },
  );
}

function notEmpty(uri: string, what: string): OmnigraphError {
  return new OmnigraphError(
    "folder_not_empty",
    `${uri} is not empty: ${what}; choose an empty or new folder`,
    {
      details: { uri },
    },
  );
}
