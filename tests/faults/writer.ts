import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ObjectStore } from "@omnigraph/storage";
import { type GraphParts, Omnigraph, type OpenWithOptions } from "omnigraph";
import type { IsShort } from "../support/simulation/short-clock.ts";
import type { Place, StoreKind } from "./places.ts";

export const SCHEMA = `node Item { slug: String @key  n: I32?  body: Blob? }
edge Link: Item -> Item { n: I32? }
`;
/** More rows than so many are staged as tables. */
const INLINE_ROWS = 5;
/** How graphs are opened, unless a writer has other options. */
export const OPEN = { inlineRows: INLINE_ROWS, maintenance: "off" } as const;
/** Message of what others commit while a writer stands still. */
export const OTHERS = "others";
/** Message of what is written after a fault. */
export const ONWARDS = "onwards";
export const OP = "the op of the writer";

/** What a writer has of its process. Calls of its parts are counted, and one of them meets the fault. */
export interface WriterProcess {
  readonly place: Place;
  /** Opens the parts of the graph there. */
  readonly open: () => Promise<GraphParts>;
  /** The same at the address beside. */
  readonly openBeside: () => Promise<GraphParts>;
  /** A folder for what is no graph. */
  readonly folder: string;
}

/** One kind of write, in one row of the matrix. */
export interface Writer {
  readonly name: string;
  /** Where it is described in docs/write-path.md. */
  readonly section: string;
  /** What is done before, besides `prepareGraph`; null: there is no graph before. */
  readonly prepare?: ((process: WriterProcess) => Promise<unknown>) | null;
  /** Writes; the same again where it was done already. Rejects where it was refused. */
  readonly write: (process: WriterProcess) => Promise<unknown>;
  /** What others do while its process stands still. Default: a small commit. */
  readonly others?: (process: WriterProcess) => Promise<unknown>;
  /** The branch that is written on afterwards. Default: main. */
  readonly branch?: string;
  /** Of a writer of two steps: the first alone. */
  readonly midway?: (process: WriterProcess) => Promise<unknown>;
  /** Whether an answer says that all was done. Default: always. */
  readonly isAll?: (answer: unknown) => boolean;
  /** Kinds of commits that count, besides those that everybody makes: what others fold and settle is no matter. */
  readonly counts?: "maintenance" | "recovery";
  /** What else tells that it is done. */
  readonly look?: (graph: Omnigraph, objects: ObjectStore) => Promise<unknown>;
  /** Whether it writes to the address beside, by copying. A branch there may be that of before while another is that of afterwards. */
  readonly copies?: boolean;
  /** Whether a call that was refused may have done a part, or all: the next one goes on. */
  readonly isCarriedOn?: boolean;
  /** The kinds of store where it runs. Default: all. */
  readonly stores?: readonly StoreKind[];
  /** Which waits of its process are over at once. Default: those below a second. */
  readonly waits?: IsShort;
}

export const item = (slug: string, n: number): object => ({ type: "Item", data: { slug, n } });
export const link = (id: string, from: string, to: string): object => ({
  edge: "Link",
  from,
  to,
  data: { id },
});
export const items = (prefix: string, count: number): object[] =>
  Array.from({ length: count }, (_, i) => item(`${prefix}${i}`, i));

export const set = (graph: Omnigraph, branch: string, slug: string, n: number): Promise<unknown> =>
  graph.mutate(`query q() { update Item set { n: ${n} } where slug = "${slug}" }`, {}, { branch });

/** A write to an open graph. What it does in the background is its work as well. */
export function inGraph(
  write: (graph: Omnigraph, process: WriterProcess) => Promise<unknown>,
  options: OpenWithOptions = {},
): (process: WriterProcess) => Promise<unknown> {
  return async (process) => {
    const graph = await Omnigraph.openWith(await process.open(), { ...OPEN, ...options });
    try {
      return await write(graph, process);
    } finally {
      await graph.close();
    }
  };
}

/** Main with rows in a table and in commits; `draft` and main have changed different things since; `ahead` is ahead of main; `old` has a change too. */
export const prepareGraph = inGraph(async (graph) => {
  await graph.load([...items("a", 8), link("l1", "a0", "a1"), link("l2", "a1", "a2")], { mode: "append" });
  await graph.branches.create("draft");
  await set(graph, "draft", "a0", 100);
  await set(graph, "main", "a1", 101);
  await graph.branches.create("old");
  await set(graph, "old", "a2", 102);
  await graph.branches.create("ahead");
  await set(graph, "ahead", "a3", 103);
});

export const makeGraph = async ({ open }: WriterProcess): Promise<void> => {
  const graph = await Omnigraph.initWith(await open(), { schema: SCHEMA, maintenance: "off" });
  await graph.close();
};

/** What others do meanwhile: it conflicts with no writer. */
export const writeOthers = inGraph((graph) =>
  graph.mutate('query q() { insert Item { slug: "others" } }', {}, { message: OTHERS }),
);

/** Writes to a branch after a fault: a small commit, and tables where these are cheap. */
export const writeOnwards = (branch: string, tables: boolean) =>
  inGraph(async (graph) => {
    const options = { branch, message: ONWARDS };
    await graph.mutate('query q() { insert Item { slug: "onwards" } }', {}, options);
    if (tables) await graph.load(items("onwards", INLINE_ROWS + 2), { ...options, mode: "append" });
  });

/** A call whose effect has no op: where it was done already it is told so. */
export async function unless(reason: string, call: Promise<unknown>): Promise<unknown> {
  return call.catch((thrown: unknown) => {
    if ((thrown as { reason?: unknown }).reason !== reason) throw thrown;
  });
}

/** The folder of Lance tables that another program has written: items of another graph. */
export async function foreignTables({ folder }: WriterProcess): Promise<string> {
  const to = join(folder, "foreign");
  if (existsSync(to)) return to;
  await using graph = await Omnigraph.init(`memory://${to}`, { schema: SCHEMA, maintenance: "off" });
  await graph.load(items("f", INLINE_ROWS + 2), { mode: "append" });
  await graph.tables.export(to, { format: "lance" });
  return to;
}
