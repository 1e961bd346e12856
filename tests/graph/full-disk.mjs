// Sorts on a disk that takes a few hundred KiB (`ulimit -f`), and prints the reasons: `node full-disk.mjs`.
import { Omnigraph } from "omnigraph";

const ROWS = 40_000;
const schema = "node Item { number: I64 }";
const graph = await Omnigraph.init("memory://full-disk", { schema, memory: 2 ** 20 });
const lines = Array.from({ length: ROWS }, (_, n) => ({
  type: "Item",
  data: { number: (n * 7919) % ROWS },
}));
await graph.load(lines, { mode: "append" });

/** The rows of a sort, or why it failed. */
async function sorted(below) {
  const text = `{ match { $i: Item  $i.number < ${below} } return { $i.number as n } order { $i.number desc } }`;
  try {
    const { rows } = await graph.query(`query q() ${text}`);
    return rows.every(({ n }, at) => n === rows.length - 1 - at) ? rows.length : "out of order";
  } catch ({ reason, message }) {
    return `${reason}: ${message}`;
  }
}

const outcomes = [];
for (const below of [ROWS, 6000, 6000, ROWS, 6000]) outcomes.push(await sorted(below));
await graph.mutate("query m() { insert Item { number: -1 } }");
process.stdout.write(JSON.stringify(outcomes));
await graph.close();
