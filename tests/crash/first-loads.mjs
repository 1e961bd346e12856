// Loads one row into each of a series of branches, which other processes make at the same time, or delete. Arguments: the graph, a name, how many.
import { setTimeout } from "node:timers/promises";
import { Omnigraph } from "omnigraph";

const [, , uri = "", who = "", count = "0", begin = "0"] = process.argv;
const graph = await Omnigraph.open(uri);
process.stdout.write("ready\n");
await setTimeout(Math.max(0, Number(begin) - Date.now()));
for (let n = 0; n < Number(count); n++) {
  const line = { type: "Item", data: { key: `${who} ${n}`, writer: who, number: n } };
  const { branchCreated, commit } = await graph.load([line], {
    mode: "append",
    branch: `b${n}`,
    from: "main",
  });
  process.stdout.write(
    `${JSON.stringify({ branch: `b${n}`, key: `${who} ${n}`, branchCreated, commit: commit.id })}\n`,
  );
}
await graph.close();
