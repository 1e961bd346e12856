import type { ChangedEntity, Diff } from "omnigraph";
import { describe, expect, it } from "vitest";
import { showJson } from "./differences.ts";
import { diffJson, diffRows } from "./diff.ts";

const PERSON = { id: "01M84CRWS9", name: "Person" };
const KNOWS = { id: "01M84CRWSA", name: "Knows" };
const ann = (age: number | bigint | null): ChangedEntity["after"] => ({
  properties: { name: "Ann", age },
  endpoints: null,
});
const knows = (to: string): ChangedEntity["after"] => ({
  properties: { since: null },
  endpoints: { from: "Ann", to },
});

const INSERT: ChangedEntity = {
  kind: "node",
  type: PERSON,
  id: "Ann",
  op: "insert",
  before: null,
  after: ann(null),
};
const UPDATE: ChangedEntity = { ...INSERT, op: "update", before: ann(41), after: ann(9007199254740993n) };
const MOVE: ChangedEntity = {
  kind: "edge",
  type: KNOWS,
  id: "k1",
  op: "update",
  before: knows("Bob"),
  after: knows("Cyd"),
};
const DELETE: ChangedEntity = { ...MOVE, op: "delete", after: null };

async function* listed<T>(values: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* values;
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

function diffOf(changes: readonly ChangedEntity[]): Diff {
  const stat = [{ kind: "node", type: "Person", inserted: 1, updated: 1, deleted: 0 }] as const;
  return { from: "A", to: "B", stat, changes: () => listed(changes) };
}

describe("a diff for people", () => {
  it("a diff has a row for each property that differs, and one row for a deleted entity", async () => {
    expect(await all(diffRows(listed([INSERT, UPDATE, MOVE, DELETE]), () => showJson))).toEqual([
      ["insert", "Person", "Ann", "name", "", '"Ann"'],
      ["update", "Person", "Ann", "age", "41", "9007199254740993"],
      ["update", "Knows", "k1", "to", '"Bob"', '"Cyd"'],
      ["delete", "Knows", "k1", "", "Ann -> Bob", ""],
    ]);
  });

  it("a diff has a row for an inserted entity without values", async () => {
    const bare: ChangedEntity = { ...INSERT, after: { properties: { name: null }, endpoints: null } };
    expect(await all(diffRows(listed([bare]), () => showJson))).toEqual([
      ["insert", "Person", "Ann", "", "", ""],
    ]);
  });
});

describe("a diff as JSON", () => {
  const json = async (diff: Diff, changes = true): Promise<string> =>
    (await all(diffJson(diff, changes ? diff.changes() : null))).join("");

  it("a diff as JSON is one object, written as other answers are", async () => {
    const text = await json(diffOf([INSERT, UPDATE, MOVE]));
    expect(text).toContain('  "changes": [\n    {\n      "kind": "node",\n');
    expect(text.endsWith("    }\n  ]\n}\n")).toBe(true);
    expect(text).toContain('"age": 9007199254740993');
    const { changes, ...rest } = JSON.parse(text);
    expect(rest).toEqual({
      from: "A",
      to: "B",
      stat: [{ entity_kind: "node", type_name: "Person", inserted: 1, updated: 1, deleted: 0 }],
    });
    expect(changes.map(({ op, changed }: Record<string, unknown>) => [op, changed])).toEqual([
      ["insert", undefined],
      ["update", ["age"]],
      ["update", ["to"]],
    ]);
    expect(changes[2]).toMatchObject({
      type: { name: "Knows" },
      before: { endpoints: { to: "Bob" } },
      after: { endpoints: { to: "Cyd" } },
    });
  });

  it("a diff as JSON is one object without changes too, and with counts only", async () => {
    expect(JSON.parse(await json({ ...diffOf([]), stat: [] }))).toEqual({
      from: "A",
      to: "B",
      stat: [],
      changes: [],
    });
    expect(Object.keys(JSON.parse(await json(diffOf([INSERT]), false)))).toEqual(["from", "to", "stat"]);
  });

  it("a diff as JSON is written in pieces and is never whole in memory", async () => {
    let made = 0;
    let ahead = 0;
    async function* many(): AsyncGenerator<ChangedEntity, void, undefined> {
      for (; made < 2000; made++) yield UPDATE;
    }
    let text = "";
    for await (const piece of diffJson({ ...diffOf([]), changes: many }, many())) {
      if (text === "") ahead = made;
      text += piece;
    }
    expect(ahead).toBeLessThan(500);
    expect(JSON.parse(text).changes).toHaveLength(2000);
  });
});
