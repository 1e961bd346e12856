import { isError, present, type Value } from "@omnigraph/base";
import type { EntityType, TypeId } from "@omnigraph/language";
import { type ColumnKey, idColumn, valueAt } from "@omnigraph/storage";
import { describe, expect, test } from "vitest";
import { MemoryLayer } from "../../../../tests/support/stores/memory-layer.ts";
import {
  batchOf,
  changesBetween,
  edited,
  emptyModel,
  type Model,
  type ModelRow,
  typesOf,
} from "../../../../tests/support/models/view-model.ts";
import { catalogOf } from "../../../../tests/support/graphs/write-graph.ts";
import { MemoryPool } from "./memory-pool.ts";
import { needOf } from "./needs.ts";
import { openView } from "./resident-view.ts";
import type { Need, View } from "./view.ts";

const CATALOG = catalogOf(`
node Person { name: String? age: I32? }
edge Knows: Person -> Person { since: I32? }
`);
const PERSON = present(CATALOG.nodes.get("Person"), "Person");
const KNOWS = present(CATALOG.edges.get("Knows"), "Knows");
const AGE = present(PERSON.propertyByName.get("age"), "age").id;

function need(type: EntityType, parts: Partial<Need>): Need {
  return needOf(type, parts);
}

/** People 0 to n-1, each knowing the next one. */
function ring(people: number): Model {
  const persons = new Map<string, ModelRow>();
  const edges = new Map<string, ModelRow>();
  for (let k = 0; k < people; k++) {
    persons.set(
      `p${k}`,
      new Map<ColumnKey, Value>([
        ["id", `p${k}`],
        [AGE, k],
      ]),
    );
    edges.set(
      `e${k}`,
      new Map([
        ["id", `e${k}`],
        ["src", `p${k}`],
        ["dst", `p${(k + 1) % people}`],
      ]),
    );
  }
  return new Map([
    ["Person", persons],
    ["Knows", edges],
  ]);
}

interface Opened {
  readonly view: View;
  readonly budget: MemoryPool;
  readonly layers: ReadonlyMap<TypeId, MemoryLayer>;
}

function open(model: Model, limit = 2 ** 30): Opened {
  const layers = new Map(
    typesOf(CATALOG).map((type) => {
      const rows = [...(model.get(type.name)?.values() ?? [])];
      return [type.id, new MemoryLayer(type, batchOf(type, rows, false))];
    }),
  );
  const source = {
    name: "ring",
    count: (type: TypeId) => present(layers.get(type), "layer").entry.rows,
    pieces: async (type: TypeId) => [{ kind: "layer", reader: present(layers.get(type), "layer") } as const],
  };
  const budget = new MemoryPool(limit);
  return { view: openView(CATALOG, source, budget), budget, layers };
}

/** `age` of one person changed, as a commit states it. */
function birthday(model: Model, id: string, age: number): Model {
  const persons = new Map(model.get("Person"));
  persons.set(id, new Map([...present(persons.get(id), id), [AGE, age]]));
  return new Map([...model, ["Person", persons]]);
}

function columnsRead({ layers }: Opened, type: EntityType): readonly ColumnKey[] {
  return present(layers.get(type.id), "layer").columnsRead;
}

