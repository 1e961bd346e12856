import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJson, writeJson } from "@omnigraph/base";
import { type AnswerValue, conflictJson, type EntityImage, Omnigraph } from "omnigraph";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ok } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";
import { ROOT } from "../support/running/markdown.ts";

/** A row of the page's table: a type, and how one value of it is written in each place. */
interface Spelling {
  readonly type: string;
  readonly load: readonly string[];
  readonly parameter: readonly string[];
  readonly row: string;
  readonly rowJson: string;
  readonly csv: string;
  readonly image: string;
  readonly imageJson: string;
}

const codes = (cell: string): string[] => [...cell.matchAll(/`([^`]*)`/g)].map(([, code = ""]) => code);

/** The table, with a row for each type that one of it names. */
function spellings(): readonly Spelling[] {
  const lines = readFileSync(`${ROOT}docs/reference/values.md`, "utf8").split("\n");
  const table = lines.filter((line) => line.startsWith("| ") && !line.startsWith("| type"));
  return table.flatMap((line) => {
    const [types = "", load = "", parameter = "", ...rest] = line.split("|").slice(1, -1);
    const [row = "", rowJson = "", csv = "", image = "", imageJson = ""] = rest.map(
      (cell) => codes(cell)[0] ?? "",
    );
    const named = codes(types);
    return (named.length === 0 ? ["Date"] : named).map((type) => ({
      type,
      load: codes(load),
      parameter: codes(parameter),
      row,
      rowJson,
      csv,
      image,
      imageJson,
    }));
  });
}

/** What a program writes as a value: JSON, and `5n`, and `new Date("…")`. */
function programValue(text: string): unknown {
  const [, time] = /^new Date\("(.*)"\)$/.exec(text) ?? [];
  if (time !== undefined) return new Date(time);
  if (text.startsWith("[") && text.includes("n")) return text.slice(1, -1).split(",").map(programValue);
  return /^\d+n$/.test(text) ? BigInt(text.slice(0, -1)) : JSON.parse(text);
}

function programText(value: AnswerValue): string {
  if (typeof value === "bigint") return `${value}n`;
  // Array.isArray knows no readonly arrays.
  return value instanceof Array ? `[${value.map(programText).join(",")}]` : writeJson(value);
}

const TABLE = spellings();
const isRead = ({ row }: Spelling): boolean => row !== "";
const nameOf = (index: number): string => `v${index}`;
const COLUMNS = TABLE.flatMap((each, i) => (isRead(each) ? [nameOf(i)] : []));
const QUERY = `match { $n: N { k: "a" } } return { ${COLUMNS.map((name) => `$n.${name} as ${name}`).join(", ")} }`;

const folder = testFolder("values");
let graph: Omnigraph;

beforeAll(async () => {
  const properties = TABLE.map(({ type }, i) => `${nameOf(i)}: ${type}?`);
  graph = await Omnigraph.init(join(folder, "g.omni"), {
    schema: `node N { k: String @key  mark: I32?  ${properties.join("  ")} }`,
  });
  const members = TABLE.map(({ load }, i) => `"${nameOf(i)}":${load[0]}`);
  await graph.load(`{"type":"N","data":{"k":"a","mark":0,${members.join(",")}}}`, { mode: "merge" });
});
afterAll(async () => graph.close());

/** Checks what one place has of every row: a text by the name of the property. */
function expectTexts(
  column: "row" | "rowJson" | "csv" | "image" | "imageJson",
  rows: readonly Spelling[],
  textOf: (name: string) => string,
): void {
  const given = TABLE.flatMap((each, i) =>
    rows.includes(each) ? [`${each.type}: ${textOf(nameOf(i))}`] : [],
  );
  expect(given).toEqual(rows.map((each) => `${each.type}: ${each[column]}`));
}

function expectImage(image: EntityImage | null | undefined): void {
  expectTexts("image", TABLE, (name) => programText(image?.properties[name] ?? null));
}

function expectJsonImage(text: string, find: (json: never) => Readonly<Record<string, unknown>>): void {
  // Casts: the shapes are those that this asks for, or the comparison fails.
  const properties = find(parseJson(text) as never);
  expectTexts("imageJson", TABLE, (name) => writeJson(properties[name] as never));
}

describe("the table of values", () => {
  it("the table of values has every type", () => {
    expect(new Set(TABLE.map(({ type }) => type.replace(/\(.*/, "")))).toEqual(
      new Set([
        "String",
        "enum",
        "Bool",
        "I32",
        "U32",
        "I64",
        "U64",
        "F32",
        "F64",
        "Date",
        "DateTime",
        "[I64]",
        "[Date]",
        "Vector",
        "Blob",
      ]),
    );
  });

  it("the table says how rows of answers are written: in a program, in JSON and in CSV", async () => {
    const read = TABLE.filter(isRead);
    const [row] = (await graph.query(QUERY)).rows;
    expectTexts("row", read, (name) => programText(row?.[name] ?? null));
    const command = ["query", "--store", "g.omni", "-e", QUERY, "--format"];
    const json = parseJson(await ok([...command, "json"], { cwd: folder }));
    const { rows } = json as { rows: readonly Record<string, never>[] };
    expectTexts("rowJson", read, (name) => writeJson(rows[0]?.[name] ?? null));
    const [head, line = ""] = (await ok([...command, "csv"], { cwd: folder })).split("\n");
    expect(head).toBe(COLUMNS.join(","));
    const cells = [...line.matchAll(/(?<=^|,)(?:"(?:[^"]|"")*"|[^",]*)(?=,|$)/g)].map(([cell]) => cell);
    expectTexts("csv", read, (name) => cells[COLUMNS.indexOf(name)] ?? "");
  });

  it("the table says how images of changes are written, whichever call shows them", async () => {
    const [loaded] = await graph.commits.list();
    const { changes } = await graph.commits.changes(loaded?.id ?? "");
    expectImage(changes[0]?.after);
    const { blocks } = await graph.changes.poll({ start: "beginning" });
    expectImage(blocks.at(-1)?.changes[0]?.after);
    expectImage((await graph.history("node", "N", "a"))[0]?.change.after);
    const diff = await graph.branches.diff(loaded?.parent ?? "", "main");
    for await (const change of diff.changes()) expectImage(change.after);
    type Page = { changes: readonly { after: { properties: Record<string, unknown> } }[] };
    const shown = await ok(["commit", "changes", "--store", "g.omni", loaded?.id ?? "", "--json"], {
      cwd: folder,
    });
    expectJsonImage(shown, (page: Page) => page.changes[0]?.after.properties ?? {});
  });

  it("the table says how conflicts, exports and baselines are written", async () => {
    await graph.branches.create("other");
    for (const [branch, mark] of [
      ["main", 1],
      ["other", 2],
    ] as const)
      await graph.mutate(`update N set { mark: ${mark} } where k = "a"`, {}, { branch });
    const { conflicts } = await graph.branches.previewMerge("other");
    expect(conflicts).toHaveLength(1);
    for (const conflict of conflicts) {
      expectImage(conflict.base);
      expectImage(conflict.ours);
      type Json = { base: { properties: Record<string, unknown> } };
      expectJsonImage(writeJson(conflictJson(conflict)), (json: Json) => json.base.properties);
    }
    for (const pieces of [graph.export(), graph.changes.baseline()]) {
      let text = "";
      for await (const piece of pieces) text += Buffer.from(piece).toString();
      type Line = { data: Record<string, unknown> };
      expectJsonImage(text.split("\n")[0] ?? "", (line: Line) => line.data);
    }
  });

  it("the table says what loads and parameters may be", async () => {
    for (const each of TABLE) {
      await using one = await Omnigraph.init(`memory://values-${Math.random()}`, {
        schema: `node N { k: String @key  v: ${each.type}? }`,
      });
      const store = async (how: string, write: () => Promise<unknown>): Promise<void> => {
        await write();
        const [entry] = await one.history("node", "N", "a");
        expect(`${how}: ${programText(entry?.change.after?.properties["v"] ?? null)}`).toBe(
          `${how}: ${each.image}`,
        );
        await one.mutate('delete N where k = "a"');
      };
      const put = `query put($v: ${each.type}?) { insert N { k: "a", v: $v } }`;
      for (const value of each.load) {
        const line = `{"type":"N","data":{"k":"a","v":${value}}}`;
        await store(`${each.type} loaded as ${value}`, () => one.load(line, { mode: "append" }));
      }
      for (const value of each.parameter)
        await store(`${each.type} given as ${value}`, () => one.mutate(put, { v: programValue(value) }));
      expect(each.load.length * each.parameter.length).toBeGreaterThan(0);
    }
  });
});
