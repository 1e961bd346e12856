import { MemoryObjects, ObjectLayers, type ObjectStore, Omnigraph } from "omnigraph";
import { beforeAll, expect, it } from "vitest";
import { textIn } from "../../support/models/feed-model.ts";
import { overridden } from "../../support/stores/overridden.ts";

const SCHEMA = "node P { k: String @key  n: I32? }\nedge E: P -> P\n";
const PUT = "query q($k: String) { insert P { k: $k } }";
let named = 0;

function open(objects: ObjectStore): Promise<Omnigraph> {
  return Omnigraph.openWith({ objects, tables: new ObjectLayers(objects) });
}

/** A store with all that is in another one. */
async function copyOf(store: ObjectStore): Promise<MemoryObjects> {
  const copy = new MemoryObjects(`beside-cleanup-${named++}`);
  for (const { key } of await store.list(""))
    await copy.put(key, (await store.get(key)) ?? new Uint8Array(0));
  return copy;
}

/** A graph whose branches are made of tables and small commits. */
async function grown(): Promise<ObjectStore> {
  const objects = new MemoryObjects(`beside-cleanup-${named++}`);
  const parts = { objects, tables: new ObjectLayers(objects) };
  await using graph = await Omnigraph.initWith(parts, { schema: SCHEMA, inlineRows: 1 });
  const rows = (from: number): object[] =>
    Array.from({ length: 3 }, (_, i) => ({ type: "P", data: { k: `l${from + i}` } }));
  await graph.load(rows(0), { mode: "append" });
  await graph.branches.create("draft");
  await graph.branches.create("old");
  await graph.load(rows(20), { mode: "append", branch: "draft" });
  await graph.load(rows(40), { mode: "append", branch: "old" });
  await graph.mutate(PUT, { k: "a" });
  return objects;
}

/** Others write, delete a branch, fold all and give up all of the past. */
async function goOn(objects: ObjectStore): Promise<void> {
  await using graph = await open(objects);
  await graph.branches.delete("old");
  for (const branch of ["main", "draft"]) {
    await graph.mutate(PUT, { k: "later" }, { branch });
    await graph.maintenance.optimize({ full: true, branch });
  }
  await graph.maintenance.cleanup({ keep: 1, graceMs: 0, confirm: true });
}

/** A store before whose call of this number something happens. */
function store(objects: ObjectStore, call: number, happens: () => Promise<void>): Counting {
  let calls = 0;
  const counted = async <T>(answer: () => Promise<T>): Promise<T> => {
    if (calls++ === call) await happens();
    return answer();
  };
  const store = overridden(objects, {
    get: (...asked) => counted(() => objects.get(...asked)),
    range: (...asked) => counted(() => objects.range(...asked)),
    list: (...asked) => counted(() => objects.list(...asked)),
    exists: (...asked) => counted(() => objects.exists(...asked)),
  });
  return { store, calls: () => calls };
}

interface Counting {
  readonly store: ObjectStore;
  readonly calls: () => number;
}

/** Does something to a copy of a graph while others go on before each of those of its calls that are tried, one after another; `check` looks at what came of it. */
async function atCalls<Found>(
  from: ObjectStore,
  isTried: (call: number) => boolean,
  act: (graph: Omnigraph) => Promise<Found>,
  check: (found: Found, objects: ObjectStore) => Promise<void>,
): Promise<void> {
  for (let call = 0; ; call++) {
    if (!isTried(call)) continue;
    const objects = await copyOf(from);
    const counting = store(objects, call, () => goOn(objects));
    const graph = await open(counting.store);
    const before = counting.calls();
    const found = await act(graph);
    const isOver = counting.calls() <= call;
    await graph.close();
    if (call >= before && !isOver) await check(found, objects);
    await objects.deletePrefix("");
    if (isOver) return;
  }
}

