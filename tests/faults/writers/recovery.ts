import { readdirSync } from "node:fs";
import { join } from "node:path";
import { addressOf, slotKey } from "@omnigraph/log";
import { requireExternal } from "@omnigraph/storage/external";
import type { RecoveryOutcome, RepairAnswer } from "@omnigraph/wire";
import type { Omnigraph } from "omnigraph";
import type { STEPS } from "../../crash/stopping.mjs";
import { standsStill } from "../../support/graphs/interrupted.ts";
import { inGraph, items, OP, set, unless, type Writer, type WriterProcess } from "../writer.ts";

/** How long settling watches whether a beat stands still. */
const STILL_MS = 30_000;

/** A load whose process stands still at a step, for ever. */
const interrupted =
  (step: keyof typeof STEPS) =>
  async (process: WriterProcess): Promise<void> =>
    standsStill(await process.open(), (graph) => graph.load(items("b", 6), { mode: "append", op: OP }), step);

const settling: Pick<Writer, "section" | "write" | "isAll" | "isCarriedOn" | "waits"> = {
  section: "settlement",
  write: inGraph((graph) => graph.recovery.settle()),
  // Cast: what `settle` answers.
  isAll: (answer) => (answer as readonly RecoveryOutcome[]).every(({ problem }) => problem === null),
  isCarriedOn: true,
  waits: (ms, mayEnd) => !mayEnd && ms < 2 * STILL_MS,
};

/** Copies what is there to the address beside, as any program can. */
async function copyBeside({ open, openBeside }: WriterProcess): Promise<void> {
  const [{ objects: from }, { objects: to }] = await Promise.all([open(), openBeside()]);
  for (const { key } of await from.list("")) await to.put(key, (await from.get(key)) ?? Buffer.alloc(0));
  await Promise.all([from.close(), to.close()]);
}

/** Loses a commit in the middle of `draft`, of which there is a copy. */
async function loseCommit(process: WriterProcess): Promise<void> {
  let key = "";
  await inGraph(async (graph) => {
    for (let n = 0; n < 3; n++) await set(graph, "draft", "a0", n);
    const lost = addressOf((await graph.commits.list({ branch: "draft" }))[1]?.id ?? "");
    if (lost !== null) key = slotKey(lost.logId, lost.slot);
  })(process);
  await copyBeside(process);
  const { objects } = await process.open();
  await objects.delete(key);
  await objects.close();
}

/** Cuts every column file, and the digest. */
async function cutDerived(process: WriterProcess): Promise<void> {
  await inGraph(async (graph) => {
    for (let n = 0; n < 64; n++) await set(graph, "main", "a7", n);
  })(process);
  const { objects } = await process.open();
  for (const { key } of await objects.list(""))
    if (key.endsWith(".cols") || key.includes("/digests/"))
      await objects.put(key, ((await objects.get(key)) ?? Buffer.alloc(0)).subarray(0, 50));
  await objects.close();
}

/** What is used of lancedb. */
interface ForeignTable {
  add(rows: readonly object[]): Promise<unknown>;
  schema(): Promise<{ readonly fields: readonly { readonly name: string }[] }>;
  close(): void;
}

/** Another program adds a row to the table of items. */
async function drift({ place: { folder } }: WriterProcess): Promise<void> {
  // Cast: the module's type is that of its declarations; `require` itself has none.
  const lancedb = requireExternal("@lancedb/lancedb") as {
    connect(at: string): Promise<{ openTable(name: string): Promise<ForeignTable>; close(): void }>;
  };
  const tables = join(folder ?? "", "tables");
  for (const staging of readdirSync(tables)) {
    const connection = await lancedb.connect(join(tables, staging));
    for (const name of readdirSync(join(tables, staging)).filter((entry) => entry.endsWith(".lance"))) {
      const table = await connection.openTable(name.slice(0, -".lance".length));
      const names = (await table.schema()).fields.map((field) => field.name);
      if (names.includes("slug")) await table.add([{ id: "foreign", slug: "foreign", n: 3 }]);
      table.close();
    }
    connection.close();
  }
}

const isClean = async (graph: Omnigraph): Promise<boolean> => (await graph.maintenance.fsck()).isClean;

const repairing: Pick<Writer, "section" | "isAll" | "isCarriedOn" | "look"> = {
  section: "repair",
  isAll: (answer) => {
    const { objects, tables } = answer as RepairAnswer; // Cast: what `repair` answers.
    return [...objects, ...tables].every(({ isDone, action }) => isDone || action === "no_op");
  },
  isCarriedOn: true,
  look: isClean,
};

/** What decides about the work of the dead, and brings back what is lost. */
export const RECOVERY: readonly Writer[] = [
  {
    name: "settlement that publishes",
    prepare: interrupted("staged"),
    ...settling,
  },
  {
    name: "settlement that gives up",
    prepare: interrupted("table written"),
    counts: "recovery",
    ...settling,
  },
  {
    name: "recovery discard",
    section: "settlement",
    // What was staged completely might be published by the same handle, once it has stood still for hours.
    prepare: interrupted("table written"),
    counts: "recovery",
    write: inGraph(async (graph) => {
      for (const { id } of await graph.recovery.list())
        await unless("recovery_not_found", graph.recovery.discard(id, { confirm: true }));
    }),
    isCarriedOn: true,
  },
  {
    name: "repair of a lost commit",
    prepare: loseCommit,
    write: inGraph((graph, { place }) =>
      graph.maintenance.repair({ confirm: true, from: place.beside?.uri ?? "" }),
    ),
    ...repairing,
  },
  {
    name: "repair of derived files",
    prepare: cutDerived,
    write: inGraph((graph) => graph.maintenance.repair({ confirm: true })),
    ...repairing,
  },
  {
    name: "repair of a table that others wrote to",
    prepare: drift,
    write: inGraph((graph) => graph.maintenance.repair({ confirm: true, force: true })),
    stores: ["local"],
    ...repairing,
  },
];
