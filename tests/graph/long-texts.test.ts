import { isError } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { afterAll, beforeAll, expect, it } from "vitest";

// Texts of any length come in as keys, names and values; a message about them shows their beginning.

const SCHEMA =
  "node P { name: String @key  role: enum(a, b)?  u: String? @unique  d: Date?  n: I32? }\nedge E: P -> P";
const LONG = "K".repeat(1 << 20);
const MOST = 2_000;
const INSERT = "query q($n: String) { insert P { name: $n } }";
const ALL = "query q() { match { $p: P } return { $p.name } }";

let graph: Omnigraph;
beforeAll(async () => {
  graph = await Omnigraph.init("memory://long-texts", { schema: SCHEMA });
  await graph.mutate(INSERT, { n: LONG });
});
afterAll(() => graph.close());

const load = (line: object, mode: "append" | "merge" = "merge"): Promise<unknown> =>
  graph.load(JSON.stringify(line), { mode });
const node = (data: object): Promise<unknown> => load({ type: "P", data });

async function all(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) expect(item).toBeDefined();
}

const REFUSED: Readonly<Record<string, () => Promise<unknown>>> = {
  "a key that is there": () => load({ type: "P", data: { name: LONG } }, "append"),
  "no value of an enum": () => node({ name: "a", role: LONG }),
  "no date": () => node({ name: "a", d: LONG }),
  "no number": () => node({ name: "a", n: LONG }),
  "no type": () => load({ type: LONG, data: { name: "a" } }),
  "no property": () => node({ name: "a", [LONG]: 1 }),
  "no member": () => load({ type: "P", [LONG]: 1, data: { name: "a" } }),
  "an id that is not its key": () => node({ id: `${LONG}x`, name: LONG }),
  "ends that are not there": () => load({ edge: "E", from: LONG, to: `${LONG}2` }),
  "a member twice": () => graph.load(`{"type":"P","data":{"${LONG}":1,"${LONG}":2}}`, { mode: "merge" }),
  "an edge from nothing": () =>
    graph.mutate("query q($n: String) { insert E { from: $n, to: $n } }", { n: `${LONG}9` }),
  "a parameter that is no date": () =>
    graph.query("query q($n: Date) { match { $p: P { d: $n } } return { $p.name } }", { n: LONG }),
  "a branch to be made": () => graph.branches.create(LONG),
  "a branch to be read": () => graph.query(ALL, {}, { branch: LONG }),
  "a start": () => graph.branches.create("x", { from: LONG }),
  "a branch to be deleted": () => graph.branches.delete(LONG),
  "a branch to be merged": () => graph.branches.merge(LONG),
  "a side of a diff": () => graph.branches.diff(LONG, "main"),
  "a commit": () => graph.commits.show(LONG),
  "a time": () => graph.query(ALL, {}, { at: LONG }),
  "an op": () => graph.mutate(INSERT, { n: "q" }, { op: LONG }),
  "a condition": () => graph.mutate(INSERT, { n: "q" }, { ifCommit: LONG }),
  "a message": () => graph.mutate(INSERT, { n: "q" }, { message: LONG }),
  "an actor": () => graph.mutate(INSERT, { n: "q" }, { actor: LONG }),
  "the name of a query": () => graph.query(ALL, {}, { name: LONG }),
  "a type in a query": () => graph.query(`query q() { match { $p: ${LONG} } return { $p.name } }`),
  "a type of a history": () => graph.history("node", LONG, "x"),
  "a type of an export": () => all(graph.export({ types: [LONG] })),
  "a cursor": () => graph.changes.poll({ cursor: LONG }),
};

it.each(Object.keys(REFUSED))("a message about %s of a megabyte shows its beginning", async (what) => {
  const thrown = await REFUSED[what]?.().catch((cause: unknown) => cause);
  if (!isError(thrown)) throw new Error(`${what} was not refused`, { cause: thrown });
  expect(thrown.message.length).toBeLessThan(MOST);
  expect(thrown.message.length).toBeGreaterThan(20);
});
