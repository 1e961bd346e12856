// Opens a graph with a budget of 4 MiB, runs one of the works below, and prints how many bytes were in use at most meanwhile, of those that were not before:
// `node --expose-gc peak-memory.mjs <uri> <work>`. What is garbage is collected before each look. `peak-memory.mjs <uri> make <rows>` makes the graph.
import { setImmediate } from "node:timers/promises";
import { Omnigraph } from "omnigraph";

const [uri, work, rows] = process.argv.slice(2);
const CHANGED = 2000;
const SCHEMA = "node Item { slug: String @key  code: String  number: I64  weight: F64 }";

const WORKS = {
  "grouped top 20": () =>
    read("return { $i.code as code, count($i) as n, sum($i.weight) as w } order { w desc } limit 20", 20),
  // More rows than are kept in a heap by this budget, and equally many whatever the rows.
  sort: () => read("return { $i.slug as slug } order { $i.number desc } limit 22000", 22_000),
  "key look-ups": async () => {
    const text = "query q($slug: String) { match { $i: Item { slug: $slug } } return { $i.number as n } }";
    for (let n = 0; n < 200; n++) {
      const { rows } = await graph.query(text, { slug: slugOf(n * 97) });
      if (rows.length !== 1) throw new Error(`${rows.length} rows`);
    }
  },
  merge: async () => {
    await graph.load(linesOf(CHANGED, CHANGED, 3), { mode: "merge" });
    const { outcome } = await graph.branches.merge("other");
    if (outcome !== "merged") throw new Error(outcome);
  },
};

function slugOf(n) {
  return `item ${String(n).padStart(7, "0")}`;
}

function* linesOf(from, length, seed) {
  const encoder = new TextEncoder();
  for (let n = from; n < from + length; n++) {
    const mixed = (n * 7919 + seed) % 1_000_003;
    const data = { slug: slugOf(n), code: `code ${mixed >> 1}`, number: mixed, weight: mixed / 7 };
    yield encoder.encode(`${JSON.stringify({ type: "Item", data })}\n`);
  }
}

async function read(text, wanted) {
  const answer = await graph.query(`query q() { match { $i: Item } ${text} }`);
  if (answer.rows.length !== wanted) throw new Error(`${answer.rows.length} rows`);
}

function used() {
  // The second one waits for the buffers that the first one found to be garbage.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

if (work === "make") {
  const made = await Omnigraph.init(uri, { schema: SCHEMA });
  await made.load(linesOf(0, Number(rows), 1), { mode: "append" });
  await made.branches.create("other");
  await made.load(linesOf(0, CHANGED, 2), { mode: "merge", branch: "other" });
  await made.close();
  process.exit();
}

const before = used();
const graph = await Omnigraph.open(uri, { memory: 4 * 2 ** 20 });
let most = 0;
let isDone = false;
const done = WORKS[work]().finally(() => (isDone = true));
while (!isDone) {
  most = Math.max(most, used() - before);
  await setImmediate();
}
await done;
process.stdout.write(`${most}\n`);
await graph.close();
