import { Omnigraph } from "omnigraph";
import type { GraphParts } from "omnigraph";

export const SCHEMA = `node Item { slug: String @key  n: I32? }
edge Link: Item -> Item { n: I32? }
`;
/** More rows than so many are staged as tables. */
export const INLINE_ROWS = 5;
/** Message of what others commit while a writer stands still. */
export const OTHERS = "others";
/** Message of what is written after a fault. */
export const ONWARDS = "onwards";
const OP = "the op of the writer";

/** One kind of write, in one row of the matrix. */
export interface Writer {
  readonly name: string;
  /** Where it is described in docs/write-path.md. */
  readonly section: string;
  /** What is done to the graph before, besides `prepareGraph`. */
  readonly prepare?: (graph: Omnigraph) => Promise<void>;
  /** Writes; the same again where it was done already. Rejects where it was refused. */
  readonly write: (graph: Omnigraph) => Promise<unknown>;
  /** The branch that is written on afterwards. Default: main. */
  readonly branch?: string;
  /** Of a writer of two steps: the first alone, and whether an answer says that only this was done. */
  readonly midway?: {
    readonly write: (graph: Omnigraph) => Promise<unknown>;
    readonly isAll: (answer: unknown) => boolean;
  };
  /** Whether commits of kind `maintenance` count: what others fold is no matter. */
  readonly folds?: boolean;
}

/** The writer that makes a graph, where nothing is. */
export const INIT = "init";

const item = (slug: string, n: number): object => ({ type: "Item", data: { slug, n } });
const link = (id: string, from: string, to: string): object => ({ edge: "Link", from, to, data: { id } });
const items = (prefix: string, count: number): object[] =>
  Array.from({ length: count }, (_, i) => item(`${prefix}${i}`, i));

const set = (graph: Omnigraph, branch: string, slug: string, n: number): Promise<unknown> =>
  graph.mutate(`query q() { update Item set { n: ${n} } where slug = "${slug}" }`, {}, { branch });

/** Main with rows in a table and in commits; `draft` and main have changed different things since; `ahead` is ahead of main; `old` has a change too. */
export async function prepareGraph(graph: Omnigraph): Promise<void> {
  await graph.load([...items("a", 8), link("l1", "a0", "a1"), link("l2", "a1", "a2")], { mode: "append" });
  await graph.branches.create("draft");
  await set(graph, "draft", "a0", 100);
  await set(graph, "main", "a1", 101);
  await graph.branches.create("old");
  await set(graph, "old", "a2", 102);
  await graph.branches.create("ahead");
  await set(graph, "ahead", "a3", 103);
}

/** What others do meanwhile: it conflicts with no writer. */
export async function writeOthers(parts: GraphParts): Promise<void> {
  const graph = await Omnigraph.openWith(parts, { inlineRows: INLINE_ROWS, maintenance: "off" });
  await graph.mutate('query q() { insert Item { slug: "others" } }', {}, { message: OTHERS });
  await graph.close();
}

/** Writes to a branch after a fault: a small commit, and tables. */
export async function writeOnwards(graph: Omnigraph, branch: string, tables: boolean): Promise<void> {
  const options = { branch, message: ONWARDS };
  await graph.mutate('query q() { insert Item { slug: "onwards" } }', {}, options);
  if (tables) await graph.load(items("onwards", INLINE_ROWS + 2), { ...options, mode: "append" });
}

/** The call of a writer whose effect has no op: where it was done already it is told so. */
async function unless(reason: string, call: Promise<unknown>): Promise<void> {
  await call.catch((thrown: unknown) => {
    if ((thrown as { reason?: unknown }).reason !== reason) throw thrown;
  });
}

export const WRITERS: readonly Writer[] = [
  {
    name: INIT,
    section: "making-a-graph",
    write: async () => {},
  },
  {
    name: "mutation",
    section: "small-commits",
    write: (graph) =>
      graph.mutate(
        'query q() { insert Item { slug: "new" } update Item set { n: 7 } where slug = "a4" delete Item where slug = "a0" }',
        {},
        { op: OP },
      ),
  },
  {
    name: "mutation that fills a block",
    section: "digests",
    prepare: async (graph) => {
      for (let i = 0; (await graph.commits.list({ limit: 1 }))[0]?.id.slice(19, 25) !== "00001Y"; i++)
        await set(graph, "main", "a7", i);
    },
    write: (graph) => graph.mutate('query q() { insert Item { slug: "new" } }', {}, { op: OP }),
  },
  {
    name: "staged load",
    section: "staged-writes",
    write: (graph) =>
      graph.load([...items("b", 6), link("l3", "b0", "a1"), item("a1", 9)], { mode: "merge", op: OP }),
  },
  {
    name: "load into a new branch",
    section: "loads-that-make-their-branch",
    write: (graph) => graph.load(items("c", 7), { mode: "append", branch: "new", from: "main", op: OP }),
    branch: "new",
  },
  {
    name: "merge",
    section: "merges",
    write: (graph) => graph.branches.merge("draft", { op: OP }),
  },
  {
    name: "merge that deletes its source",
    section: "merges",
    write: (graph) => graph.branches.merge("draft", { op: OP, deleteBranch: true }),
    midway: {
      write: (graph) => graph.branches.merge("draft", { op: OP }),
      // Cast: of the answer of a merge.
      isAll: (answer) => (answer as { readonly branchDeleted: boolean }).branchDeleted,
    },
  },
  {
    name: "fast-forward",
    section: "merges",
    write: (graph) => graph.branches.merge("ahead", { op: OP }),
  },
  {
    name: "branch create",
    section: "branches",
    write: (graph) => unless("branch_exists", graph.branches.create("made", { from: "draft" })),
    branch: "made",
  },
  {
    name: "branch delete",
    section: "branches",
    write: (graph) => unless("branch_not_found", graph.branches.delete("old")),
  },
  {
    name: "revert",
    section: "merges",
    write: async (graph) => {
      const commits = await graph.commits.list();
      const reverted = commits.find(({ kind, message }) => kind === "mutation" && message === null);
      return graph.commits.revert(reverted?.id ?? "", { op: OP });
    },
  },
  {
    name: "optimize",
    section: "folds",
    folds: true,
    write: (graph) => graph.maintenance.optimize({ op: OP }),
  },
];

const ON_S3: ReadonlySet<string> = new Set([INIT, "mutation", "staged load", "merge", "branch create"]);
/** Writers that differ in their calls, for a store of which every call takes long. */
export const S3_WRITERS = WRITERS.filter(({ name }) => ON_S3.has(name));
