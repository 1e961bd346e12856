import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { closing, editSchema, PEOPLE, peopleGraph, rowsOf } from "../../support/graphs/people-graph.ts";
import { testFolder } from "../../support/running/folders.ts";
import { reasonOf } from "../../support/running/reason-of.ts";

/** Where the rows of a graph are when its schema changes. */
type Place = "commits" | "tables" | "both";

const DRAFT = { branch: "draft" };

/** A graph whose rows are in commits, in tables, or in tables with a later commit over them. All of it was read already. */
async function filled(
  place: Place = "commits",
): Promise<{ readonly uri: string; readonly graph: Omnigraph }> {
  const { uri, graph } = await peopleGraph();
  if (place !== "commits") await graph.maintenance.optimize({ full: true });
  if (place === "both") await graph.mutate('update Person set { age: 31 } where name = "Ann"');
  await rowsOf(graph, "$p.name, $p.age, $p.bio", "$p: Person");
  await rowsOf(graph, "$a.name, $w.weight, $b.name", "$a: Person $a $w: knows $b");
  return { uri, graph };
}

/** Expects the same rows of the handle that changed the schema, of one that opens after it, of both after a fold, and a sound graph. */
async function expectRows(
  { uri, graph }: { readonly uri: string; readonly graph: Omnigraph },
  what: string,
  expected: readonly (readonly unknown[])[],
  pattern?: string,
): Promise<void> {
  expect(await rowsOf(graph, what, pattern), "the handle that changed the schema").toEqual(expected);
  const later = closing(await Omnigraph.open(uri, { maintenance: "off" }));
  expect(await rowsOf(later, what, pattern), "a handle opened later").toEqual(expected);
  expect((await graph.maintenance.fsck()).findings).toEqual([]);
  await graph.maintenance.optimize({ full: true });
  expect(await rowsOf(later, what, pattern), "after a fold").toEqual(expected);
  const last = closing(await Omnigraph.open(uri));
  expect(await rowsOf(last, what, pattern), "a handle opened after a fold").toEqual(expected);
  expect((await graph.maintenance.fsck()).findings).toEqual([]);
}

