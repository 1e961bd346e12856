// node bench/search.mjs [--texts 10000,100000] [--vectors 10000]
// Search beside SQLite: BM25 beside FTS5, exact nearest neighbours beside sqlite-vec, both fused and then two hops beside the same composed in SQLite; the first search after
// opening; bytes that are held. Answers are compared before anything is timed. The words have no stop words and no endings that the stemmers cut differently.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import Database from "better-sqlite3";
import * as sqliteVec from "sqlite-vec";
import { Omnigraph } from "../packages/cli/dist/bundle/index.js";
import { seeded } from "./generate.mjs";
import { diskBytes, time } from "./measure.mjs";

const option = (name, fallback) => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? fallback : process.argv[i + 1];
};
const DIMENSION = 128;
const WORDS = 20_000;
const FRESH = { maxStalenessMs: 60_000 };
const SCHEMA = `node Doc { handle: String @key  body: String @index  part: I32  v: Vector(${DIMENSION})? }
edge Cites: Doc -> Doc
`;
const root = mkdtempSync(join(tmpdir(), "omnigraph-search-"));

/** Words by a power law, as texts have them: the k-th comes 1/k as often as the first. */
function words(random) {
  return () => `w${Math.floor(WORDS ** random()).toString(36)}q`;
}

/** Documents of 20 to 80 words, vectors around a hundred centres, three citations each. */
function documents(count, withVectors) {
  const random = seeded(count);
  const word = words(random);
  const centres = Array.from({ length: 100 }, () =>
    Array.from({ length: DIMENSION }, () => random() * 2 - 1),
  );
  return Array.from({ length: count }, (_, i) => ({
    handle: `d${String(i).padStart(7, "0")}`,
    body: Array.from({ length: 20 + Math.floor(random() * 60) }, word).join(" "),
    part: Math.floor(random() * 100),
    v: withVectors ? centres[Math.floor(random() * 100)].map((x) => Math.fround(x + random() - 0.5)) : null,
    cites: Array.from({ length: 3 }, () => Math.floor(random() * count)),
  }));
}

function* lines(docs) {
  for (const { handle, body, part, v } of docs)
    yield `${JSON.stringify({ type: "Doc", data: { handle, body, part, v } })}\n`;
  const seen = new Set();
  for (const [from, { handle, cites }] of docs.entries()) {
    for (const to of cites) {
      if (to === from || seen.has(`${from}-${to}`)) continue;
      seen.add(`${from}-${to}`);
      yield `${JSON.stringify({ edge: "Cites", from: handle, to: docs[to].handle, data: {} })}\n`;
    }
  }
}

async function ours(docs, name) {
  const path = join(root, `${name}.omni`);
  const graph = await Omnigraph.init(path, { schema: SCHEMA, maintenance: "off" });
  await graph.load(Readable.from(lines(docs)), { mode: "append" });
  await graph.close();
  return path;
}

