import { describe, expect, it } from "vitest";
import { systemEnvironment } from "@omnigraph/base";
import { checkSchema, ulidMint } from "../compile.ts";
import type { EntityType } from "../catalog/catalog.ts";
import { type DraftPlan, planMigration } from "./plan.ts";
import { compileSchema } from "../compile.ts";

const OLD = `node Person { name: String @key  age: I32?  mood: enum(calm, cross)?  bio: String? }
node Place { code: String @key }
edge Knows: Person -> Person { since: Date? }
edge Lives: Person -> Place`;

interface Setting {
  readonly from?: string;
  readonly allowDataLoss?: boolean;
  readonly populated?: readonly string[];
}

function planned(to: string, { from = OLD, allowDataLoss = false, populated }: Setting = {}): DraftPlan {
  const mint = ulidMint(systemEnvironment);
  const isPopulated = ({ name }: EntityType): boolean => populated?.includes(name) ?? true;
  const accepted = compileSchema({ file: "old.pg", text: from }, mint);
  return planMigration(accepted, { file: "new.pg", text: to }, { isPopulated, allowDataLoss });
}

const steps = (to: string, setting?: Setting) => planned(to, setting).steps.map(({ step }) => step);
const kinds = (to: string, setting?: Setting) => steps(to, setting).map(({ kind }) => kind);
const edited = (from: string, to: string): string => {
  expect(OLD).toContain(from);
  return OLD.replace(from, to);
};

