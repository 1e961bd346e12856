import { LIMITS, systemEnvironment } from "@omnigraph/base";
import { MemoryObjects, ObjectLayers, type LayerDraft, type LayerEntry } from "@omnigraph/storage";
import { type GraphParts, type MaintenanceRun, Omnigraph, OmnigraphError, type OpenOptions } from "omnigraph";
import { describe, expect, test } from "vitest";
import { textIn } from "../../support/models/feed-model.ts";
import { backends } from "../../support/stores/backends.ts";

const SCHEMA = "node Person { name: String @key  age: I32? }";
const ADD = "query q($n: String) { insert Person { name: $n, age: 1 } }";

async function exported(graph: Omnigraph): Promise<readonly string[]> {
  return (await textIn(graph.export())).trimEnd().split("\n").toSorted();
}

async function kinds(graph: Omnigraph): Promise<readonly string[]> {
  return (await graph.commits.list({ limit: 5000 })).map(({ kind }) => kind);
}

/** Options of a handle, and its attempts to fold as they are told. */
function watched(): { readonly options: OpenOptions; readonly next: () => Promise<MaintenanceRun> } {
  const told: MaintenanceRun[] = [];
  let wake = (): void => undefined;
  const onMaintenance = (run: MaintenanceRun): void => {
    told.push(run);
    wake();
    throw new Error("what a callback throws is its own matter");
  };
  const next = async (): Promise<MaintenanceRun> => {
    for (;;) {
      const run = told.shift();
      if (run !== undefined) return run;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { options: { onMaintenance }, next };
}

async function addMany(graph: Omnigraph, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++) await graph.mutate(ADD, { n: `p${n}` });
}

describe.each(backends("background"))("a graph in %s that is written all the time", (_name, uriOf) => {
  test("a branch of many staged writes is folded in the background, by a commit that tells nobody of a change", async () => {
    const { options, next } = watched();
    const uri = uriOf();
    await using graph = await Omnigraph.init(uri, {
      schema: SCHEMA,
      inlineRows: 0,
      actor: "ann",
      ...options,
    });
    const { cursor } = await graph.changes.poll();
    await addMany(graph, 0, LIMITS.foldTables.value);
    const run = await next();
    expect(run).toMatchObject({ branch: "main", error: null, commit: { kind: "maintenance", actor: "ann" } });
    expect(graph.maintenance.latestRun).toBe(run);
    expect(await exported(graph)).toHaveLength(LIMITS.foldTables.value);
    const { blocks } = await graph.changes.poll({ cursor: cursor ?? expect.unreachable() });
    expect(blocks).toHaveLength(LIMITS.foldTables.value);
    await addMany(graph, 100, 1);
    await using other = await Omnigraph.open(uri, { readOnly: true });
    expect(await exported(other)).toEqual(await exported(graph));
    const [people] = (await graph.maintenance.optimize()).types;
    expect(people?.tables).toBeLessThanOrEqual(2);
  });
});

/** Parts of a graph in memory whose clock does not wait. */
function quickParts(name: string): GraphParts {
  const objects = new MemoryObjects(`background-${name}`);
  const clock = {
    nowMicros: () => systemEnvironment.clock.nowMicros(),
    monotonicMs: () => systemEnvironment.clock.monotonicMs() * 1000,
    sleep: async (_ms: number, signal?: AbortSignal) => {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
  return { objects, tables: new ObjectLayers(objects), environment: { ...systemEnvironment, clock } };
}

test("few slots are folded once the branch is left alone, many at once, and none where it is turned off", async () => {
  const { options, next } = watched();
  await using graph = await Omnigraph.initWith(quickParts("slots"), { schema: SCHEMA, ...options });
  await addMany(graph, 0, LIMITS.foldQuietSlots.value);
  expect(await next()).toMatchObject({ error: null, commit: { kind: "maintenance" } });
  const off = await Omnigraph.init("memory://background-off", {
    schema: SCHEMA,
    maintenance: "off",
    inlineRows: 0,
  });
  await addMany(off, 0, 2 * LIMITS.foldTables.value);
  await off.close();
  expect(off.maintenance.latestRun).toBeNull();
  await using again = await Omnigraph.open("memory://background-off", { readOnly: true });
  expect(new Set(await kinds(again))).toEqual(new Set(["mutation", "genesis"]));
});

test("a failure is told and kept, hinders no write, and the next attempt makes up for it", async () => {
  const { options, next } = watched();
  const parts = quickParts("failing");
  let failures = 2;
  const tables = new (class extends ObjectLayers {
    override stage(staging: string, draft: LayerDraft, signal?: AbortSignal): Promise<LayerEntry> {
      if (failures-- > 0) throw new OmnigraphError("store_transient", "the disk is full");
      return super.stage(staging, draft, signal);
    }
  })(parts.objects);
  await using graph = await Omnigraph.initWith({ ...parts, tables }, { schema: SCHEMA, ...options });
  await addMany(graph, 0, LIMITS.foldQuietSlots.value);
  const failed = await next();
  expect(failed).toMatchObject({ branch: "main", commit: null, error: { message: "the disk is full" } });
  await addMany(graph, 1000, 1);
  expect(await next()).toMatchObject({ commit: null });
  expect(await next()).toMatchObject({ error: null, commit: { kind: "maintenance" } });
  expect(await exported(graph)).toHaveLength(LIMITS.foldQuietSlots.value + 1);
});

test("closing a handle stops a fold and leaves nothing of it behind", async () => {
  const parts = quickParts("closing");
  let begun = (): void => undefined;
  const staging = new Promise<void>((resolve) => (begun = resolve));
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const tables = new (class extends ObjectLayers {
    override async stage(to: string, draft: LayerDraft, signal?: AbortSignal): Promise<LayerEntry> {
      begun();
      await gate;
      return super.stage(to, draft, signal);
    }
  })(parts.objects);
  const graph = await Omnigraph.initWith({ ...parts, tables }, { schema: SCHEMA });
  await addMany(graph, 0, LIMITS.foldQuietSlots.value);
  await staging;
  const closed = graph.close();
  goOn();
  await closed;
  const there = new MemoryObjects("background-closing");
  expect(await there.list("__recovery/")).toEqual([]);
  expect(await there.list("tables/")).toEqual([]);
  await using again = await Omnigraph.open("memory://background-closing", { readOnly: true });
  expect(await kinds(again)).not.toContain("maintenance");
  expect(await exported(again)).toHaveLength(LIMITS.foldQuietSlots.value);
});