describe("what is read", () => {
  test("counts are known without loading anything", () => {
    const opened = open(ring(5));
    expect(opened.view.count(PERSON)).toBe(5);
    expect(columnsRead(opened, PERSON)).toEqual([]);
  });

  test("a need for a column reads that column alone, once", async () => {
    const opened = open(ring(5));
    const needs = [need(PERSON, { columns: new Set([AGE]) })];
    expect(opened.view.has(needs)).toBe(false);
    await Promise.all([opened.view.load(needs), opened.view.load(needs)]);
    expect(opened.view.has(needs)).toBe(true);
    expect(columnsRead(opened, PERSON)).toEqual([AGE]);
    const cells = opened.view.nodes(PERSON).column(AGE);
    expect(cells.clean).toBe(true);
    expect(cells.base?.length).toBe(5);
  });

  test("both directions and the ends of edges share one read of the end ids, and edge ids are not read", async () => {
    const opened = open(ring(5));
    await opened.view.load([need(KNOWS, { out: true, in: true, ends: true })]);
    expect(columnsRead(opened, KNOWS)).toEqual(["src", "dst"]);
    expect(columnsRead(opened, PERSON)).toEqual(["id"]);
    expect([...opened.view.edges(KNOWS).neighbours("in").of(0).targets]).toEqual([4]);
  });

  test("a direction that is needed later is derived from the other one", async () => {
    const opened = open(ring(5));
    await opened.view.load([need(KNOWS, { out: true })]);
    await opened.view.load([need(KNOWS, { in: true })]);
    expect(columnsRead(opened, KNOWS)).toEqual(["src", "dst"]);
  });

  test("a few updates of a layer are found by its stored index, without reading its ids", async () => {
    const model = ring(5);
    const opened = open(model);
    const next = birthday(model, "p3", 33);
    const view = opened.view.advance(changesBetween(CATALOG, model, next, false), new Map());
    await view.load([need(PERSON, { columns: new Set([AGE]) })]);
    const cells = view.nodes(PERSON).column(AGE);
    expect(
      view
        .nodes(PERSON)
        .liveOrdinals()
        .map((ordinal) => cells.number(ordinal)),
    ).toEqual(Uint32Array.of(0, 1, 2, 33, 4));
    expect(columnsRead(opened, PERSON)).toEqual([AGE]);
    expect(present(opened.layers.get(PERSON.id), "layer").finds).toBe(1);
  });

  test("a look-up leaves nothing resident", async () => {
    const model = ring(5);
    const opened = open(model);
    const next = birthday(model, "p3", 33);
    const view = opened.view.advance(changesBetween(CATALOG, model, next, false), new Map());
    const ages = [];
    for (const of of [opened.view, view]) {
      const row = present(await of.lookup(PERSON, "p3", [AGE]), "p3");
      ages.push(valueAt(present(row.columns.get(AGE), "age"), 0));
    }
    expect(ages).toEqual([3, 33]);
    expect(await view.lookup(PERSON, "nobody", [AGE])).toBeNull();
    expect(opened.budget.used).toBe(0);
    expect(columnsRead(opened, PERSON)).toEqual([]);
  });
});

