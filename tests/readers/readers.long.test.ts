import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonValue, parseJson, writeJson } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { beforeAll, describe, expect, test } from "vitest";
import { ok } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";
import { CASES, few, full, indexed, many, plain, SCHEMA } from "./every-type.ts";
import { pythonOf, READERS } from "./readers.mjs";

type Cells = Readonly<Record<string, JsonValue>>;

/** A table as `snapshot --tables --json` names it. */
interface Named {
  readonly type_name: string;
  readonly tables: readonly {
    readonly path: string;
    readonly version: number;
    readonly indexes: readonly string[];
    readonly columns: readonly { readonly property: string; readonly column: string }[];
  }[];
}

/** What a reader prints of one table. */
interface Read {
  /** Lance's data storage version. */
  readonly storage?: string;
  readonly rows: Readonly<Record<string, readonly JsonValue[]>>;
  readonly found: readonly (readonly string[])[];
}

const MANY = 2500;
const FEW = 5;
const INDEXED = 10_010;
const folder = testFolder("readers");
const root = join(folder, "g.omni");
const of = (type: RegExp): ReadonlySet<string> =>
  new Set(CASES.filter((one) => type.test(one.type)).map(({ name }) => name));
const SINGLE = of(/F32|Vector/);
const DOUBLE = of(/F64/);
/** What is looked up in the table with indexes. */
const EQUALS: readonly (readonly [string, string | number])[] = [
  ["id", "it's 7"],
  ["key", "it's 8"],
  ["rank", 49],
  ["rank", 50],
  ["state", "open"],
];

/** Rows by id, as the graph exports them: `from` and `to` are `src` and `dst` in tables. */
const exported = new Map<string, Map<string, Cells>>();
let tables: readonly Named[] = [];

function lines(count: number, line: (n: number) => object): string {
  return Array.from({ length: count }, (_, n) => `${writeJson(line(n))}\n`).join("");
}

beforeAll(async () => {
  await using graph = await Omnigraph.init(root, { schema: SCHEMA, maintenance: "off", inlineRows: 1000 });
  await graph.load(lines(MANY, many) + lines(FEW, few) + lines(INDEXED, indexed), { mode: "append" });
  const edges = lines(MANY, (n) => plain(n, MANY, FEW)) + lines(MANY, (n) => full(n, FEW, MANY));
  await graph.load(edges, { mode: "append" });
  // A second layer, so that the tables that are read are merged ones.
  await graph.load(
    lines(MANY / 2, (n) => many(n * 3)),
    { mode: "merge" },
  );
  await graph.mutate('query q() { delete Many where key = "m7" }');
  await ok(["optimize", "--full", root, "--quiet"]);
  const [text, snapshot] = [await ok(["export", root]), await ok(["snapshot", root, "--tables", "--json"])];
  // Cast: of the shape that the wire has for it, which `ok` has checked.
  tables = (JSON.parse(snapshot) as { readonly datasets: readonly Named[] }).datasets;
  for (const format of ["lance", "parquet"])
    await ok(["export", root, "--format", format, "--to", join(folder, format)]);
  for (const line of text.trimEnd().split("\n")) keep(parseJson(line) as unknown as Line);
});

interface Line {
  readonly type?: string;
  readonly edge?: string;
  readonly from?: string;
  readonly to?: string;
  readonly data: Cells;
}

function keep({ type, edge, from, to, data }: Line): void {
  const name = type ?? edge ?? "";
  const cells = edge === undefined ? data : { ...data, src: from ?? null, dst: to ?? null };
  const rows = exported.get(name) ?? new Map<string, Cells>();
  exported.set(name, rows.set(writeJson(data["id"]), canonical(cells)));
}

/** Floats as the doubles that they are, since readers print those. */
function canonical(cells: Cells): Cells {
  const each = (value: JsonValue, of: (value: number) => number): JsonValue => {
    if (Array.isArray(value)) return value.map((item) => each(item, of));
    return value === null ? null : of(Number(value));
  };
  const cell = (name: string, value: JsonValue): JsonValue =>
    SINGLE.has(name) ? each(value, Math.fround) : DOUBLE.has(name) ? each(value, Number) : value;
  return Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, cell(name, value)]));
}

/** A table that a reader is asked for. */
interface Asked {
  readonly path: string;
  readonly version?: number | undefined;
  readonly equals: typeof EQUALS;
}

function publishedTable({ type_name, tables: [table] }: Named): Asked {
  const { path, version } = table ?? expect.unreachable();
  return { path: join(root, path), version, equals: type_name === "Indexed" ? EQUALS : [] };
}

function readBy({ name, engine }: (typeof READERS)[number], asked: readonly Asked[]): readonly Read[] {
  const script = join(import.meta.dirname, "read_tables.py");
  const input = JSON.stringify({ engine, tables: asked });
  const ran = spawnSync(pythonOf(name), [script], { input, encoding: "utf8", maxBuffer: 1 << 30 });
  if (ran.status !== 0) throw new Error(`${name}: ${ran.error?.message ?? ran.stderr}`);
  // Cast: the script prints this shape.
  return ran.stdout
    .trimEnd()
    .split("\n")
    .map((line) => parseJson(line) as unknown as Read);
}

