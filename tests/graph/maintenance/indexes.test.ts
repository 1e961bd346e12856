import { LIMITS } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { describe, expect, test } from "vitest";
import { backends } from "../../support/stores/backends.ts";

const SCHEMA = `node Person {
  name: String @key
  age: I32? @index
  city: String?
  state: enum(open, closed)
}
edge Knows: Person -> Person { since: Date? @index }
`;
/** More than that: a deletion takes edges too. */
const ROWS = LIMITS.indexRows.value + 10;

function people(from: number, count: number): string {
  return Array.from({ length: count }, (_, n) =>
    JSON.stringify({ type: "Person", data: { name: `p${from + n}`, age: n, state: "open" } }),
  ).join("\n");
}

function edges(count: number): string {
  return Array.from({ length: count }, (_, n) =>
    JSON.stringify({ edge: "Knows", from: `p${n}`, to: `p${(n * 7) % count}` }),
  ).join("\n");
}

async function indexesOf(graph: Omnigraph): Promise<readonly unknown[]> {
  const { datasets } = await graph.snapshot({ tables: true });
  return datasets.map(({ typeName, tables = [] }) => [typeName, ...tables.map(({ indexes }) => indexes)]);
}

const OF_PEOPLE = ["id", "name", "age", "state"];
const OF_EDGES = ["id", "src", "dst", "since"];

describe.each(backends("indexes"))("a graph in %s with large tables", (name, uriOf) => {
  const has = (columns: readonly string[]): readonly string[] => (name === "memory" ? [] : columns);

  test("optimize gives every large table its indexes, also those that it leaves as they are, and then has nothing to do", async () => {
    const uri = uriOf();
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 1000, maintenance: "off" });
    await graph.load(people(0, ROWS), { mode: "append" });
    await graph.load(edges(ROWS), { mode: "append" });
    expect(await indexesOf(graph)).toEqual([
      ["Knows", []],
      ["Person", []],
    ]);
    const { types } = await graph.maintenance.optimize();
    expect(
      types.map(({ typeName, rowsWritten, indexesBuilt }) => [typeName, rowsWritten, indexesBuilt]),
    ).toEqual([
      ["Person", 0, has(OF_PEOPLE)],
      ["Knows", 0, has(OF_EDGES)],
    ]);
    expect(await indexesOf(graph)).toEqual([
      ["Knows", has(OF_EDGES)],
      ["Person", has(OF_PEOPLE)],
    ]);
    expect((await graph.maintenance.optimize()).commit).toBeNull();
    await graph.load(people(ROWS, ROWS), { mode: "append" });
    await graph.mutate('query q() { delete Person where name = "p3" }');
    const seen: string[] = [];
    const { commit, types: after } = await graph.maintenance.optimize({
      full: true,
      onProgress: ({ phase, typeName }) => seen.push(`${phase} ${typeName}`),
    });
    expect(commit).toMatchObject({ kind: "maintenance" });
    expect(seen.filter((each) => each.endsWith("Person"))).toEqual([
      "write Person",
      ...has(OF_PEOPLE)
        .slice(0, 1)
        .map(() => "index Person"),
    ]);
    expect(after[0]).toMatchObject({ tables: 1, rowsWritten: 2 * ROWS - 1, indexesBuilt: has(OF_PEOPLE) });
    expect(await indexesOf(graph)).toEqual([
      ["Knows", has(OF_EDGES)],
      ["Person", has(OF_PEOPLE)],
    ]);
    expect((await graph.maintenance.optimize({ full: true })).commit).toBeNull();
    await using other = await Omnigraph.open(uri, { readOnly: true });
    const count = "query q() { match { $p: Person } return { count($p) as n } }";
    for (const handle of [graph, other])
      expect((await handle.query(count)).rows).toEqual([{ n: 2 * ROWS - 1 }]);
  });
});

test("what came of a call is known by its operation", async () => {
  await using graph = await Omnigraph.init("memory://operations", { schema: SCHEMA, maintenance: "off" });
  await graph.load(people(0, 3), { mode: "append" });
  expect(await graph.maintenance.operation("nightly")).toMatchObject({ state: "unknown", commit: null });
  const answer = await graph.maintenance.optimize({ op: "nightly" });
  expect(answer.operation).toBe("nightly");
  const { commit } = answer;
  expect(await graph.maintenance.operation("nightly")).toEqual({
    operation: "nightly",
    branch: "main",
    state: "done",
    commit,
  });
  await graph.load(people(3, 3), { mode: "append" });
  const { operation, commit: second } = await graph.maintenance.optimize({ full: true });
  expect(await graph.maintenance.operation(operation)).toMatchObject({ state: "done", commit: second });
});
