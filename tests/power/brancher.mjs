// Makes branches, writes on them, merges and deletes them, until it is killed: `node brancher.mjs <graph> <name>`. What it is about to delete, and each
// acknowledged call, is said in a line before the next begins.
import { writeSync } from "node:fs";
import { Omnigraph } from "omnigraph";
import { batchLines, INSERT } from "../crash/schema.mjs";

const [uri, name] = process.argv.slice(2);
const graph = await Omnigraph.open(uri, { actor: name, inlineRows: 50 });
const say = (what) => writeSync(1, `${JSON.stringify(what)}\n`);
say({ ready: true });
for (let n = 0; ; n++) {
  const branch = `${name}/${n}`;
  await graph.branches.create(branch);
  say({ branch });
  const item = `${branch}-item`;
  await graph.mutate(INSERT, { k: item, w: name, n }, { branch });
  say({ item, on: branch });
  if (n % 5 === 1) {
    const batch = `${branch}-batch`;
    await graph.load(batchLines(batch), { mode: "append", branch });
    say({ batch, on: branch });
  }
  if (n % 3 === 2) continue;
  await graph.branches.merge(branch);
  say({ merged: branch });
  say({ deleting: branch });
  await graph.branches.delete(branch);
  say({ deleted: branch });
}