function namesIn({ tables: [table] }: Named): (column: string) => string {
  return (column) => table?.columns.find((one) => one.column === column)?.property ?? column;
}

/** The rows of an answer by id, under the names that the export has for its columns. */
function rowsOf({ rows }: Read, nameOf: (column: string) => string): Map<string, Cells> {
  const columns = Object.entries(rows).map(([column, values]) => [nameOf(column), values] as const);
  const ids = rows["id"] ?? [];
  return new Map(
    ids.map((id, n) => {
      const cells = Object.fromEntries(columns.map(([name, values]) => [name, values[n] ?? null]));
      return [writeJson(id), canonical(cells)] as const;
    }),
  );
}

test("after a full optimize each type is one table without deletions, the large one with indexes", () => {
  const there = tables.filter(({ tables: { length } }) => length > 0);
  expect(there.map(({ type_name }) => type_name).toSorted()).toEqual([
    "Few",
    "Full",
    "Indexed",
    "Many",
    "Plain",
  ]);
  for (const { tables: all } of there) expect(all).toMatchObject([{ tombstones: 0 }]);
  expect(tables.find(({ type_name }) => type_name === "Indexed")?.tables[0]?.indexes).toEqual([
    "id",
    "key",
    "rank",
    "state",
  ]);
});

describe.each(READERS)("$name", (reader) => {
  test(
    "reads every value of every type as the graph exports it, and finds rows by the indexes",
    { timeout: 600_000 },
    () => {
      const there = tables.filter(({ tables: { length } }) => length > 0);
      const read = readBy(reader, there.map(publishedTable));
      there.forEach((table, n) => {
        const answer = read[n] ?? expect.unreachable();
        check(table.type_name, answer, namesIn(table));
        if (reader.engine === "lance") expect(answer.storage).toBe("2.1");
        if (table.type_name === "Indexed") expect(answer.found).toEqual(EQUALS.map(idsWhere));
      });
    },
  );

  // Of Parquet, whatever pylance there is, pyarrow is the reader.
  test.each(
    reader.name === "pylance-2.0.1" || reader.name === "pylance-3.0.2" ? ["lance"] : ["lance", "parquet"],
  )(
    "reads in tables that are exported as %s what the lines of an export say",
    { timeout: 600_000 },
    (format) => {
      const { tables: written } = parseExport(format);
      const names = ["Few", "Indexed", "Many", "Nothing", "Full", "Plain"];
      expect(written.map(({ type_name, rows }) => [type_name, rows])).toEqual(
        names.map((name) => [name, exported.get(name)?.size ?? 0]),
      );
      const read = readBy(
        reader,
        written.map(({ path }) => ({ path: join(folder, format, path), equals: [] })),
      );
      written.forEach(({ type_name }, n) =>
        check(
          type_name,
          read[n] ?? expect.unreachable(),
          (name) => ({ from: "src", to: "dst" })[name] ?? name,
        ),
      );
    },
  );
});

function parseExport(format: string): {
  readonly tables: readonly { type_name: string; path: string; rows: number }[];
} {
  return JSON.parse(readFileSync(join(folder, format, "export.json"), "utf8"));
}

/** Compares what was read of a type with what was exported of it. `nameOf` gives the name in the export of a column. */
function check(type: string, answer: Read, nameOf: (column: string) => string): void {
  const expected = exported.get(type) ?? new Map<string, Cells>();
  expect(answer.rows["id"]).toHaveLength(expected.size);
  const rows = rowsOf(answer, nameOf);
  const wrong = [...expected].filter(([id, cells]) => !equal(cells, rows.get(id)));
  expect(wrong.slice(0, 2).map(([id, cells]) => differences(id, cells, rows.get(id)))).toEqual([]);
}

/** Ids of the rows whose column equals a value, by our export. */
function idsWhere([column, value]: (typeof EQUALS)[number]): readonly string[] {
  const rows = [...(exported.get("Indexed") ?? [])];
  return rows.flatMap(([, cells]) => (cells[column] === value ? [text(cells["key"])] : [])).toSorted();
}

function equal(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return Object.is(a, b);
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  // Cast: arrays have their items under their numbers.
  return names.every((name) => equal((a as Cells)[name], (b as Cells)[name]));
}

function differences(id: string, expected: Cells, found: Cells | undefined): unknown {
  const names = new Set([...Object.keys(expected), ...Object.keys(found ?? {})]);
  const wrong = [...names].filter((name) => !equal(expected[name], found?.[name]));
  return { id, wrong: wrong.slice(0, 8).map((name) => [name, expected[name], found?.[name]]) };
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : expect.unreachable();
}