describe("views of commits", () => {
  const everything = [
    need(PERSON, { columns: new Set([AGE]), keys: true, ids: true }),
    need(KNOWS, { out: true, in: true, ends: true }),
  ];

  test("a view stays resident through a commit, and the older view does not change", async () => {
    const model = ring(5);
    const opened = open(model);
    const { view } = opened;
    await view.load(everything);
    const next = edited(CATALOG, model, [{ kind: "delete", type: 0, pick: 2, other: 0, value: 0 }]);
    const later = view.advance(changesBetween(CATALOG, model, next, false), new Map([[PERSON.id, 4]]));
    // The deleted edges were found by their ends: their ids are not resident.
    expect(later.has(everything)).toBe(true);
    expect(columnsRead(opened, KNOWS)).not.toContain("id");
    expect(later.nodes(PERSON).find("p2")).toBe(-1);
    expect(later.edges(KNOWS).neighbours("out").degree(1)).toBe(0);
    expect(view.nodes(PERSON).find("p2")).toBe(2);
    expect(view.edges(KNOWS).neighbours("out").clean).toBe(true);
    expect([...view.edges(KNOWS).neighbours("out").of(1).targets]).toEqual([2]);
  });

  test("of parallel edges exactly the deleted one is removed", async () => {
    const model = ring(2);
    const knows = new Map(model.get("Knows"));
    for (const id of ["x0", "x1", "x2"]) {
      knows.set(
        id,
        new Map<ColumnKey, Value>([
          ["id", id],
          ["src", "p0"],
          ["dst", "p1"],
        ]),
      );
    }
    const full = new Map([...model, ["Knows", knows]]);
    for (const gone of ["e0", "x0", "x1", "x2"]) {
      const { view } = open(full);
      await view.load(everything);
      const left = new Map(knows);
      left.delete(gone);
      const changes = changesBetween(CATALOG, full, new Map([...full, ["Knows", left]]), false);
      const later = view.advance(changes, new Map());
      await later.load([...everything, need(KNOWS, { ids: true })]);
      const edges = later.edges(KNOWS);
      const { edges: found } = edges.neighbours("out").of(0);
      expect(Array.from(found, (edge) => edges.idAt(edge))).toEqual(
        ["e0", "x0", "x1", "x2"].filter((id) => id !== gone),
      );
    }
  });

  test("an overlay does not change the commits below it", async () => {
    const model = ring(3);
    const { view } = open(model);
    await view.load(everything);
    const ages = (of: View): number[] =>
      [0, 1, 2].map((ordinal) => of.nodes(PERSON).column(AGE).number(ordinal));
    const first = birthday(model, "p0", 100);
    const committed = view.advance(changesBetween(CATALOG, model, first, false), new Map());
    const scratch = committed.overlay(changesBetween(CATALOG, first, birthday(first, "p1", 111), false));
    const second = committed.advance(
      changesBetween(CATALOG, first, birthday(first, "p1", 101), false),
      new Map(),
    );
    const other = committed.advance(
      changesBetween(CATALOG, first, birthday(first, "p2", 102), false),
      new Map(),
    );
    expect([view, committed, scratch, second, other].map(ages)).toEqual([
      [0, 1, 2],
      [100, 1, 2],
      [100, 111, 2],
      [100, 101, 2],
      [100, 1, 102],
    ]);
  });

  test("a commit that updates a row which the snapshot lacks is refused", async () => {
    const model = ring(3);
    const { view } = open(model);
    await view.load(everything);
    const changes = changesBetween(CATALOG, ring(9), birthday(ring(9), "p7", 1), false);
    expect(() => view.advance(changes, new Map())).toThrow(/Person p7, which its snapshot lacks/);
  });
});

describe("columns that are read by pages", () => {
  const needs = [need(PERSON, { columns: new Set([AGE]) })];

  test("a column that would take more than an eighth of all memory is never read whole", async () => {
    const model = ring(500);
    const opened = open(model, 8000);
    await opened.view.load(needs);
    const ages = opened.view.nodes(PERSON).column(AGE);
    const wanted = [...(model.get("Person")?.values() ?? [])].map((row) => row.get(AGE));
    expect(Array.from({ length: 500 }, (_, o) => ages.value(o))).toEqual(wanted);
    expect(ages.compare(7, 450)).toBe(Math.sign(Number(wanted[7]) - Number(wanted[450])));
    expect(columnsRead(opened, PERSON)).toEqual([]);
    expect(opened.budget.used).toBe(0);
  });

  test("an adjacency that would take more than a quarter of all memory is not in it, but for a number per node", async () => {
    const whole = open(ring(500));
    const paged = open(ring(500), 8000);
    const both = [need(KNOWS, { out: true, in: true, ends: true })];
    const [wanted, found] = await Promise.all(
      [whole, paged].map(async ({ view }) => {
        const lease = await view.hold(both);
        const edges = view.edges(KNOWS);
        const lists = (["out", "in"] as const).map((direction) => {
          const adjacency = edges.neighbours(direction);
          return Array.from({ length: 500 }, (_, node) => [adjacency.of(node), adjacency.degree(node)]);
        });
        const ends = Array.from({ length: 500 }, (_, edge) => [edges.sourceOf(edge), edges.targetOf(edge)]);
        lease.release();
        return { lists, ends };
      }),
    );
    expect(found).toEqual(wanted);
    expect(paged.budget.used).toBeLessThan(whole.budget.used / 2);
  });

  test("later commits lie over the pages", async () => {
    const model = ring(500);
    const { view } = open(model, 8000);
    await view.load([need(PERSON, { keys: true })]);
    const next = birthday(model, "p7", 99);
    const later = view.advance(changesBetween(CATALOG, model, next, false), new Map());
    const lease = await later.hold([need(PERSON, { columns: new Set([AGE]), keys: true })]);
    const rows = later.nodes(PERSON);
    expect(rows.column(AGE).base).toBeNull();
    for (const [id, row] of next.get("Person") ?? [])
      expect(rows.column(AGE).value(rows.find(id))).toBe(row.get(AGE));
    lease.release();
  });
});

