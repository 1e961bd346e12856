import { MemoryObjects, ObjectLayers, type ObjectStore, Omnigraph } from "omnigraph";
import { expect, it } from "vitest";
import { textIn } from "../../support/models/feed-model.ts";
import { overridden } from "../../support/stores/overridden.ts";

const SCHEMA = "node P { k: String @key  n: I32? }\nedge E: P -> P\n";
const PUT = "query q($k: String, $n: I32) { insert P { k: $k, n: $n } }";
const CLEAN = { keep: 2, confirm: true, graceMs: 0 } as const;
let named = 0;

function open(objects: ObjectStore): Promise<Omnigraph> {
  return Omnigraph.openWith({ objects, tables: new ObjectLayers(objects) });
}

/** A store with all that is in another one. */
async function copyOf(store: ObjectStore): Promise<ObjectStore> {
  const copy = new MemoryObjects(`cleanup-crash-${named++}`);
  for (const { key } of await store.list(""))
    await copy.put(key, (await store.get(key)) ?? new Uint8Array(0));
  return copy;
}

/** A graph with small commits, tables, a branch, a deleted branch, and what a dead writer left. */
async function grown(): Promise<ObjectStore> {
  const objects = new MemoryObjects(`cleanup-crash-${named++}`);
  const parts = { objects, tables: new ObjectLayers(objects) };
  const graph = await Omnigraph.initWith(parts, { schema: SCHEMA, inlineRows: 3 });
  const some = (from: number): string =>
    Array.from({ length: 5 }, (_, i) =>
      JSON.stringify({ type: "P", data: { k: `l${from + i}`, n: i } }),
    ).join("\n");
  await graph.load(some(0), { mode: "append" });
  await graph.mutate(PUT, { k: "a", n: 1 });
  await graph.branches.create("draft");
  await graph.branches.create("gone");
  await graph.load(some(20), { mode: "append", branch: "gone" });
  await graph.mutate(PUT, { k: "b", n: 1 }, { branch: "draft" });
  await graph.load(some(3), { mode: "merge" });
  for (const k of ["c", "d", "e"]) await graph.mutate(PUT, { k, n: 2 });
  await graph.branches.delete("gone");
  await objects.put("tables/01JD000000000000000000000D/01JD0000000000000000000001.cols", Buffer.from("x"));
  await graph.maintenance.optimize();
  await graph.mutate(PUT, { k: "f", n: 2 });
  return objects;
}

async function rowsOf(graph: Omnigraph): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const branch of ["main", "draft"])
    texts.push((await textIn(graph.export({ branch }))).split("\n").toSorted().join("\n"));
  return texts;
}

/** A store whose process dies at its call of this number that changes something, and never makes it. */
function dyingAt(store: ObjectStore, call: number): Dying {
  let calls = 0;
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => (die = resolve));
  const never = new Promise<never>(() => undefined);
  const alive = async <T>(change: () => Promise<T>): Promise<T> => {
    const own = calls++;
    if (own < call) return change();
    die();
    return never;
  };
  const dying = overridden(store, {
    put: (...asked) => alive(() => store.put(...asked)),
    putIfAbsent: (...asked) => alive(() => store.putIfAbsent(...asked)),
    delete: (...asked) => alive(() => store.delete(...asked)),
    deletePrefix: (...asked) => alive(() => store.deletePrefix(...asked)),
  });
  return { store: dying, died, calls: () => calls };
}

interface Dying {
  readonly store: ObjectStore;
  readonly died: Promise<void>;
  readonly calls: () => number;
}

it("a cleanup whose process dies at any call that changes something is finished by the next one", async () => {
  const origin = await grown();
  const sound = await open(origin);
  const rows = await rowsOf(sound);
  await sound.close();
  const counting = dyingAt(await copyOf(origin), Infinity);
  const whole = await open(counting.store);
  const before = counting.calls();
  const { commits, types } = await whole.maintenance.cleanup(CLEAN);
  const last = counting.calls();
  expect([commits > 3, types.some(({ tables }) => tables > 0)]).toEqual([true, true]);
  expect(await rowsOf(whole)).toEqual(rows);
  await whole.close();
  for (let call = before; call < last; call++) {
    const store = await copyOf(origin);
    const fatal = dyingAt(store, call);
    const dying = await open(fatal.store);
    void dying.maintenance.cleanup(CLEAN);
    await fatal.died;
    await using next = await open(store);
    expect([call, await rowsOf(next)]).toEqual([call, rows]);
    await next.maintenance.cleanup(CLEAN);
    expect([call, await rowsOf(next)]).toEqual([call, rows]);
    const rest = await next.maintenance.cleanup(CLEAN);
    expect([call, rest.commits, rest.pending]).toEqual([call, 0, null]);
    const { findings } = await next.maintenance.fsck();
    expect([call, findings.filter(({ severity }) => severity === "error")]).toEqual([call, []]);
  }
});

it("two cleanups at once remove what one would, and writers go on beside them", async () => {
  const store = await grown();
  const [one, two, writer] = [await open(store), await open(store), await open(store)];
  const rows = await rowsOf(writer);
  const written = (async () => {
    for (let i = 0; i < 20; i++) await writer.mutate(PUT, { k: `w${i}`, n: i });
  })();
  await Promise.all([one.maintenance.cleanup(CLEAN), two.maintenance.cleanup(CLEAN), written]);
  await one.maintenance.cleanup(CLEAN);
  for (const each of [one, two, writer]) {
    const found = await rowsOf(each);
    expect(found[1]).toBe(rows[1]);
    expect(
      found[0]
        ?.split("\n")
        .filter((line) => !/"k":"w\d/.test(line))
        .join("\n"),
    ).toBe(rows[0]);
  }
  for (const each of [one, two, writer]) await each.close();
});
