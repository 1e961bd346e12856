import { present, type Value } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import { type ColumnKey, columnOf, EMPTY_BATCH, type RowBatch, type TypeChanges } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { catalogOf } from "../../../../tests/support/graphs/write-graph.ts";
import { batchOf } from "../../../../tests/support/models/view-model.ts";
import { MemoryLayer } from "../../../../tests/support/stores/memory-layer.ts";
import { MemoryPool } from "../view/memory-pool.ts";
import type { Piece } from "../view/source.ts";
import { checkRows } from "./check-rows.ts";

const CATALOG = catalogOf(`
node Person {
  name: String @key
  age: I32
  code: String?
  role: enum(engineer, designer)?
  born: Date?
  height: F64?
  marks: [F64]?
  @range(age, 0..150)
  @check(code, "^[a-z]+$")
}
`);
const PERSON = present(CATALOG.nodes.get("Person"), "Person");

type Cells = Readonly<Record<string, Value>>;

function rows(...cells: readonly Cells[]): RowBatch {
  const keyed = cells.map(
    (row) =>
      new Map<ColumnKey, Value>(
        Object.entries(row).map(([name, value]) => [
          name === "id" ? "id" : present(PERSON.propertyByName.get(name), name).id,
          value,
        ]),
      ),
  );
  return batchOf(PERSON, keyed, false);
}

const person = (name: string, cells: Cells = {}): Cells => ({ id: name, name, age: 1, ...cells });

function layer(...cells: readonly Cells[]): Piece {
  return { kind: "layer", reader: new MemoryLayer(PERSON, rows(...cells)) };
}

function changes(parts: Partial<TypeChanges>): Piece {
  const change = { type: PERSON.id, after: EMPTY_BATCH, before: EMPTY_BATCH, updated: 0, ...parts };
  return { kind: "changes", changes: [change] };
}

/** What is wrong with some people, of whom the commit counts so many. */
async function problemsOf(count: number, ...pieces: readonly Piece[]): Promise<readonly string[]> {
  const source = {
    name: "test",
    count: ({ length }: EntityType["id"]) => (length > 0 ? count : 0),
    pieces: async () => pieces,
  };
  const found: string[] = [];
  for await (const { problem } of checkRows(CATALOG, source, new MemoryPool(Infinity), 10))
    found.push(problem);
  return found;
}

test("rows that are right have no problems, with values at the bounds and missing ones", async () => {
  const right = layer(
    person("ann", { age: 0, code: "x", role: "engineer", born: 0, height: 1.5, marks: [1, 2] }),
    person("bob", { age: 150 }),
    person("cyd", { role: "designer", born: -1000, height: -0, marks: [] }),
  );
  expect(await problemsOf(3, right)).toEqual([]);
});

test.each<readonly [string, Cells, string]>([
  ["a value that is required and missing", { age: null }, "age is required"],
  ["a number outside of its range", { age: 151 }, "age: 151 is outside @range"],
  ["a text that its check does not match", { code: "A1" }, "code: "],
  ["a value that its enum does not have", { role: "cook" }, "role: "],
  ["a date that nobody can write", { born: 2 ** 31 - 1 }, "born: "],
  ["a float that is no number", { height: NaN }, "height: "],
  ["an item that is no number", { marks: [1, NaN] }, "marks: item 2"],
  ["an id that is not that of its key", { name: "someone" }, "its key is that of"],
])("%s is found with its entity", async (_, wrong, problem) => {
  const found = await problemsOf(3, layer(person("ann"), person("bob", wrong), person("cyd")));
  expect(found).toEqual([expect.stringContaining(`"bob": ${problem}`)]);
});

test("a column of another type than the property is found", async () => {
  const batch = rows(person("ann"));
  const age = present(PERSON.propertyByName.get("age"), "age").id;
  const columns = new Map(batch.columns).set(
    age,
    columnOf({ scalar: "String", list: false, dimension: null }, ["1"]),
  );
  const reader = new MemoryLayer(PERSON, { length: 1, columns });
  expect(await problemsOf(1, { kind: "layer", reader })).toEqual([
    expect.stringContaining("age is stored as text"),
  ]);
});

test("old rows that commits carry are compared with what was there: in a table, in a commit, and after a deletion", async () => {
  const base = layer(person("ann"), person("bob"), person("cyd"));
  const grow = (from: number, to: number): Piece =>
    changes({
      after: rows(person("bob", { age: to })),
      before: rows(person("bob", { age: from })),
      updated: 1,
    });
  const remove = changes({ before: rows(person("cyd")) });
  const again = changes({ after: rows(person("cyd", { age: 9 })) });
  const last = changes({ before: rows(person("cyd", { age: 9 })) });
  expect(await problemsOf(2, base, grow(1, 2), grow(2, 3), remove, again, last)).toEqual([]);
  expect(await problemsOf(3, base, grow(5, 2))).toEqual([
    expect.stringMatching(/"bob" was another one .*: age/),
  ]);
  expect(await problemsOf(3, base, grow(1, 2), grow(1, 3))).toHaveLength(1);
  expect(await problemsOf(2, base, changes({ before: rows(person("cyd", { role: "engineer" })) }))).toEqual([
    expect.stringMatching(/"cyd" was another one .*: role/),
  ]);
});
