import { type MigrationStep, Omnigraph, type SchemaPlanOptions } from "omnigraph";
import { describe, expect, it } from "vitest";

const SCHEMA = `node Person { name: String @key  age: I32?  mail: String? }
node Place { code: String @key }
edge Knows: Person -> Person { since: I32? }
edge Lives: Person -> Place
`;
const LINES = [
  { type: "Person", data: { name: "Ann", age: 30, mail: "a@b" } },
  { type: "Person", data: { name: "Bob", mail: "a@b" } },
  { type: "Place", data: { code: "x" } },
  { edge: "Lives", from: "Ann", to: "x" },
  { edge: "Lives", from: "Ann", to: "x" },
];

let graphs = 0;

async function filled(): Promise<Omnigraph> {
  const graph = await Omnigraph.init(`memory://schema-plan-${graphs++}`, { schema: SCHEMA });
  await graph.load(LINES, { mode: "append" });
  return graph;
}

/** The steps of a plan for the schema with one text in place of another. */
async function edited(
  graph: Omnigraph,
  from: string,
  to: string,
  options?: SchemaPlanOptions,
): Promise<readonly MigrationStep[]> {
  expect(SCHEMA).toContain(from);
  const { supported, steps } = await graph.schema.plan(SCHEMA.replace(from, to), options);
  expect(supported).toBe(steps.every(({ kind }) => kind !== "unsupported_change"));
  return steps;
}

const refused = (entity: string, code: string | null, reason: RegExp): unknown => ({
  kind: "unsupported_change",
  entity,
  code,
  reason: expect.stringMatching(reason),
});

describe("a plan looks at the rows where a step depends on them", () => {
  it.each([
    ["a property that is required", "age: I32?", "age: I32", "Person.age", "OG-MF-106", /lack it: "Bob"/],
    ["a unique property", "mail: String?", "mail: String? @unique", "Person", null, /@unique.*mail/],
    ["a range", "mail: String?", "mail: String? @range(age, 0..20)", "Person", null, /"Ann".*0\.\.20/],
    ["a check", "mail: String?", 'mail: String? @check(mail, "^c")', "Person", null, /"Ann".*"Bob"/],
    ["a cardinality", "Person -> Place", "Person -> Place @card(0..1)", "Lives", null, /Ann/],
  ])("%s that rows break is refused, and they are named", async (_, from, to, entity, code, reason) => {
    await using graph = await filled();
    expect(await edited(graph, from, to)).toEqual([refused(entity, code, reason)]);
  });

  it.each([
    ["a property that is required", "mail: String?", "mail: String"],
    ["a unique property", "age: I32?", "age: I32? @unique"],
    ["a range", "mail: String?", "mail: String? @range(age, 0..30)"],
    ["a check", "mail: String?", 'mail: String? @check(mail, "^a")'],
    ["a cardinality", "Person -> Place", "Person -> Place @card(0..2)"],
    ["a cardinality of edges that there are none of", "{ since: I32? }", "@card(0..1) { since: I32? }"],
  ])("%s that all rows keep is a step", async (_, from, to) => {
    await using graph = await filled();
    const steps = await edited(graph, from, to);
    expect(steps).toHaveLength(1);
    expect(steps[0]?.kind).toMatch(/^(change_property_type|add_constraint)$/);
  });

  it("rows that were folded into tables and rows of commits since count alike, and those that were changed count as they are", async () => {
    await using graph = await filled();
    await graph.maintenance.optimize();
    expect(await edited(graph, "age: I32?", "age: I32")).toHaveLength(1);
    await graph.mutate('update Person set { age: 7 } where name = "Bob"');
    expect(await edited(graph, "age: I32?", "age: I32")).toMatchObject([{ kind: "change_property_type" }]);
    await graph.mutate('insert Person { name: "Cyd" }');
    expect(await edited(graph, "age: I32?", "age: I32")).toEqual([
      refused("Person.age", "OG-MF-106", /: "Cyd"/),
    ]);
  });

  it("a plan is for a branch", async () => {
    await using graph = await filled();
    await graph.branches.create("draft");
    await graph.mutate('update Person set { age: 7 } where name = "Bob"', {}, { branch: "draft" });
    const change = ["age: I32?", "age: I32"] as const;
    expect(await edited(graph, ...change, { branch: "draft" })).toMatchObject([
      { kind: "change_property_type" },
    ]);
    expect(await edited(graph, ...change)).toMatchObject([{ kind: "unsupported_change" }]);
  });

  it("of many rows in the way ten are named", async () => {
    await using graph = await filled();
    await graph.load(
      Array.from({ length: 50 }, (_, n) => ({ type: "Person", data: { name: `p${n}` } })),
      { mode: "append" },
    );
    const [step] = await edited(graph, "age: I32?", "age: I32");
    const reason = step?.kind === "unsupported_change" ? step.reason : "";
    expect(reason.match(/is required/g)).toHaveLength(10);
    expect(reason).toMatch(/; and more$/);
  });

  it("a required property needs a default where there are entities, and what is dropped for good has a code there", async () => {
    await using graph = await filled();
    const required = "{ since: I32?  why: String }";
    expect(await edited(graph, "{ since: I32? }", required)).toMatchObject([{ kind: "add_property" }]);
    await graph.mutate('insert Knows { from: "Ann", to: "Bob" }');
    expect(await edited(graph, "{ since: I32? }", required)).toEqual([
      refused("Knows.why", "OG-MF-103", /@default/),
    ]);
    const codes = async (allowDataLoss: boolean): Promise<unknown[]> =>
      (await edited(graph, "edge Lives: Person -> Place\n", "", { allowDataLoss })).map(
        (step) => "code" in step && step.code,
      );
    expect(await codes(false)).toEqual([null]);
    expect(await codes(true)).toEqual(["OG-DS-103"]);
  });

  it("changes nothing, also on a handle that only reads", async () => {
    await using graph = await filled();
    const before = await graph.commits.list();
    await edited(graph, "mail: String?", "mail: String?  nick: String?");
    expect(await graph.commits.list()).toEqual(before);
    expect(await graph.schema.show()).toBe(SCHEMA);
  });

  it("a schema with errors is refused with their places", async () => {
    await using graph = await filled();
    await expect(graph.schema.plan("node A { x: Text }", { file: "next.pg" })).rejects.toMatchObject({
      reason: "schema_invalid",
      message: expect.stringContaining("next.pg:1:13"),
    });
  });
});
