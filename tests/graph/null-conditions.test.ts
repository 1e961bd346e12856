import { Omnigraph } from "omnigraph";
import { expect, it } from "vitest";

// A condition with null matches nothing, also where there is an entity that is called "null".

const SCHEMA = `node Person { name: String @key  age: I32? }
node Note { text: String? }
edge Knows: Person -> Person { since: I32? }
`;
const LINES = [
  { type: "Person", data: { name: "null", age: 1 } },
  { type: "Person", data: { name: "other" } },
  { type: "Note", data: { id: "null" } },
  { edge: "Knows", from: "null", to: "other" },
  { edge: "Knows", from: "other", to: "null" },
];
/** By what may follow `where`, and the type of the parameter. */
const FIELDS: readonly (readonly [type: string, field: string, scalar: string])[] = [
  ["Person", "name", "String"],
  ["Person", "age", "I32"],
  ["Note", "text", "String"],
  ["Knows", "from", "String"],
  ["Knows", "to", "String"],
  ["Knows", "since", "I32"],
];

const uri = "memory://null-conditions";

it("no condition with null deletes or updates anything, on a warm handle and on a cold one", async () => {
  await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
  await graph.load(LINES.map((line) => JSON.stringify(line)).join("\n"), { mode: "append" });
  const head = (await graph.snapshot()).commit.id;
  for (const [type, field, scalar] of FIELDS)
    for (const operator of ["=", "!=", "<", ">="]) {
      const where = `where ${field} ${operator} $x`;
      const statements = [`delete ${type} ${where}`];
      if (type === "Person") statements.push(`update Person set { age: 5 } ${where}`);
      for (const statement of statements)
        for (const handle of [graph, await Omnigraph.open(uri)]) {
          const answer = await handle.mutate(`query q($x: ${scalar}?) { ${statement} }`, { x: null });
          expect(answer.commit, `${statement}, ${handle === graph ? "warm" : "cold"}`).toBe(null);
          if (handle !== graph) await handle.close();
        }
    }
  expect((await graph.snapshot()).commit.id).toBe(head);
});

it("a condition on an end of an edge finds the ends on a cold handle", async () => {
  await using graph = await Omnigraph.init(`${uri}-ends`, { schema: SCHEMA });
  await graph.load(LINES.map((line) => JSON.stringify(line)).join("\n"), { mode: "append" });
  for (const end of ["from", "to"]) {
    await using cold = await Omnigraph.open(`${uri}-ends`);
    const { affectedEdges } = await cold.mutate(`query q() { delete Knows where ${end} != "null" }`);
    expect(affectedEdges).toBe(1);
  }
});