/** What the commits of a graph had can be read, unless the graph says what of it was reclaimed. */
async function expectReadable(graph: Omnigraph, uri: string): Promise<void> {
  const horizons = await new MemoryObjects(uri.slice("memory://".length)).list("__manifest/horizon/");
  for (const { name } of await graph.branches.list()) {
    for (const { id } of await graph.commits.list({ branch: name })) {
      const told = await textIn(graph.export({ at: id })).catch((thrown: unknown) => thrown);
      if (horizons.length === 0) expect(typeof told, `${id} of ${name}`).toBe("string");
      else if (typeof told !== "string") expect(told).toMatchObject({ reason: "history_reclaimed" });
    }
  }
}

async function branchesOf(graph: Omnigraph): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name } of await graph.branches.list())
    found[name] = (await textIn(graph.export({ branch: name }))).split("\n").toSorted().join("\n");
  return found;
}

/** What copies, folds, cleanups, checks and repairs come to while others write, fold, delete a branch and clean up before one of their calls. */
export function besideCleanupSuite(isTried: (call: number) => boolean): void {
  let graph: ObjectStore;
  let states: readonly Record<string, string>[];

  beforeAll(async () => {
    graph = await grown();
    const later = await copyOf(graph);
    await goOn(later);
    states = await Promise.all([graph, later].map(async (objects) => branchesOf(await open(objects))));
  });

  it.each([
    { what: "a new copy", isNew: true },
    { what: "a copy that is carried on", isNew: false },
  ])("$what has every branch as it was at a moment, whole", async ({ isNew }) => {
    let to = "";
    await atCalls(
      graph,
      isTried,
      async (handle) => {
        to = `memory://beside-cleanup-${named++}`;
        if (!isNew) {
          const earlier = await open(graph);
          await earlier.maintenance.backup(to);
          await earlier.close();
          await handle.mutate(PUT, { k: "between" });
        }
        await handle.maintenance.backup(to);
      },
      async (_, objects) => {
        await using copy = await Omnigraph.open(to);
        const found = await branchesOf(copy);
        if (isNew) expect(states).toContainEqual(found);
        else expect(found["main"]).toContain("between");
        const { findings } = await copy.maintenance.fsck();
        expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
        await expectReadable(copy, to);
        // It can be carried on, and cleaned up as any graph.
        await using source = await open(objects);
        await source.maintenance.backup(to, { verify: true });
        await using again = await Omnigraph.open(to);
        expect(await branchesOf(again)).toEqual(await branchesOf(source));
        await new MemoryObjects(to.slice("memory://".length)).deletePrefix("");
      },
    );
  });

  it.each([
    // It takes few calls: each is tried.
    {
      what: "a fold",
      at: () => true,
      act: (handle: Omnigraph) => handle.maintenance.optimize({ full: true }),
    },
    {
      what: "a fold with an op",
      at: () => true,
      act: (handle: Omnigraph) => handle.maintenance.optimize({ full: true, op: "once" }),
    },
    {
      what: "another cleanup",
      at: isTried,
      act: (handle: Omnigraph) => handle.maintenance.cleanup({ keep: 1, graceMs: 0, confirm: true }),
    },
  ])("$what goes on from what others leave, and changes no row", async ({ at, act }) => {
    await atCalls<unknown>(graph, at, act, async (_, objects) => {
      await using after = await open(objects);
      expect(await branchesOf(after)).toEqual(states[1]);
      const { findings } = await after.maintenance.fsck();
      expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
    });
  });

  it("a check finds no damage, and a repair does nothing", async () => {
    await atCalls(
      graph,
      isTried,
      (handle) => handle.maintenance.fsck(),
      async ({ findings }) => expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]),
    );
    await atCalls(
      graph,
      isTried,
      (handle) => handle.maintenance.repair({ branch: "draft", confirm: true }),
      async ({ tables, objects, commit, problem }) => {
        expect({ objects, commit, problem }).toEqual({ objects: [], commit: null, problem: null });
        expect(tables.filter(({ classification }) => classification !== "no_drift")).toEqual([]);
      },
    );
  });
}