describe.each(["commits", "tables", "both"] as const)("with rows in %s", (place) => {
  const ann = place === "both" ? 31 : 30;

  it("a property that is added is null, or its default, in the rows that were there", async () => {
    const at = await filled(place);
    const steps = await editSchema(
      at.graph,
      "bio: String?",
      "bio: String?  nick: String?  rank: I32 @default(3)",
    );
    expect(steps).toEqual(["add_property", "add_property"]);
    await at.graph.mutate('insert Person { name: "Cyd", nick: "c", rank: 9 }');
    await expectRows(at, "$p.name, $p.nick, $p.rank", [
      ["Ann", null, 3],
      ["Bob", null, 3],
      ["Cyd", "c", 9],
    ]);
  });

  it("rows keep the default that a property was added with when it is changed later", async () => {
    const at = await filled(place);
    await editSchema(at.graph, "bio: String?", "bio: String?  rank: I32 @default(3)");
    expect(await editSchema(at.graph, "@default(3)", "@default(4)")).toEqual(["update_property_metadata"]);
    await at.graph.mutate('insert Person { name: "Cyd" }');
    await expectRows(at, "$p.name, $p.rank", [
      ["Ann", 3],
      ["Bob", 3],
      ["Cyd", 4],
    ]);
  });

  it("a renamed type and a renamed property keep their rows and edges", async () => {
    const at = await filled(place);
    expect(await editSchema(at.graph, "bio: String?", 'about: String? @rename_from("bio")')).toEqual([
      "rename_property",
    ]);
    const next = (await at.graph.schema.show())
      .replace("node Place", 'node Town @rename_from("Place")')
      .replace("-> Place", "-> Town");
    expect((await at.graph.schema.apply(next)).steps.map(({ kind }) => kind)).toEqual(["rename_type"]);
    await expectRows(
      at,
      "$p.name, $p.about, $t.code",
      [["Ann", "b", "x"]],
      "$p: Person $p lives $t $t: Town",
    );
    expect(await reasonOf(rowsOf(at.graph, "$p.bio"))).toBe("query_invalid");
    expect(await reasonOf(rowsOf(at.graph, "$t.code", "$t: Place"))).toBe("query_invalid");
  });

  it("a dropped property is gone, and does not come back with its name", async () => {
    const at = await filled(place);
    expect(await editSchema(at.graph, "  bio: String?", "")).toEqual(["drop_property"]);
    await at.graph.mutate('update Person set { age: 8 } where name = "Bob"');
    expect(await editSchema(at.graph, "age: I32?", "age: I32?  bio: String?")).toEqual(["add_property"]);
    await expectRows(at, "$p.name, $p.age, $p.bio", [
      ["Ann", ann, null],
      ["Bob", 8, null],
    ]);
  });

  it("a dropped type is gone with its edges, and does not come back with its name", async () => {
    const at = await filled(place);
    const source = await at.graph.schema.show();
    const { steps } = await at.graph.schema.apply(source.replace(/^.*(?:node Place|Lives).*\n/gmu, ""));
    expect(steps.map(({ kind }) => kind)).toEqual(["drop_type", "drop_type"]);
    expect((await at.graph.snapshot()).datasets.map(({ typeName }) => typeName)).toEqual(["Knows", "Person"]);
    await at.graph.schema.apply(source);
    await at.graph.mutate('insert Place { code: "y" }');
    await expectRows(at, "$t.code", [["y"]], "$t: Place");
    expect(await rowsOf(at.graph, "$p.name, $t.code", "$p: Person $p lives $t")).toEqual([]);
  });

  it("a number is read as its wider type, in filters, sums and orders too", async () => {
    const at = await filled(place);
    expect(await editSchema(at.graph, "age: I32?", "age: I64?")).toEqual(["change_property_type"]);
    expect(await editSchema(at.graph, "weight: F32?", "weight: F64?")).toEqual(["change_property_type"]);
    await at.graph.mutate('insert Person { name: "Cyd", age: 9007199254740993 }');
    await expectRows(at, "$p.age, $p.name", [
      [7, "Bob"],
      [ann, "Ann"],
      [9007199254740993n, "Cyd"],
    ]);
    expect(await rowsOf(at.graph, "$p.name", "$p: Person $p.age < 31")).toEqual(
      place === "both" ? [["Bob"]] : [["Ann"], ["Bob"]],
    );
    expect(await rowsOf(at.graph, "$w.weight", "$a: Person $a $w: knows $b")).toEqual([[0.5]]);
    expect(await editSchema(at.graph, "weight: F64?", "weight: F64? @unique")).toEqual(["add_constraint"]);
    expect(await reasonOf(at.graph.mutate('insert Knows { from: "Bob", to: "Ann", weight: 0.5 }'))).toBe(
      "unique_violation",
    );
  });

  it("a whole number that becomes a fraction is read as one", async () => {
    const at = await filled(place);
    expect(await editSchema(at.graph, "age: I32?", "age: F64?")).toEqual(["change_property_type"]);
    await at.graph.mutate('update Person set { age: 7.5 } where name = "Bob"');
    await expectRows(at, "$p.name, $p.age", [
      ["Ann", ann],
      ["Bob", 7.5],
    ]);
  });

  it("tables that were written before it get indexes and are exported with what they lack", async () => {
    const at = await filled(place);
    await editSchema(at.graph, "bio: String?", "bio: String? @index  rank: I32 @default(3) @index");
    await at.graph.maintenance.optimize();
    expect((await at.graph.maintenance.fsck()).findings).toEqual([]);
    const pieces: string[] = [];
    for await (const piece of at.graph.export({ types: ["Person"] }))
      pieces.push(Buffer.from(piece).toString());
    const lines = pieces.join("").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).data)).toMatchObject([{ rank: 3 }, { rank: 3 }]);
    const folder = testFolder(`schema-tables-${place}`);
    const tables = await at.graph.tables.export(join(folder, "out"), { format: "lance", types: ["Person"] });
    expect(tables.tables).toMatchObject([{ rows: 2 }]);
  });

  it("an older commit is read with the schema that it has", async () => {
    const at = await filled(place);
    const { commit } = await at.graph.snapshot();
    await editSchema(at.graph, "bio: String?", "nick: String?");
    expect(await rowsOf(at.graph, "$p.name, $p.bio", "$p: Person", { at: commit.id })).toEqual([
      ["Ann", "b"],
      ["Bob", null],
    ]);
    expect(
      (await at.graph.schema.catalog({ at: commit.id })).nodes.get("Person")?.propertyByName.has("bio"),
    ).toBe(true);
    const { stat } = await at.graph.branches.diff(commit.id, "main");
    expect(stat).toEqual([]);
  });

  it("what rows changed is told as the later schema has them", async () => {
    const at = await filled(place);
    const before = (await at.graph.snapshot()).commit.id;
    await editSchema(at.graph, "bio: String?", 'about: String? @rename_from("bio")  rank: I32 @default(3)');
    await at.graph.mutate('update Person set { rank: 4 } where name = "Ann"');
    const diff = await at.graph.branches.diff(before, "main");
    const found = [];
    for await (const change of diff.changes()) found.push(change);
    expect(found).toMatchObject([
      {
        id: "Ann",
        op: "update",
        before: { properties: { about: "b", rank: 3 } },
        after: { properties: { about: "b", rank: 4 } },
      },
    ]);
    const history = await at.graph.history("node", "Person", "Ann");
    expect(history[0]).toMatchObject({ change: { op: "update", after: { properties: { rank: 4 } } } });
    expect(history.at(-1)).toMatchObject({ change: { op: "insert", after: { properties: { bio: "b" } } } });
  });
});

