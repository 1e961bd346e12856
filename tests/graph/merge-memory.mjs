// Merges 10,000 changed rows with 10,000 others on a graph of so many rows, and prints by how many bytes that raised what is in use: `node merge-memory.mjs
// <rows>`. It runs with a young generation so large that nothing of JavaScript's own is collected meanwhile.
import { setTimeout } from "node:timers/promises";
import { Omnigraph } from "omnigraph";

const rows = Number(process.argv[2]);
const CHANGED = 10_000;
const schema = "node Item { slug: String @key  code: String? @unique  number: I64 }";
const graph = await Omnigraph.init("memory://merge-memory", { schema, memory: 2 ** 32 });

function* linesOf(from, count, number) {
  const encoder = new TextEncoder();
  for (let i = from; i < from + count; i++) {
    const slug = String(i).padStart(7, "0");
    yield encoder.encode(`${JSON.stringify({ type: "Item", data: { slug, code: `c${slug}`, number } })}\n`);
  }
}

/** A branch and main change rows each, and the branch is merged; answers the bytes that the merge allocated. */
async function mergeOf(branch, start, count) {
  await graph.branches.create(branch);
  await graph.load(linesOf(start, count, 2), { mode: "merge", branch });
  await graph.load(linesOf(start + count, count, 3), { mode: "merge" });
  // Twice: buffers that one collection frees are still counted until they are swept.
  for (let n = 0; n < 2; n++) {
    globalThis.gc();
    await setTimeout(50);
  }
  const before = allocated();
  const { outcome } = await graph.branches.merge(branch);
  const bytes = allocated() - before;
  if (outcome !== "merged") throw new Error(outcome);
  return bytes;
}

function allocated() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

await graph.load(linesOf(0, rows, 1), { mode: "append" });
await mergeOf("warm", 0, 10);
process.stdout.write(`${await mergeOf("merged", 1000, CHANGED)}\n`);
await graph.close();
