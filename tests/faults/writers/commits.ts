import { join } from "node:path";
import {
  foreignTables,
  inGraph,
  item,
  items,
  link,
  makeGraph,
  OP,
  set,
  unless,
  type Writer,
} from "../writer.ts";

const SMALL =
  'query q() { insert Item { slug: "new" } update Item set { n: 7 } where slug = "a4" delete Item where slug = "a0" }';

/** Content that lies beside the tables. */
const LARGE = `base64:${Buffer.alloc(20_000, 7).toString("base64")}`;

const relaxed = inGraph((graph) => graph.mutate(SMALL, {}, { op: OP }), { durability: "relaxed" });
const merged = inGraph((graph) => graph.branches.merge("draft", { op: OP }));

/** What puts commits into logs, and makes and deletes these. */
export const COMMITS: readonly Writer[] = [
  {
    name: "init",
    section: "making-a-graph",
    prepare: null,
    write: (process) => unless("graph_exists", makeGraph(process)),
    others: (process) => unless("graph_exists", makeGraph(process)),
  },
  {
    name: "mutation",
    section: "small-commits",
    write: inGraph((graph) => graph.mutate(SMALL, {}, { op: OP })),
  },
  {
    name: "mutation that fills a block",
    section: "digests",
    prepare: inGraph(async (graph) => {
      for (let i = 0; (await graph.commits.list({ limit: 1 }))[0]?.id.slice(19, 25) !== "00001Y"; i++)
        await set(graph, "main", "a7", i);
    }),
    write: inGraph((graph) => graph.mutate('query q() { insert Item { slug: "new" } }', {}, { op: OP })),
  },
  {
    name: "relaxed mutation, and a durable one",
    section: "small-commits",
    write: async (process) => {
      await relaxed(process);
      await inGraph((graph) =>
        graph.mutate('query q() { insert Item { slug: "next" } }', {}, { op: `${OP} again` }),
      )(process);
    },
    midway: relaxed,
  },
  {
    name: "staged load",
    section: "staged-writes",
    write: inGraph((graph) =>
      graph.load([...items("b", 6), link("l3", "b0", "a1"), item("a1", 9)], { mode: "merge", op: OP }),
    ),
  },
  {
    name: "mutation with a large blob",
    section: "staged-writes",
    write: inGraph((graph) =>
      graph.mutate('query q($b: Blob) { insert Item { slug: "new", body: $b } }', { b: LARGE }, { op: OP }),
    ),
  },
  {
    name: "load into a new branch",
    section: "loads-that-make-their-branch",
    write: inGraph((graph) =>
      graph.load(items("c", 7), { mode: "append", branch: "new", from: "main", op: OP }),
    ),
    branch: "new",
  },
  {
    name: "adopt",
    section: "staged-writes",
    prepare: foreignTables,
    write: inGraph(async (graph, process) =>
      graph.tables.adopt(join(await foreignTables(process), "Item.lance"), { type: "Item", op: OP }),
    ),
  },
  {
    name: "merge",
    section: "merges",
    write: merged,
  },
  {
    name: "merge that deletes its source",
    section: "merges",
    write: inGraph((graph) => graph.branches.merge("draft", { op: OP, deleteBranch: true })),
    midway: merged,
    // Cast: of the answer of a merge.
    isAll: (answer) => (answer as { readonly branchDeleted: boolean }).branchDeleted,
  },
  {
    name: "fast-forward",
    section: "merges",
    write: inGraph((graph) => graph.branches.merge("ahead", { op: OP })),
  },
  {
    name: "revert",
    section: "merges",
    write: inGraph(async (graph) => {
      const commits = await graph.commits.list();
      const reverted = commits.find(({ kind, message }) => kind === "mutation" && message === null);
      return graph.commits.revert(reverted?.id ?? "", { op: OP });
    }),
  },
  {
    name: "branch create",
    section: "branches",
    write: inGraph((graph) => unless("branch_exists", graph.branches.create("made", { from: "draft" }))),
    branch: "made",
  },
  {
    name: "branch delete",
    section: "branches",
    write: inGraph((graph) => unless("branch_not_found", graph.branches.delete("old"))),
  },
];