describe("a schema commit", () => {
  it("is a block of the feed that tells its steps", async () => {
    const { graph } = await filled();
    const { cursor } = await graph.changes.poll({ start: "now" });
    await editSchema(graph, "bio: String?", "bio: String?  nick: String?");
    await graph.mutate('update Person set { nick: "a" } where name = "Ann"');
    const { blocks } = await graph.changes.poll({ cursor: cursor ?? "" });
    expect(blocks).toMatchObject([
      {
        schemaSteps: [{ kind: "add_property", propertyName: "nick" }],
        changes: [],
      },
      { schemaSteps: [], changes: [{ id: "Ann", before: { properties: { nick: null } } }] },
    ]);
  });

  it("says who applied what, and is one commit; the same schema again is none", async () => {
    const { graph } = await filled();
    const source = `${PEOPLE}node Pet { tag: String @key }\n`;
    const answer = await graph.schema.apply(source, { actor: "ann", message: "pets" });
    expect(answer).toMatchObject({ branch: "main", applied: true, actor: "ann" });
    expect((await graph.commits.list())[0]).toMatchObject({ kind: "schema", actor: "ann", message: "pets" });
    expect(await graph.schema.show()).toBe(source);
    expect(await graph.schema.apply(source)).toMatchObject({ applied: false, commit: null, steps: [] });
    expect(await graph.commits.list({ limit: 1 })).toMatchObject([{ id: answer.commit?.id }]);
  });

  it("keeps what was written beside the types, comments for example", async () => {
    const { graph } = await filled();
    const answer = await graph.schema.apply(`// people\n${PEOPLE}`);
    expect(answer).toMatchObject({ applied: true, steps: [] });
    expect(await graph.schema.show()).toBe(`// people\n${PEOPLE}`);
  });

  it("that cannot be is refused with every reason, and changes nothing", async () => {
    const { graph } = await filled();
    const { commit } = await graph.snapshot();
    const bad = PEOPLE.replace("bio: String?", "bio: String  nick: String");
    await expect(graph.schema.apply(bad)).rejects.toMatchObject({
      reason: "migration_unsupported",
      message: expect.stringMatching(
        /Person\.bio: entities lack it: "Bob".*\[OG-MF-106\].*\[OG-MF-103\]|OG-MF-103.*OG-MF-106/u,
      ),
      details: {
        unsupported: expect.arrayContaining([
          expect.objectContaining({ entity: "Person.bio", code: "OG-MF-106" }),
        ]),
      },
    });
    expect((await graph.snapshot()).commit.id).toBe(commit.id);
    expect(await graph.schema.show()).toBe(PEOPLE);
  });

  it("is repeated under its op without a second commit", async () => {
    const { graph } = await filled();
    const next = `${PEOPLE}node Pet { tag: String @key }\n`;
    const first = await graph.schema.apply(next, { op: "pets" });
    const again = await graph.schema.apply(next, { op: "pets" });
    expect(again.commit?.id).toBe(first.commit?.id);
    expect(await reasonOf(graph.schema.apply(PEOPLE, { op: "pets" }))).toBe("op_reused");
  });

  it("that is conditional is refused after another write", async () => {
    const { graph } = await filled();
    const { commit } = await graph.snapshot();
    await graph.mutate('insert Place { code: "y" }');
    const next = `${PEOPLE}node Pet { tag: String @key }\n`;
    expect(await reasonOf(graph.schema.apply(next, { ifCommit: commit.id }))).toBe("precondition_failed");
    // What could not be done is no matter where another commit was meant.
    const impossible = next.replace("age: I32?", "age: String?");
    expect(await reasonOf(graph.schema.apply(impossible, { ifCommit: commit.id }))).toBe(
      "precondition_failed",
    );
    expect(await reasonOf(graph.schema.apply(impossible))).toBe("migration_unsupported");
    // Nor that there is nothing to do.
    expect(await reasonOf(graph.schema.apply(PEOPLE, { ifCommit: commit.id }))).toBe("precondition_failed");
    const { commit: head } = await graph.snapshot();
    expect(await graph.schema.apply(PEOPLE, { ifCommit: head.id })).toMatchObject({ applied: false });
  });

  it("leaves a branch that stands before it what it was, also where its nodes are first looked for by edges of the new one", async () => {
    const { uri, graph } = await filled();
    await editSchema(graph, "code: String @key", "code: String @key  abode: String?");
    const handle = closing(await Omnigraph.open(uri, { maintenance: "off" }));
    // Nothing but edges is in memory.
    await handle.mutate("query q($id: String) { delete Lives where @id = $id }", { id: "none" });
    await handle.branches.create("draft");
    await handle.mutate("query q($id: String) { delete Lives where @id = $id }", { id: "none" }, DRAFT);
    await editSchema(handle, "abode: String?", "");
    expect(await rowsOf(handle, "$a.name, $b.code", "$a: Person $a lives $b")).toEqual([["Ann", "x"]]);
    expect(await rowsOf(handle, "$p.code, $p.abode", "$p: Place", DRAFT)).toEqual([["x", null]]);
  });

  it("on a branch leaves other branches as they are, and comes with a fast-forward", async () => {
    const { graph } = await filled();
    await graph.branches.create("draft");
    await editSchema(graph, "bio: String?", "bio: String?  nick: String?", { branch: "draft" });
    await graph.mutate('update Person set { nick: "a" } where name = "Ann"', null, { branch: "draft" });
    expect(await reasonOf(rowsOf(graph, "$p.nick"))).toBe("query_invalid");
    expect((await graph.branches.merge("draft")).outcome).toBe("fast_forward");
    expect(await rowsOf(graph, "$p.name, $p.nick")).toEqual([
      ["Ann", "a"],
      ["Bob", null],
    ]);
  });
});

