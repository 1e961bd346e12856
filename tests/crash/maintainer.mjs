// Optimizes until it is killed: `node maintainer.mjs <graph>`. A line is printed for each round.
import { writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Omnigraph } from "omnigraph";

const [uri] = process.argv.slice(2);
const graph = await Omnigraph.open(uri);
const say = (what) => writeSync(1, `${JSON.stringify(what)}\n`);
say({ ready: true });
for (let n = 0; ; n++) {
  const { commit } = await graph.maintenance.optimize({ full: n % 3 === 2 });
  say({ folded: commit?.id ?? null });
  if (commit === null) await setTimeout(20);
}
