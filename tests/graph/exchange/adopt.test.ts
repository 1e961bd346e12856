import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { describe, expect, test } from "vitest";
import { reasonOf } from "../../support/running/reason-of.ts";
import { testFolder } from "../../support/running/folders.ts";
import { backends } from "../../support/stores/backends.ts";

const SCHEMA = `node Person {
  name: String @key
  age: I32?
  mail: String? @unique
  born: Date?
  seen: DateTime?
  score: F64?
  place: Vector(2)?
  tags: [String]?
  state: enum(open, closed)?
  big: U64?
  @range(age, 0..150)
}
node Place { lat: I32  lon: I32  @key(lat, lon) }
node Note { text: String? }
edge Knows: Person -> Person @card(0..2) { since: Date? }
`;
/** The same columns, without what is checked. */
const LOOSE = `node Person {
  name: String?
  age: I64?
  mail: String?
  state: String?
  score: F64?
  extra: Bool?
}
node Other { name: String }
edge Knows: Person -> Person { since: String? }
`;
const folder = testFolder("adopt");
let made = 0;

const person = (name: string, data: object = {}): object => ({ type: "Person", data: { name, ...data } });
const LINES = [
  person("ann", {
    age: 3,
    mail: "a",
    born: "2020-01-01",
    seen: "2020-01-01T00:00:00.001Z",
    score: -0.5,
    place: [1, 2],
  }),
  person("bob", { tags: ["x", ""], state: "open", big: "18446744073709551615" }),
  { type: "Place", data: { lat: 1, lon: -1 } },
  { type: "Note", data: { id: "n1", text: "hi" } },
  { edge: "Knows", from: "ann", to: "bob", data: { id: "k1", since: "2021-01-01" } },
  { edge: "Knows", from: "bob", to: "bob", data: { id: "k2" } },
];

async function lines(graph: Omnigraph): Promise<string> {
  let text = "";
  for await (const piece of graph.export()) text += Buffer.from(piece).toString();
  return text;
}

/** Tables of a graph of a schema with these lines. Answers their folder. */
async function tablesOf(
  schema: string,
  input: readonly object[],
  to = join(folder, `t${made++}`),
): Promise<string> {
  await using graph = await Omnigraph.init(`memory://adopt-${made++}`, { schema, maintenance: "off" });
  await graph.load(input, { mode: "append" });
  await graph.tables.export(to, { format: "lance" });
  return to;
}

describe.each(backends("adopting").filter(([name]) => name !== "memory"))("tables in %s", (_name, uriOf) => {
  test.each([0, 1000])(
    "a graph whose tables are exported and adopted is equal (rows in a commit: %i)",
    async (inlineRows) => {
      const to = uriOf();
      await tablesOf(SCHEMA, LINES, to);
      await using source = await Omnigraph.init(uriOf(), { schema: SCHEMA, maintenance: "off" });
      await source.load(LINES, { mode: "append" });
      await using graph = await Omnigraph.init(uriOf(), { schema: SCHEMA, inlineRows, maintenance: "off" });
      for (const type of ["Person", "Place", "Note", "Knows"])
        expect((await graph.tables.adopt(`${to}/${type}.lance`, { type })).commit.kind).toBe("load");
      expect(await lines(graph)).toBe(await lines(source));
      expect((await graph.maintenance.fsck()).findings).toEqual([]);
    },
  );
});

test("an adoption lists everything that is wrong with rows, by their numbers from 0, and adopts nothing", async () => {
  const from = await tablesOf(LOOSE, [
    { type: "Person", data: { id: "0", name: "ann" } },
    { type: "Person", data: { id: "1", name: "cyd", age: 200 } },
    { type: "Person", data: { id: "2", name: "dan", age: 5e9 } },
    { type: "Person", data: { id: "3", age: 1 } },
    { type: "Person", data: { id: "4", name: "eve", state: "ajar" } },
    { type: "Person", data: { id: "5", name: "fay" } },
    { type: "Person", data: { id: "6", name: "fay" } },
  ]);
  const schema = SCHEMA.replace("  name: String @key\n", "  name: String @key\n  extra: Bool?\n");
  await using graph = await Omnigraph.init(`memory://adopt-${made++}`, { schema });
  await graph.load([person("ann")], { mode: "append" });
  const before = await lines(graph);
  const failure = await graph.tables
    .adopt(join(from, "Person.lance"), { type: "Person" })
    .catch((e: unknown) => e);
  expect(failure).toMatchObject({
    reason: "load_invalid",
    message: expect.stringMatching(/^the table has \d+ problems; nothing was adopted\n- row 0: /),
    details: {
      problems: expect.arrayContaining([
        expect.objectContaining({
          line: 0,
          property: "id",
          message: "Person: id must be ann, as the key gives it",
        }),
        expect.objectContaining({ line: 0, reason: "key_conflict", id: "ann" }),
        expect.objectContaining({ line: 1, message: "Person: age: 200 is outside @range 0..150" }),
        expect.objectContaining({
          line: 2,
          property: "age",
          message: expect.stringContaining("out of range for I32"),
        }),
        expect.objectContaining({ line: 3, message: "Person: name is required" }),
        expect.objectContaining({
          line: 4,
          message: expect.stringContaining('"ajar" is none of open, closed'),
        }),
        expect.objectContaining({ line: 6, message: 'Person "fay" is given on row 5 already' }),
      ]),
    },
  });
  expect(await lines(graph)).toBe(before);
});

