// Loads one row into each of a series of branches, which other processes make at the same time, or delete. Begins when its input ends. Arguments: the graph, a name, how many.
import { once } from "node:events";
import { Omnigraph } from "./library.mjs";

const [, , uri = "", who = "", count = "0"] = process.argv;
const graph = await Omnigraph.open(uri);
process.stdout.write("ready\n");
await once(process.stdin.resume(), "end");
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
