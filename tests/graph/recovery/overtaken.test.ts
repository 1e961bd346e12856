import { MemoryObjects, ObjectLayers, Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { patient, standsStill } from "../../support/graphs/interrupted.ts";
import { exportedEntities } from "../../support/models/feed-model.ts";

const SCHEMA = `
node Person { name: String @key  age: I32?  mail: String? @unique }
node Item { key: String @key }
edge Owns: Person -> Item @card(0..2)
edge Likes: Person -> Item
`;
const person = (name: string, data: object = {}): object => ({ type: "Person", data: { name, ...data } });
const item = (key: string): object => ({ type: "Item", data: { key } });
const edge = (name: string, from: string, to: string): object => ({
  edge: name,
  from,
  to,
  data: { id: `${name}-${from}-${to}` },
});

type Write = (graph: Omnigraph, branch?: string) => Promise<unknown>;

const STAGED = { actor: "ann", message: "staged" };
const load =
  (mode: "append" | "merge" | "overwrite", ...lines: readonly object[]): Write =>
  (graph, branch = "main") =>
    graph.load(lines, { mode, branch, ...STAGED });
const mutate =
  (statements: string): Write =>
  (graph, branch = "main") =>
    graph.mutate(`query q() { ${statements} }`, null, { ...STAGED, branch });
const merge: Write = (graph, into = "main") => graph.branches.merge("draft", { into, ...STAGED });

let graphs = 0;

/** What becomes of a write that was staged completely when its process ended, and that others overtook. */
async function settled(ours: Write, theirs: Write): Promise<string> {
  const objects = new MemoryObjects(`overtaken-${graphs++}`);
  const parts = { objects, tables: new ObjectLayers(objects), environment: patient() };
  const graph = await Omnigraph.initWith(parts, { schema: SCHEMA });
  await graph.load(
    [
      person("Ann", { age: 1, mail: "a@x" }),
      person("Bob", { age: 2 }),
      item("i"),
      item("j"),
      edge("Owns", "Ann", "i"),
      edge("Likes", "Bob", "j"),
    ],
    { mode: "append" },
  );
  await graph.branches.create("draft");
  await mutate('insert Person { name: "Dan" }')(graph, "draft");
  await mutate('insert Person { name: "Eve" }')(graph);
  await standsStill(parts, ours, "staged");
  await theirs(graph);
  const others = await exportedEntities(graph, {});
  const [outcome] = await graph.recovery.settle();
  expect(await graph.recovery.list()).toEqual([]);
  const after = await exportedEntities(graph, {});
  if (outcome?.outcome === "given_up") expect(after).toEqual(others);
  else expect(after).toEqual(await evaluatedAgain(graph, ours));
  expect((await graph.maintenance.fsck()).findings).toEqual([]);
  await graph.close();
  return outcome?.outcome ?? "nothing";
}

/** What the graph is where the write is evaluated on what others made of it, in place of the one that was settled. */
async function evaluatedAgain(graph: Omnigraph, ours: Write): Promise<readonly string[]> {
  const [newest, before] = await graph.commits.list({ limit: 2 });
  expect(newest).toMatchObject({ message: "staged", actor: "ann" });
  await graph.branches.create("again", { from: before?.id ?? "" });
  await ours(graph, "again");
  return exportedEntities(graph, { branch: "again" });
}

describe("a staged write whose process is gone, and that others overtook", () => {
  it.each<readonly [string, Write, Write]>([
    ["an append beside other rows", load("append", person("Cid")), mutate('insert Person { name: "Fay" }')],
    [
      "an append beside an update",
      load("append", person("Cid")),
      mutate('update Person set { age: 9 } where name = "Ann"'),
    ],
    [
      "an append of edges beside other edges",
      load("append", { ...edge("Likes", "Ann", "j") }),
      mutate('insert Likes { from: "Bob", to: "i" }'),
    ],
    [
      "a merge load beside other rows",
      load("merge", person("Ann", { age: 5 })),
      mutate('insert Person { name: "Fay" }'),
    ],
    [
      "an overwrite beside another type",
      load("overwrite", item("i"), item("j"), item("k")),
      mutate('insert Person { name: "Fay" }'),
    ],
    [
      "an update beside another type",
      mutate("update Person set { age: 7 } where age = 2"),
      mutate('insert Item { key: "k" }'),
    ],
    ["a merge beside other rows", merge, mutate('insert Item { key: "k" }')],
    ["an append beside a load", load("append", person("Cid")), load("append", item("k"), item("l"))],
  ])("is published: %s", async (_, ours, theirs) => {
    expect(await settled(ours, theirs)).toBe("published");
  });

  it.each<readonly [string, Write, Write]>([
    [
      "an append of a row that is there now",
      load("append", person("Cid")),
      mutate('insert Person { name: "Cid" }'),
    ],
    [
      "an append of a value that is taken now",
      load("append", person("Cid", { mail: "c@x" })),
      mutate('insert Person { name: "Fay", mail: "c@x" }'),
    ],
    [
      "an edge at a node that is gone",
      load("append", edge("Likes", "Ann", "j")),
      mutate('delete Item where key = "j"'),
    ],
    [
      "an edge more than a node may have",
      load("append", edge("Owns", "Ann", "j")),
      mutate('insert Owns { from: "Ann", to: "j" }'),
    ],
    [
      "a row that others changed",
      load("merge", person("Ann", { age: 5 })),
      mutate('update Person set { age: 9 } where name = "Ann"'),
    ],
    [
      "a row that was written as it is",
      load("merge", person("Ann", { age: 1, mail: "a@x" }), person("Cid")),
      mutate('update Person set { age: 9 } where name = "Ann"'),
    ],
    [
      "a type that others changed",
      load("overwrite", item("i"), item("j"), item("k")),
      mutate('insert Item { key: "m" }'),
    ],
    [
      "what its condition looked at",
      mutate("update Person set { age: 7 } where age = 2"),
      mutate('insert Person { name: "Fay", age: 2 }'),
    ],
    [
      "a deletion of a node with a new edge",
      mutate('delete Item where key = "j"'),
      mutate('insert Likes { from: "Ann", to: "j" }'),
    ],
    [
      "a node made again",
      mutate('delete Item where key = "j" insert Item { key: "j" }'),
      mutate('insert Likes { from: "Ann", to: "j" }'),
    ],
    ["a merge after another one", merge, merge],
  ])("is given up: %s", async (_, ours, theirs) => {
    expect(await settled(ours, theirs)).toBe("given_up");
  });
});