describe("the plan of a migration", () => {
  it("has no step where the schemas mean the same", () => {
    expect(steps(OLD)).toEqual([]);
    expect(steps(edited("enum(calm, cross)", "enum(cross, calm)"))).toEqual([]);
    expect(steps(`// a comment\n${OLD.split("\n").toReversed().join("\n")}`)).toEqual([]);
  });

  it("keeps the ids of what stays and of what is renamed, and gives what is new ids of its own", () => {
    const mint = ulidMint(systemEnvironment);
    const accepted = compileSchema({ file: "old.pg", text: OLD }, mint);
    const text = edited("node Place {", 'node Town @rename_from("Place") { size: I64?')
      .replace("-> Place", "-> Town")
      .replace("bio: String?", 'about: String? @rename_from("bio")');
    const { catalog } = planMigration(
      accepted,
      { file: "new.pg", text },
      { isPopulated: () => true, allowDataLoss: false },
    );
    const ids = (type: EntityType | undefined) => type?.properties.map(({ id }) => id);
    expect(catalog.nodes.get("Town")?.id).toBe(accepted.nodes.get("Place")?.id);
    expect(catalog.edges.get("Lives")?.to).toBe(catalog.nodes.get("Town"));
    expect(ids(catalog.nodes.get("Person"))).toEqual(ids(accepted.nodes.get("Person")));
    expect(catalog.nodes.get("Town")?.propertyByName.get("code")?.id).toBe(
      accepted.nodes.get("Place")?.propertyByName.get("code")?.id,
    );
    expect(
      accepted.nodes
        .get("Place")
        ?.propertyById.has(catalog.nodes.get("Town")!.propertyByName.get("size")!.id),
    ).toBe(false);
  });

  it("says each change by a step, in the order in which it would be taken", () => {
    const text = `node Person { name: String @key  age: I64?  mood: enum(calm, glad, cross)?  about: String? @rename_from("bio") @index  nick: String? }
node Town @rename_from("Place") { code: String @key }
edge Knows: Person -> Person { since: Date? @description("the first day") }
node Pet { tag: String @key }`;
    expect(steps(text)).toEqual([
      { kind: "rename_type", typeKind: "node", typeName: "Town", from: "Place" },
      { kind: "drop_type", typeKind: "edge", typeName: "Lives", mode: "soft", code: null },
      { kind: "rename_property", typeKind: "node", typeName: "Person", propertyName: "about", from: "bio" },
      expect.objectContaining({ kind: "add_property", propertyName: "nick" }),
      expect.objectContaining({ kind: "change_property_type", propertyName: "age" }),
      expect.objectContaining({ kind: "extend_enum", addedValues: ["glad"] }),
      expect.objectContaining({ kind: "add_constraint", constraint: { kind: "index", members: ["about"] } }),
      expect.objectContaining({ kind: "update_property_metadata", typeName: "Knows", propertyName: "since" }),
      { kind: "add_type", typeKind: "node", typeName: "Pet" },
    ]);
  });

  it("drops edges before the nodes that they join, softly unless data may be lost", () => {
    const text = edited("node Place { code: String @key }\n", "").replace(
      "\nedge Lives: Person -> Place",
      "",
    );
    const drop = (typeKind: string, typeName: string, mode: string, code: string | null) => ({
      kind: "drop_type",
      typeKind,
      typeName,
      mode,
      code,
    });
    expect(steps(text)).toEqual([drop("edge", "Lives", "soft", null), drop("node", "Place", "soft", null)]);
    expect(steps(text, { allowDataLoss: true, populated: ["Lives", "Place"] })).toEqual([
      drop("edge", "Lives", "hard", "OG-DS-103"),
      drop("node", "Place", "hard", "OG-DS-102"),
    ]);
    expect(steps(text, { allowDataLoss: true, populated: [] })).toEqual([
      drop("edge", "Lives", "hard", null),
      drop("node", "Place", "hard", null),
    ]);
  });

  it("gives a property that is dropped for good a code where there are entities", () => {
    const text = edited("  bio: String?", "");
    const codes = (setting: Setting) =>
      steps(text, setting).map((step) => ("code" in step ? step.code : undefined));
    expect(codes({})).toEqual([null]);
    expect(codes({ allowDataLoss: true })).toEqual(["OG-DS-104"]);
    expect(codes({ allowDataLoss: true, populated: ["Place"] })).toEqual([null]);
  });

  it("requires a default of a property that must be there, where there are entities", () => {
    const text = edited("bio: String?", "bio: String?  nick: String");
    expect(steps(text)).toMatchObject([
      { kind: "unsupported_change", entity: "Person.nick", code: "OG-MF-103" },
    ]);
    expect(kinds(text, { populated: [] })).toEqual(["add_property"]);
    expect(kinds(text.replace("nick: String", 'nick: String @default("none")'))).toEqual(["add_property"]);
  });

  it.each([
    ["another type", "age: I32?", "age: String?"],
    ["fewer values of an enum", "enum(calm, cross)", "enum(calm)"],
    ["a list of what was one", "bio: String?", "bio: [String]?"],
    ["an enum of what was text", "bio: String?", "bio: enum(a, b)?"],
    ["text of what was an enum", "mood: enum(calm, cross)?", "mood: String?"],
    ["a narrower number", "age: I32?", "age: U32?"],
    [
      "a float of what was a key",
      "name: String @key",
      "name: String @key",
      "node P { n: I32 @key }",
      "node P { n: F64 @key }",
    ],
  ])("refuses %s of a property with OG-MF-106", (_, from, to, old = OLD, now = edited(from, to)) => {
    const found = steps(now, { from: old });
    expect(found).toMatchObject([{ kind: "unsupported_change", code: "OG-MF-106" }]);
  });

  it.each([
    ["I32", "I64"],
    ["I32", "F64"],
    ["F32", "F64"],
    ["[I32]", "[I64]"],
  ])("widens %s to %s", (from, to) => {
    const schema = (type: string) => `node P { a: ${type}? }`;
    expect(kinds(schema(to), { from: schema(from) })).toEqual(["change_property_type"]);
    expect(kinds(schema(from), { from: schema(to) })).toEqual(["unsupported_change"]);
  });

  it("takes the rows as the condition of what they could break, by a schema that demands this one thing", () => {
    const [tight] = planned(edited("age: I32?", "age: I32")).steps;
    const type = tight?.requires?.catalog.nodes.get("Person");
    expect(type?.propertyByName.get("age")?.type.nullable).toBe(false);
    expect(type?.propertyByName.get("bio")?.type.nullable).toBe(true);
    const { steps: several } = planned(
      edited(
        "bio: String? }",
        'bio: String? @unique  nick: String?\n @range(age, 0..150) @check(bio, "b") }',
      ).replace("-> Place", "-> Place @card(0..1)"),
    );
    const conditions = several.map(({ step, requires }) => [step.kind, requires?.problem ?? null]);
    expect(conditions).toEqual([
      ["add_property", null],
      ["add_constraint", "what it has breaks @unique"],
      ["add_constraint", "what it has breaks @range"],
      ["add_constraint", "what it has breaks @check"],
      ["add_constraint", "what it has breaks @card"],
    ]);
    const [, unique] = several;
    expect(unique?.requires?.catalog.nodes.get("Person")?.ranges).toEqual([]);
    const card = several.at(-1)?.requires?.catalog;
    expect([...(card?.nodes.keys() ?? [])]).toEqual(["Person", "Place"]);
    expect(card?.edges.get("Lives")?.cardinality).toEqual({ min: 0, max: 1 });
  });

  it("asks nothing of the rows where more is allowed than was", () => {
    const tight = `node P { a: I32 @unique  b: String
 @range(a, 0..9) @check(b, "x") @index(b) }
edge E: P -> P @card(0..1)`;
    const loose = "node P { a: I32?  b: String? } edge E: P -> P";
    const found = planned(loose, { from: tight }).steps;
    expect(found.every(({ requires }) => requires === null)).toBe(true);
    expect(found.map(({ step }) => step.kind).toSorted()).toEqual([
      ...Array.from({ length: 2 }, () => "change_property_type"),
      ...Array.from({ length: 5 }, () => "drop_constraint"),
    ]);
  });

  it("refuses another key and other ends", () => {
    expect(kinds(edited("name: String @key", "name: String"))).toEqual([
      "unsupported_change",
      "unsupported_change",
    ]);
    expect(kinds(edited("edge Lives: Person -> Place", "edge Lives: Place -> Person"))).toEqual([
      "unsupported_change",
    ]);
  });

  it.each([
    ["into what exists", "age: I32?  about: String?", 'age: I32? @rename_from("bio")', /exists/],
    [
      "of what is not there",
      "bio: String?",
      'bio: String?  about: String? @rename_from("bip")',
      /Did you mean `bio`/,
    ],
    ["of what stays", "bio: String?", 'bio: String?  about: String? @rename_from("bio")', /and stay/],
    [
      "into two",
      "bio: String?",
      'a: String? @rename_from("bio")  b: String? @rename_from("bio")',
      /to a already/,
    ],
  ])("refuses a rename %s, and says so", (_, from, to, reason) => {
    const text = OLD.includes(from)
      ? edited(from, to)
      : edited("age: I32?  mood: enum(calm, cross)?  bio: String?", `${to}  mood: enum(calm, cross)?`);
    const refused = steps(text).filter((step) => step.kind === "unsupported_change");
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ reason: expect.stringMatching(reason) });
  });

  it("takes a rename that was done before as done", () => {
    const text = edited("bio: String?", 'bio: String? @rename_from("about")');
    expect(steps(text)).toEqual([]);
  });

  it("refuses a schema with errors, with each of them", () => {
    const broken = "node P { a: Text  a: I32 }";
    const { diagnostics } = checkSchema({ file: "new.pg", text: broken });
    expect(diagnostics.length).toBeGreaterThan(1);
    expect(() => planned(broken)).toThrow(expect.objectContaining({ reason: "schema_invalid" }));
  });
});