describe("writes beside a schema commit of another handle", () => {
  it("are evaluated with the new schema", async () => {
    const { uri, graph } = await filled();
    const other = closing(await Omnigraph.open(uri));
    await rowsOf(other, "$p.name");
    await editSchema(graph, "age: I32?", "age: I64?  rank: I32 @default(3)");
    await other.mutate('insert Person { name: "Cyd" }');
    await other.load([{ type: "Person", data: { name: "Dan", age: 9007199254740993n } }], { mode: "append" });
    expect(await rowsOf(graph, "$p.name, $p.rank")).toEqual([
      ["Ann", 3],
      ["Bob", 3],
      ["Cyd", 3],
      ["Dan", 3],
    ]);
    await editSchema(graph, "  rank: I32 @default(3)", "");
    expect(await reasonOf(other.mutate('update Person set { rank: 1 } where name = "Ann"'))).toBe(
      "query_invalid",
    );
  });

  it("are refused where the new schema does not allow them", async () => {
    const { uri, graph } = await filled();
    const other = closing(await Omnigraph.open(uri));
    await rowsOf(other, "$p.age");
    await editSchema(graph, "bio: String?", "bio: String? @range(age, 0..50)");
    expect(await reasonOf(other.mutate('insert Person { name: "Cyd", age: 51 }'))).toBe("value_invalid");
  });

  it("a constraint is checked on the rows of the head, also those that came while it was planned", async () => {
    const { uri, graph } = await filled();
    const other = closing(await Omnigraph.open(uri));
    const narrow = PEOPLE.replace("bio: String?", "bio: String? @range(age, 0..50)");
    const [applied, written] = await Promise.allSettled([
      graph.schema.apply(narrow),
      other.mutate('insert Person { name: "Cyd", age: 51 }'),
    ]);
    expect([applied.status, written.status].toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await graph.maintenance.fsck()).findings).toEqual([]);
  });
});
