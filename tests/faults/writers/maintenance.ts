import { LIMITS } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import type { OptimizeAnswer } from "@omnigraph/wire";
import { type GraphParts, type MaintenanceRun, Omnigraph } from "omnigraph";
import { inGraph, items, ONWARDS, OP, OPEN, set, type Writer, type WriterProcess } from "../writer.ts";

/** Failures after which the test gives up what is tried again for ever. */
const FAILURES = 3;
const DAYS_MS = 7 * 86_400_000;

/** A second table, and rows that are deleted from the first. */
const secondTable = inGraph(async (graph) => {
  await graph.load(items("z", 8), { mode: "append" });
  await graph.mutate('query q() { delete Item where slug = "a5" delete Item where slug = "a6" }');
});

const manyRows = inGraph((graph) => graph.load(items("z", LIMITS.indexRows.value), { mode: "append" }));

/** The same parts, but their tables cannot be indexed. */
function withoutIndexes(parts: GraphParts): GraphParts {
  const tables = new Proxy(parts.tables, {
    get: (target, name) => {
      const value: unknown = name === "index" ? undefined : Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { ...parts, tables };
}

async function oneLargeTable(process: WriterProcess): Promise<void> {
  await manyRows(process);
  await using graph = await Omnigraph.openWith(withoutIndexes(await process.open()), OPEN);
  await graph.maintenance.optimize({ full: true });
}

/** What builds indexes, after a fold where one is due. */
const indexing: Pick<Writer, "section" | "write" | "look" | "isAll" | "isCarriedOn" | "stores"> = {
  section: "indexes",
  look: isIndexed,
  write: inGraph((graph) => graph.maintenance.optimize()),
  // Cast: what `optimize` answers.
  isAll: (answer) => (answer as OptimizeAnswer).problem === null,
  isCarriedOn: true,
  stores: ["local"],
};

async function isIndexed(graph: Omnigraph): Promise<boolean> {
  const { datasets } = await graph.snapshot({ tables: true });
  const tables = datasets.flatMap((dataset) => dataset.tables ?? []);
  return tables.every(({ indexes, rows }) => rows < LIMITS.indexRows.value || indexes.length > 0);
}

/** Makes a small commit of so long a tail that the handle folds it. */
async function folding(process: WriterProcess): Promise<void> {
  let told: (run: MaintenanceRun) => void = () => {};
  let failures = 0;
  const done = new Promise<MaintenanceRun>((resolve) => (told = resolve));
  const onMaintenance = (run: MaintenanceRun): void => {
    if (run.error === null || ++failures === FAILURES) told(run);
  };
  const background = { maintenance: "background", onMaintenance } as const;
  await inGraph(async (graph) => {
    if ((await graph.commits.list({ limit: 3 })).some(({ kind }) => kind === "maintenance")) return;
    await graph.mutate('query q() { insert Item { slug: "onwards of it" } }', {}, { message: ONWARDS });
    const { error } = await done;
    if (error !== null) throw error;
  }, background)(process);
}

const hasPart =
  (part: string) =>
  async (_graph: Omnigraph, objects: ObjectStore): Promise<boolean> =>
    (await objects.list("__manifest/horizon/")).some(({ key }) => key.endsWith(`.${part}`));

const unneeded = inGraph(async (graph) => {
  await graph.load(items("z", 8), { mode: "append" });
  await graph.maintenance.optimize({ full: true });
  await set(graph, "main", "a1", 5);
  await graph.branches.delete("old");
});

const condemned = inGraph((graph) => graph.maintenance.cleanup({ keep: 1, confirm: true, graceMs: DAYS_MS }));

/** What changes no row. */
export const MAINTENANCE: readonly Writer[] = [
  {
    name: "background fold",
    section: "folds",
    prepare: inGraph(async (graph) => {
      for (let i = 0; i < LIMITS.foldQuietSlots.value; i++) await set(graph, "main", "a7", i);
    }),
    write: folding,
    counts: "maintenance",
    waits: (ms) => ms < 2 * LIMITS.foldQuietMs.value,
    isCarriedOn: true,
  },
  {
    name: "optimize",
    section: "folds",
    counts: "maintenance",
    write: inGraph((graph) => graph.maintenance.optimize({ op: OP })),
  },
  {
    name: "optimize, full",
    section: "folds",
    prepare: secondTable,
    counts: "maintenance",
    write: inGraph((graph) => graph.maintenance.optimize({ full: true, op: OP })),
  },
  { name: "optimize that builds indexes", prepare: manyRows, ...indexing },
  { name: "index build", prepare: oneLargeTable, ...indexing },
  {
    name: "cleanup that condemns",
    section: "cleanup",
    prepare: unneeded,
    look: hasPart("found"),
    write: condemned,
    isCarriedOn: true,
  },
  {
    name: "cleanup that removes",
    section: "cleanup",
    prepare: async (process) => {
      await unneeded(process);
      await condemned(process);
    },
    look: hasPart("over"),
    write: inGraph((graph) => graph.maintenance.cleanup({ keep: 1, confirm: true, graceMs: 0 })),
    isCarriedOn: true,
  },
];