function theirs(docs, name) {
  const db = new Database(join(root, `${name}.sqlite`));
  sqliteVec.load(db);
  db.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE docs (id INTEGER PRIMARY KEY, handle TEXT UNIQUE, body TEXT, part INT);
    CREATE TABLE cites (a INT, b INT, PRIMARY KEY (a, b)) WITHOUT ROWID;
    CREATE VIRTUAL TABLE terms USING fts5(body, content='docs', content_rowid='id');
    CREATE VIRTUAL TABLE vectors USING vec0(id INTEGER PRIMARY KEY, part INT, v float[${DIMENSION}]);`);
  const [doc, cite, vector] = [
    "INSERT INTO docs VALUES (?, ?, ?, ?)",
    "INSERT OR IGNORE INTO cites VALUES (?, ?)",
    "INSERT INTO vectors VALUES (?, ?, ?)",
  ].map((sql) => db.prepare(sql));
  db.transaction(() => {
    for (const [i, { handle, body, part, v, cites }] of docs.entries()) {
      doc.run(i, handle, body, part);
      for (const to of cites) if (to !== i) cite.run(i, to);
      if (v !== null) vector.run(BigInt(i), BigInt(part), new Float32Array(v));
    }
  })();
  db.exec("INSERT INTO terms(terms) VALUES('rebuild'); INSERT INTO terms(terms) VALUES('optimize'); ANALYZE");
  return db;
}

const handlesOf = (rows) => rows.map(({ handle }) => handle).join();

/** Times both by turns; answers must be the same for each input. */
async function compare(title, inputs, { mine, rival }) {
  for (const input of inputs.slice(0, 20)) {
    const [a, b] = [handlesOf(await mine(input)), handlesOf(rival(input))];
    if (a !== b) throw new Error(`${title}: ${a.slice(0, 300)} is not ${b.slice(0, 300)}`);
  }
  const timed = {};
  for (const [name, run] of Object.entries({ mine, rival, again: mine }))
    timed[name] = (await time((i) => run(inputs[i % inputs.length]))).p50;
  const [least, most] = [Math.min(timed.mine, timed.again), timed.rival];
  console.log(
    `${title}: omnigraph ${timed.mine.toPrecision(3)} and ${timed.again.toPrecision(3)} ms, SQLite ${most.toPrecision(3)}: ${(least / most).toFixed(2)}x`,
  );
}

async function texts(count) {
  const docs = documents(count, false);
  const path = await ours(docs, `texts-${count}`);
  const db = theirs(docs, `texts-${count}`);
  const random = seeded(5);
  const word = words(random);
  const queries = Array.from({ length: 200 }, word);
  const pairs = Array.from({ length: 200 }, () => [word(), word(), word()]);
  const graph = await Omnigraph.open(path);
  const BEST =
    "query q($w: String) { match { $d: Doc } return { $d.handle as handle } order { bm25($d.body, $w) } limit 10 }";
  const best = await graph.prepare(BEST);
  const began = performance.now();
  await best.run({ w: queries[0] }, FRESH);
  console.log(`${count} texts, first search after opening: ${(performance.now() - began).toFixed(0)} ms`);
  const found = await graph.prepare(
    "query q($w: String) { match { $d: Doc  search($d.body, $w) } return { count($d) as handle } }",
  );
  // FTS5 breaks ties by nothing: by the row, as ours by the id.
  const top = db.prepare(
    "SELECT handle FROM (SELECT rowid AS id, bm25(terms) AS s FROM terms WHERE terms MATCH ? ORDER BY s, id LIMIT 10) JOIN docs USING (id) ORDER BY s, id",
  );
  const counted = db.prepare("SELECT count(*) AS handle FROM terms WHERE terms MATCH ?");
  const run = (q) => async (w) => (await q.run({ w }, FRESH)).rows;
  await compare(`${count} texts, BM25 top 10 of one word`, queries, {
    mine: run(best),
    rival: (w) => top.all(w),
  });
  const three = pairs.map((each) => each.join(" "));
  await compare(`${count} texts, texts with one of three words`, three, {
    mine: async (w) => (await run(found)(w)).map(({ handle }) => ({ handle: Number(handle) })),
    rival: (w) => counted.all(w.replaceAll(" ", " OR ")),
  });
  const mine = await time((i) => best.run({ w: three[i % three.length] }, FRESH));
  const rival = await time((i) => top.all(three[i % three.length].replaceAll(" ", " OR ")));
  console.log(
    `${count} texts, BM25 top 10 of three words (the weights of words differ, so the orders may): omnigraph ${mine.p50.toPrecision(3)} ms, SQLite ${rival.p50.toPrecision(3)}: ${(mine.p50 / rival.p50).toFixed(2)}x`,
  );
  const held = (await graph.stats?.())?.memory;
  if (held !== undefined) console.log(JSON.stringify(held));
  const pages = db.prepare("SELECT sum(pgsize) AS n FROM dbstat WHERE name LIKE 'terms%'");
  console.log(
    `${count} texts, FTS5 takes ${(pages.get().n / 1e6).toFixed(1)} MB on disk; the graph ${(diskBytes(path) / 1e6).toFixed(1)} MB`,
  );
  await graph.close();
  db.close();
}

async function vectors(count) {
  const docs = documents(count, true);
  const graph = await Omnigraph.open(await ours(docs, "vectors"));
  const db = theirs(docs, "vectors");
  const random = seeded(6);
  const queries = Array.from({ length: 100 }, () => {
    const v = docs[Math.floor(random() * count)].v.map((x) => Math.fround(x + random() * 0.2));
    return { v, bytes: new Float32Array(v), w: docs[Math.floor(random() * count)].body.split(" ")[0] };
  });
  for (const percent of [1, 10, 100]) {
    const near = await graph.prepare(
      `query q($v: Vector(${DIMENSION})) { match { $d: Doc $d.part < ${percent} } return { $d.handle as handle } order { nearest($d.v, $v) } limit 10 }`,
    );
    const knn = db.prepare(
      `SELECT handle FROM (SELECT id, distance FROM vectors WHERE v MATCH ? AND k = 10 ${percent < 100 ? `AND part < ${percent}` : ""}) JOIN docs USING (id) ORDER BY distance`,
    );
    await compare(`nearest 10 of ${count} vectors, a filter that keeps ${percent} %`, queries, {
      mine: async ({ v }) => (await near.run({ v }, FRESH)).rows,
      rival: ({ bytes }) => knn.all(bytes),
    });
  }
  await fusion(graph, db, queries);
  await graph.close();
  db.close();
}

/** A filter, then the first ten of words and vectors fused, then two hops. */
async function fusion(graph, db, queries) {
  const fused = await graph.prepare(`query q($v: Vector(${DIMENSION}), $w: String) {
    match { $d: Doc $d.part < 50 }
    return { $d.handle as handle }
    order { rrf(nearest($d.v, $v), bm25($d.body, $w)) }
    limit 10
  }`);
  const hops = await graph.prepare(`query q($h: [String]) {
    match { $d: Doc $d.handle in $h  $d cites $e  $e cites $f }
    return { count(distinct $f) as handle }
  }`);
  const sql = db.prepare(`WITH
    n AS (SELECT id, row_number() OVER (ORDER BY distance) AS r FROM vectors WHERE v MATCH ? AND k = 10 AND part < 50),
    t AS (SELECT id, row_number() OVER (ORDER BY s, id) AS r FROM
      (SELECT terms.rowid AS id, bm25(terms) AS s FROM terms JOIN docs ON docs.id = terms.rowid WHERE terms MATCH ? AND part < 50 ORDER BY s, id LIMIT 10)),
    best AS (SELECT id, sum(1.0 / (60 + r)) AS score, min(CASE WHEN src = 0 THEN r ELSE 1000 END) AS tie
      FROM (SELECT id, r, 0 AS src FROM n UNION ALL SELECT id, r, 1 FROM t) GROUP BY id ORDER BY score DESC, tie LIMIT 10)
    SELECT count(DISTINCT c2.b) AS handle FROM best JOIN cites c1 ON c1.a = best.id JOIN cites c2 ON c2.a = c1.b`);
  await compare("a filter, ten of words and vectors fused, two hops", queries, {
    mine: async ({ v, w }) => {
      const { rows } = await fused.run({ v, w }, FRESH);
      const answer = (await hops.run({ h: rows.map(({ handle }) => handle) }, FRESH)).rows;
      return answer.map(({ handle }) => ({ handle: Number(handle) }));
    },
    rival: ({ bytes, w }) => sql.all(bytes, w),
  });
}

try {
  for (const count of option("texts", "10000,100000").split(",").filter(Boolean)) await texts(Number(count));
  const count = Number(option("vectors", "10000"));
  if (count > 0) await vectors(count);
} finally {
  rmSync(root, { recursive: true });
}
