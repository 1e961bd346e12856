// node bench/schema.mjs [--size M] [--runs 20]
// What another schema costs on a loaded graph: adding a property with a default, beside SQLite's and DuckDB's ALTER TABLE; bytes that it writes, and the first read after it
// by a process that has read everything, beside the same read before. Every contestant adds as many columns one after the other, each durably.
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import Database from "better-sqlite3";
import { Omnigraph } from "../packages/cli/dist/bundle/index.js";
import { dataFile, SCHEMA } from "./generate.mjs";

const option = (name, fallback) => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? fallback : process.argv[i + 1];
};
const runs = Number(option("runs", "20"));
const root = mkdtempSync(join(tmpdir(), "omnigraph-schema-"));
const file = await dataFile(join(tmpdir(), "omnigraph-bench-data"), option("size", "M"), "uniform");

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function report(name, taken, more = "") {
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (q) => sorted[Math.floor(q * sorted.length)].toFixed(2);
  console.log(`${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)}, longest ${sorted.at(-1).toFixed(2)}${more}`);
}

async function timed(times, run) {
  const taken = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await run(i);
    taken.push(performance.now() - began);
  }
  return taken;
}

async function ours() {
  const path = join(root, "ours.omni");
  const graph = await Omnigraph.init(path, { schema: SCHEMA, maintenance: "off" });
  await graph.load(createReadStream(file), { mode: "append" });
  const READ =
    "match { $a: User $a follows $b } return { $b.city as city, count($a) as n, avg($a.age) as age } order { city }";
  const read = async () => (await graph.query(READ)).rows;
  const warm = await timed(7, read);
  const before = bytesIn(path);
  const reads = [];
  let source = SCHEMA;
  const taken = await timed(runs, async (i) => {
    source = source.replace("age: I32", `age: I32  extra${i}: I64 @default(${i})`);
    await graph.schema.apply(source);
  });
  reads.push(...(await timed(1, read)));
  report("omnigraph, add a property", taken, `, ${Math.round((bytesIn(path) - before) / runs)} bytes each`);
  console.log(
    `  a read of everything resident: ${warm.toSorted((a, b) => a - b)[3].toFixed(1)} ms, the first one after: ${reads[0].toFixed(1)} ms`,
  );
  const { rows } = await graph.query("match { $u: User } return { sum($u.extra3) as s, count($u) as n }");
  await graph.close();
  return rows[0];
}

async function sqlite(lines) {
  const db = new Database(join(root, "rival.sqlite"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE users (handle TEXT PRIMARY KEY, age INT NOT NULL) WITHOUT ROWID; BEGIN");
  const insert = db.prepare("INSERT INTO users VALUES (?, ?)");
  for (let i = 0; i < lines; i++) insert.run(`u${i}`, i % 90);
  db.exec("COMMIT");
  db.pragma("wal_checkpoint(TRUNCATE)");
  const taken = await timed(runs, (i) =>
    db.exec(`ALTER TABLE users ADD COLUMN extra${i} INT NOT NULL DEFAULT ${i}`),
  );
  report("SQLite, ALTER TABLE ADD COLUMN", taken);
  const row = db.prepare("SELECT sum(extra3) AS s, count(*) AS n FROM users").get();
  db.close();
  return row;
}

async function duckdb(lines) {
  const instance = await DuckDBInstance.create(join(root, "rival.duckdb"), { threads: "2" });
  const c = await instance.connect();
  await c.run("CREATE TABLE users (handle VARCHAR, age INTEGER)");
  await c.run(`INSERT INTO users SELECT 'u' || i, i % 90 FROM range(${lines}) t(i)`);
  await c.run("CHECKPOINT");
  const taken = await timed(runs, (i) => c.run(`ALTER TABLE users ADD COLUMN extra${i} BIGINT DEFAULT ${i}`));
  report("DuckDB, ALTER TABLE ADD COLUMN", taken);
  const [row] = (
    await c.runAndReadAll("SELECT sum(extra3)::BIGINT AS s, count(*) AS n FROM users")
  ).getRowObjects();
  c.closeSync();
  return row;
}

try {
  const mine = await ours();
  for (const rival of [await sqlite(Number(mine.n)), await duckdb(Number(mine.n))])
    if (String(rival.s) !== String(mine.s) || String(rival.n) !== String(mine.n))
      throw new Error(
        `answers differ: ${JSON.stringify([mine, { s: String(rival.s), n: String(rival.n) }])}`,
      );
} finally {
  rmSync(root, { recursive: true });
}
