import { Omnigraph, type ReadOptions, type SchemaApplyOptions } from "omnigraph";
import { afterEach, expect } from "vitest";

/** A schema of each kind of type, whose properties may all be left out but the keys. */
export const PEOPLE = `node Person { name: String @key  age: I32?  bio: String?  mood: enum(calm, cross)? }
node Place { code: String @key }
edge Knows: Person -> Person { weight: F32? }
edge Lives: Person -> Place
`;
const LINES = [
  { type: "Person", data: { name: "Ann", age: 30, bio: "b" } },
  { type: "Person", data: { name: "Bob", age: 7 } },
  { type: "Place", data: { code: "x" } },
  { edge: "Knows", from: "Ann", to: "Bob", data: { weight: 0.5 } },
  { edge: "Lives", from: "Ann", to: "x" },
];

const open: Omnigraph[] = [];
let graphs = 0;

afterEach(async () => {
  for (const graph of open.splice(0)) await graph.close();
});

/** A new graph of a few people, who live at a place and know each other. It is closed after the test. */
export async function peopleGraph(
  schema = PEOPLE,
): Promise<{ readonly uri: string; readonly graph: Omnigraph }> {
  const uri = `memory://people-${graphs++}`;
  const graph = closing(await Omnigraph.init(uri, { schema, maintenance: "off" }));
  await graph.load(LINES, { mode: "append" });
  return { uri, graph };
}

/** Has a graph closed after the test. */
export function closing(graph: Omnigraph): Omnigraph {
  open.push(graph);
  return graph;
}

/** What a query returns, as lists of values in the order of the first. */
export async function rowsOf(
  graph: Omnigraph,
  what: string,
  pattern = "$p: Person",
  options?: ReadOptions,
): Promise<readonly (readonly unknown[])[]> {
  const [first] = what.split(",");
  const text = `query q() { match { ${pattern} } return { ${what} } order { ${first} } }`;
  const { rows } = await graph.query(text, null, options);
  return rows.map((row) => Object.values(row));
}

/** Applies the schema with one text in place of another, and answers the kinds of its steps. */
export async function editSchema(
  graph: Omnigraph,
  from: string,
  to: string,
  options: SchemaApplyOptions = {},
): Promise<readonly string[]> {
  const source = await graph.schema.show(options.branch === undefined ? {} : { branch: options.branch });
  expect(source).toContain(from);
  const { steps } = await graph.schema.apply(source.replace(from, to), options);
  return steps.map(({ kind }) => kind);
}
