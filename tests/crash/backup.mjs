// Copies a graph again and again until it is killed: `node backup.mjs <graph> <to>`. A line is printed before the first and after each copy.
import { writeSync } from "node:fs";
import { Omnigraph } from "./library.mjs";

const [uri, to] = process.argv.slice(2);
const graph = await Omnigraph.open(uri);
const say = (what) => writeSync(1, `${JSON.stringify(what)}\n`);
say({ ready: true });
for (;;) {
  const { branches, objectsCopied } = await graph.maintenance.backup(to);
  say({ objectsCopied, heads: Object.fromEntries(branches.map(({ name, head }) => [name, head.id])) });
}