describe("loading", () => {
  test("a load stops waiting when it is aborted", async () => {
    const { view } = open(ring(3));
    const stop = new AbortController();
    const load = view.load([need(PERSON, { keys: true })], stop.signal);
    stop.abort();
    await expect(load).rejects.toSatisfy((error) => isError(error, "aborted"));
    await expect(view.load([need(PERSON, { keys: true })], stop.signal)).rejects.toSatisfy((error) =>
      isError(error, "aborted"),
    );
    await view.load([need(PERSON, { keys: true })]);
    expect(view.nodes(PERSON).find("p1")).toBe(1);
  });

  test("a failure of the source is passed on, and the next load reads again", async () => {
    let calls = 0;
    const source = {
      name: "flaky",
      count: () => 1,
      pieces: async () => {
        if (++calls === 1) throw new Error("the store is away");
        return [
          {
            kind: "layer",
            reader: new MemoryLayer(PERSON, { length: 1, columns: new Map([["id", idColumn(["p0"])]]) }),
          } as const,
        ];
      },
    };
    const view = openView(CATALOG, source, new MemoryPool(1000));
    await expect(view.load([need(PERSON, { keys: true })])).rejects.toThrow("the store is away");
    await view.load([need(PERSON, { keys: true })]);
    expect(view.nodes(PERSON).find("p0")).toBe(0);
  });

  test("a lease keeps its needs resident, and is refused while something is missing", async () => {
    const { view, budget } = open(ring(3), 2 ** 20);
    const needs = [need(PERSON, { columns: new Set([AGE]), keys: true })];
    expect(view.pin(needs)).toBeNull();
    await view.load(needs);
    const lease = present(view.pin(needs), "lease");
    budget.dropAll();
    expect(view.has(needs)).toBe(true);
    lease.release();
    budget.dropAll();
    expect(view.has(needs)).toBe(false);
    expect(() => view.nodes(PERSON).find("p0")).toThrow(/key table of Person is read before it is loaded/);
  });

  test("commits on a type that is not read are composed by entity", async () => {
    let model = emptyModel(CATALOG);
    const source = { name: "empty", count: () => 0, pieces: async () => [] };
    let view = openView(CATALOG, source, new MemoryPool(2 ** 20), { pendingCommits: 4 });
    for (let k = 0; k < 50; k++) {
      const kind = k % 7 === 6 ? "delete" : k % 2 === 0 ? "insert" : "update";
      const next = edited(CATALOG, model, [{ kind, type: 0, pick: k * 5, other: 0, value: k }]);
      view = view.advance(changesBetween(CATALOG, model, next, false), new Map());
      model = next;
    }
    await view.load([need(PERSON, { columns: new Set([AGE]), keys: true })]);
    const rows = view.nodes(PERSON);
    for (const [id, row] of model.get("Person") ?? []) {
      expect(rows.column(AGE).value(rows.find(id))).toBe(row.get(AGE) ?? null);
    }
    expect(rows.liveOrdinals().length).toBe(model.get("Person")?.size);
  });
});
