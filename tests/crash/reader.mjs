// Reads until its input ends: every snapshot must hold batches whole, and nothing that was seen may vanish.
import { writeSync } from "node:fs";
import { Omnigraph } from "./library.mjs";
import { BATCH_SIZE } from "./schema.mjs";

const graph = await Omnigraph.open(process.argv[2], { readOnly: true });
const held = await graph.prepare(
  "query q() { match { $b: Batch  $b holds $i } return { $b.key as key, count($i) as n } }",
);
const batches = await graph.prepare("query q() { match { $b: Batch } return { count($b) as n } }");
const items = await graph.prepare("query q() { match { $i: Item } return { count($i) as n } }");
let going = true;
process.stdin.on("end", () => (going = false)).resume();
let least = 0;
let reads = 0;
while (going) {
  const answer = await held.run();
  const at = { at: answer.commit };
  const broken = answer.rows.filter((r) => r.n !== BATCH_SIZE);
  const count = (await batches.run({}, at)).rows[0].n;
  const total = (await items.run({}, at)).rows[0].n;
  if (broken.length > 0) writeSync(1, `half a batch at ${answer.commit}: ${JSON.stringify(broken)}\n`);
  if (count !== answer.rows.length)
    writeSync(1, `${String(count)} batches but ${answer.rows.length} with items at ${answer.commit}\n`);
  if (total < least) writeSync(1, `items went from ${least} to ${String(total)} at ${answer.commit}\n`);
  least = total;
  reads++;
  await new Promise((done) => setTimeout(done, 5));
}
await graph.close();
writeSync(1, `reads ${reads}\n`);