test("an adoption lists values, ends and unique tuples that are wrong in one go", async () => {
  const people = ["ann", "bob", "nobody"].map((name) => ({
    type: "Person",
    data: { id: name, name, mail: "same" },
  }));
  const from = await tablesOf(LOOSE, [
    ...people,
    { edge: "Knows", from: "ann", to: "nobody", data: { id: "e1" } },
    { edge: "Knows", from: "ann", to: "bob", data: { id: "e2" } },
  ]);
  const schema = SCHEMA.replace("since: Date?", "since: String?").replace(
    "age: I32?",
    "age: I32?\n  extra: Bool?",
  );
  await using graph = await Omnigraph.init(`memory://adopt-${made++}`, { schema });
  await graph.load([person("ann"), person("bob")], { mode: "append" });
  const knows = graph.tables.adopt(join(from, "Knows.lance"), { type: "Knows" });
  await expect(knows).rejects.toThrow(/the table has 1 problem; nothing was adopted\n- row 0: .*"nobody"/);
  await using empty = await Omnigraph.init(`memory://adopt-${made++}`, { schema });
  const unique = empty.tables.adopt(join(from, "Person.lance"), { type: "Person" });
  await expect(unique).rejects.toMatchObject({ details: { problems: [{ line: 1 }, { line: 2 }] } });
});

test("columns that are missing, unknown or of another type are all told before any row is read", async () => {
  const from = await tablesOf(LOOSE, [
    { type: "Other", data: { name: "x" } },
    { type: "Person", data: { id: "p" } },
  ]);
  const schema =
    "node Person { name: I32  age: U32?  mail: Date }\nnode Note { text: String }\nedge Knows: Person -> Person";
  await using graph = await Omnigraph.init(`memory://adopt-${made++}`, { schema });
  const adopt = (table: string, type: string): Promise<unknown> =>
    graph.tables.adopt(join(from, `${table}.lance`), { type });
  await expect(adopt("Person", "Person")).rejects.toThrow(
    /5 problems.*\n- Person: column name is Utf8, which does not fit I32; cast it\n- Person: column mail is Utf8, which does not fit Date; cast it\n- Person: column state is no property; leave it out.*\n- .*score.*\n- .*extra/,
  );
  await expect(adopt("Other", "Note")).rejects.toThrow(
    /there is no column text, which is required\n.*column name is no property/,
  );
  await expect(adopt("Other", "Knows")).rejects.toThrow(/no column from.*\n.*no column to/);
});

test("an adoption reads a version, and a repeat with the same op is answered by the first one's commit", async () => {
  const from = await tablesOf(SCHEMA, LINES);
  const table = join(from, "Person.lance");
  await using graph = await Omnigraph.init(`memory://adopt-${made++}`, { schema: SCHEMA });
  const first = await graph.tables.adopt(table, { type: "Person", version: 1, op: "job 7", actor: "spark" });
  expect(first.commit.actor).toBe("spark");
  expect((await graph.tables.adopt(table, { type: "Person", op: "job 7" })).commit.id).toBe(first.commit.id);
  expect(await reasonOf(graph.tables.adopt(table, { type: "Person" }))).toBe("key_conflict");
});

test("adopted edges of a type with a key have its ids, and ids that are others are told", async () => {
  const nodes = [person("ann"), person("bob")];
  const keyed = `node Person { name: String @key }\nedge Knows: Person -> Person { since: String? @key(@src, @dst) }`;
  const plain = keyed.replace(" @key(@src, @dst)", "");
  const from = await tablesOf(plain, [
    ...nodes,
    { edge: "Knows", from: "ann", to: "bob", data: { id: "e1" } },
  ]);
  await using graph = await Omnigraph.init(`memory://adopt-${made++}`, { schema: keyed });
  await graph.load(nodes, { mode: "append" });
  const other = graph.tables.adopt(join(from, "Knows.lance"), { type: "Knows" });
  await expect(other).rejects.toThrow(/row 0: Knows: id must be \["ann","bob"\], as the key gives it/);
  const right = await tablesOf(keyed, [...nodes, { edge: "Knows", from: "ann", to: "bob" }]);
  await graph.tables.adopt(join(right, "Knows.lance"), { type: "Knows" });
  expect(await lines(graph)).toContain('"data":{"id":"[\\"ann\\",\\"bob\\"]","since":null}');
});
