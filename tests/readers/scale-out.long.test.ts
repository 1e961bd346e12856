import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COMMAND, ok, run } from "../support/cli/cli.ts";
import { codeBlocks, ROOT } from "../support/running/markdown.ts";
import { pythonOf, RAY } from "./readers.mjs";

// The commands of docs/scale-out.md, by a real cluster of Ray on this machine, and what the page says of later commits, cleanup and wrong rows.

const PAGE = "docs/scale-out.md";
// Sockets of Ray lie below it, and their paths may have 107 bytes.
const folder = mkdtempSync(join(tmpdir(), "ray-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const python = pythonOf(RAY.name);
const env = {
  ...process.env,
  NO_COLOR: "1",
  PATH: [dirname(python), dirname(COMMAND), process.env["PATH"]].join(delimiter),
  HOME: folder,
  RAY_TMPDIR: folder,
  RAY_USAGE_STATS_ENABLED: "0",
};

/** Runs shell text in the folder, as a reader of the page would. Answers what it printed. */
function shell(text: string): string {
  const ran = spawnSync("bash", ["-euo", "pipefail", "-c", text], { cwd: folder, env, encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`${text}\n${ran.error?.message ?? ran.stdout + ran.stderr}`);
  return ran.stdout;
}

const COUNT = "python examples/ray/count.py snapshot.json team.omni";
/** What each block of the page printed. */
const printed: string[] = [];

beforeAll(() => {
  cpSync(join(ROOT, "examples"), join(folder, "examples"), { recursive: true });
  for (const { language, text } of codeBlocks(PAGE)) {
    if (language === "python") {
      writeFileSync(join(folder, "page.py"), text);
      printed.push(shell("python page.py"));
    } else if (language === "sh" && !text.startsWith("pip install ")) printed.push(shell(pinned(text)));
  }
}, 900_000);

/** The branch of the job stays, so that the test can go on. */
function pinned(text: string): string {
  return text.replace(/^omnigraph branch delete job .*$/m, "");
}

/** What the page's job counted: two types, then the three who are known by most. */
function counts(): string {
  const said = printed.find((text) => text.startsWith("Knows 20000\nPerson 20000\np0-")) ?? "";
  return said.split("\n").slice(0, 5).join("\n").concat("\n");
}

test("the page installs what the test has installed", () => {
  const [install] = codeBlocks(PAGE).filter(({ text }) => text.startsWith("pip install "));
  expect(install?.text).toBe(`pip install ${RAY.packages.join(" ")}`);
});

test("workers of Ray write tables in pieces, which are adopted, and count in the graph's tables what the graph answers", async () => {
  for (const table of ["people", "knows"])
    expect(readdirSync(join(folder, `${table}.lance`, "data")).length).toBeGreaterThan(1);
  expect(printed).toContain("Knows 20000\nPerson 20000\n");
  const query =
    "match { $p: Person  $q knows $p } return { $p.name as name, count($q) as known } order { known desc, name } limit 3";
  const answer = JSON.parse(await ok(["query", "team.omni", "-e", query, "--json"], { cwd: folder }));
  const known = (answer.rows as readonly { name: string; known: number }[]).map(
    (row) => `${row.name} ${row.known}\n`,
  );
  expect(known).toHaveLength(3);
  expect(counts()).toBe(`Knows 20000\nPerson 20000\n${known.join("")}`);
});

test(
  "a branch keeps the tables of a snapshot for Ray, whatever is committed, folded and cleaned up; without it they go",
  {
    timeout: 900_000,
  },
  async () => {
    const graph = async (...args: string[]): Promise<string> => ok([...args, "team.omni"], { cwd: folder });
    await graph("mutate", "--quiet", "-e", "delete Person where age < 30", "--store");
    await graph("optimize", "--full", "--quiet");
    const cleanup = ["cleanup", "--keep", "1", "--grace", "0", "--confirm"];
    const tables = (): readonly string[] => readdirSync(join(folder, "team.omni", "tables")).toSorted();
    await graph(...cleanup);
    await graph(...cleanup);
    const kept = tables();
    expect(shell(COUNT)).toBe(counts());
    await graph("branch", "delete", "job");
    await graph(...cleanup);
    await graph(...cleanup);
    expect(tables().length).toBeLessThan(kept.length);
    const { datasets } = JSON.parse(await graph("snapshot", "--json"));
    expect(datasets).toMatchObject([{ type_name: "Knows" }, { type_name: "Person", entity_count: 16_000 }]);
    expect(() => shell(COUNT)).toThrow(/not found|does not exist/i);
  },
);

/** What an adoption says of each row that is wrong, after the row itself. Ray writes rows in the order in which its tasks end, so their numbers may be any. */
async function refused(type: string, table: string): Promise<readonly string[]> {
  const read = `import lance, sys
for row in lance.dataset(sys.argv[1]).to_table().drop_columns(sys.argv[2:]).to_pylist(): print(*row.values())`;
  const rows = shell(`python -c '${read}' ${table} ${type === "Knows" ? "since" : ""}`).split("\n");
  const { status, err } = await run(["adopt", "--json", "--type", type, table, "team.omni"], { cwd: folder });
  expect(status).toBe(1);
  const { problems } = JSON.parse(err);
  return (problems as readonly { line: number; message: string }[])
    .map(({ line, message }) => `${rows[line]}: ${message.replace(/row \d+/, "row N")}`)
    .toSorted();
}

test("rows of Ray that are wrong are all listed, and nothing is adopted", { timeout: 900_000 }, async () => {
  const csv = (name: string, lines: readonly string[]): void => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "0.csv"), lines.map((line) => `${line}\n`).join(""));
  };
  csv("wrong-people", [
    "name,role,age",
    "p0-17,engineer,1",
    "eve,boss,2",
    "pat,designer,3",
    "pat,designer,3",
  ]);
  csv("wrong-knows", ["from,to,since", "p0-17,nobody,2020-05-01", "p0-17,p1-17,2020-05-01", "ghost,p1-17,"]);
  shell(
    "python examples/ray/write.py wrong-people wrong-people.lance wrong-knows wrong-knows.lance > written",
  );
  const before = await ok(["export", "team.omni"], { cwd: folder });
  expect(await refused("Person", "wrong-people.lance")).toEqual([
    'eve boss 2: Person: role: "boss" is none of engineer, designer',
    'p0-17 engineer 1: Person "p0-17" exists already',
    'pat designer 3: Person "pat" is given on row N already',
  ]);
  expect(await refused("Knows", "wrong-knows.lance")).toEqual([
    'ghost p1-17: Knows: from names Person "ghost", which does not exist',
    'p0-17 nobody: Knows: to names Person "nobody", which does not exist',
  ]);
  expect(await ok(["export", "team.omni"], { cwd: folder })).toBe(before);
});
