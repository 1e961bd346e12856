import { execFileSync } from "node:child_process";
import { Omnigraph } from "omnigraph";
import { expect, test } from "vitest";
import { codeBlocks } from "../support/running/markdown.ts";

const PAGE = "docs/guide/from-cypher-and-sql.md";
const BLOCKS = codeBlocks(PAGE);

interface Line {
  readonly type?: string;
  readonly edge?: string;
  readonly from?: string;
  readonly to?: string;
  readonly data: Readonly<Record<string, string | number | null>>;
}

function only(language: string): string {
  const found = BLOCKS.filter((block) => block.language === language);
  expect(found).toHaveLength(1);
  return found[0]?.text ?? "";
}

/** The tables that the page speaks of, with what is in them in an order of its own. */
const STATE: Readonly<Record<string, { readonly sql: string; readonly gq: string }>> = {
  person: {
    sql: "SELECT slug, name, age, city FROM person ORDER BY slug",
    gq: "match { $p: Person } return { $p.slug, $p.name, $p.age, $p.city } order { $p.slug }",
  },
  knows: {
    sql: "SELECT src, dst, weight FROM knows ORDER BY src, dst",
    gq: "match { $a $k:knows $b } return { $a.slug, $b.slug, $k.weight } order { $a.slug, $b.slug }",
  },
  memberof: {
    sql: "SELECT src, dst, since FROM memberof ORDER BY src, dst",
    gq: "match { $a $k:memberOf $b } return { $a.slug, $b.slug, $k.since } order { $a.slug, $b.slug }",
  },
  reports: {
    sql: "SELECT src, dst FROM reports ORDER BY src, dst",
    gq: "match { $a reports $b } return { $a.slug, $b.slug } order { $a.slug, $b.slug }",
  },
};

const TABLES = `
CREATE TABLE person (slug TEXT PRIMARY KEY, name TEXT, age INTEGER, city TEXT);
CREATE TABLE team (slug TEXT PRIMARY KEY, budget REAL);
CREATE TABLE memberof (src TEXT, dst TEXT, since TEXT);
CREATE TABLE knows (src TEXT, dst TEXT, weight REAL);
CREATE TABLE reports (src TEXT, dst TEXT);
`;

/** Python has SQLite with it. Reads texts of SQL, answers the rows of the last statement of each. */
const PYTHON = `
import json, sqlite3, sys
db = sqlite3.connect(":memory:")
answers = []
for text in json.load(sys.stdin):
    rows = []
    for part in text.split(";"):
        if part.strip(): rows = db.execute(part).fetchall()
    answers.append(rows)
print(json.dumps(answers))
`;

function inserts(lines: readonly Line[]): string {
  const written = (value: string | number | null | undefined): string =>
    typeof value === "string" ? `'${value}'` : String(value ?? "NULL");
  return lines
    .map(({ type, edge, from, to, data }) => {
      const row = edge === undefined ? data : { src: from, dst: to, ...data };
      const table = (type ?? edge ?? "").toLowerCase();
      return `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.values(row).map(written).join()})`;
    })
    .join(";");
}

test("each question of the page is answered as SQLite answers it, and each change leaves the same", async () => {
  const lines = only("jsonl");
  const sql = BLOCKS.filter(({ language }) => language === "sql");
  const gq = BLOCKS.filter(({ language }) => language === "gq");
  expect(gq.length).toBeGreaterThanOrEqual(30);
  expect(sql).toHaveLength(gq.length);
  expect(BLOCKS.filter(({ language }) => language === "cypher")).toHaveLength(gq.length);
  const states = Object.values(STATE);
  const asked = [
    TABLES,
    inserts(
      lines
        .trim()
        .split("\n")
        .map((line): Line => JSON.parse(line)),
    ),
    ...sql.flatMap(({ text }) => [text, ...states.map((state) => state.sql)]),
  ];
  const answered: readonly (readonly unknown[])[] = JSON.parse(
    execFileSync("python3", ["-c", PYTHON], { input: JSON.stringify(asked), encoding: "utf8" }),
  );
  await using graph = await Omnigraph.init("memory://pairs", { schema: only("pg") });
  await graph.load(lines, { mode: "append" });
  const rowsOf = async (text: string): Promise<readonly unknown[]> =>
    (await graph.query(text)).rows.map((row) => Object.values(row));
  let at = 2;
  for (const { text, line } of gq) {
    const isRead = text.startsWith("match");
    const rows = isRead ? await rowsOf(text) : (await graph.mutate(text), []);
    expect(rows, `${PAGE}:${line}`).toEqual(answered[at++]);
    for (const state of states) expect(await rowsOf(state.gq), `${PAGE}:${line}`).toEqual(answered[at++]);
  }
});
