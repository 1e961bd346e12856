// Writes until it is refused, then tries each kind of write once more: `node onwards.mjs <graph>`. A line is printed for each acknowledged commit and each refusal.
import { writeSync } from "node:fs";
import { Omnigraph } from "./library.mjs";
import { batchLines, INSERT } from "./schema.mjs";

const [uri] = process.argv.slice(2);
// So small a limit that every batch is staged as tables and adopted.
const graph = await Omnigraph.open(uri, { inlineRows: 50 });
const say = (what) => writeSync(1, `${JSON.stringify(what)}\n`);
const calls = [
  async (n) => (await graph.mutate(INSERT, { k: `k${n}`, w: "old", n })) && say({ item: `k${n}` }),
  async (n) => (await graph.load(batchLines(`b${n}`), { mode: "append" })) && say({ batch: `b${n}` }),
  async (n) => (await graph.branches.create(`branch${n}`)) && say({ branch: `branch${n}` }),
];
let refused = 0;
for (let n = 0; refused === 0; n++) {
  await calls[n % 9 === 4 ? 1 : n % 9 === 7 ? 2 : 0](n).catch((error) => {
    refused++;
    say({ refused: error.reason ?? error.message });
  });
}
for await (const _ of process.stdin); // a folder that is being removed is half there for a while: the test ends the input once it is done
for (const [i, call] of calls.entries())
  await call(1_000_000 + i).catch((error) => say({ refused: error.reason ?? error.message }));
await graph
  .query("query q() { match { $i: Item } return { count($i) as n } }")
  .catch((error) => say({ refused: error.reason }));
await graph.close();
