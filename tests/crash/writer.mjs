// Writes until it is killed: `node writer.mjs <graph> <name>`. A line is printed for each acknowledged commit, before the next begins.
import { writeSync } from "node:fs";
import { Omnigraph } from "./library.mjs";
import { batchLines, INSERT, TOUCH } from "./schema.mjs";

const [uri, name] = process.argv.slice(2);
// So small a limit that every batch is staged as tables and adopted.
const graph = await Omnigraph.open(uri, { actor: name, inlineRows: 50 });
const say = (what) => writeSync(1, `${JSON.stringify(what)}\n`);
say({ ready: true });
for (let n = 0; ; n++) {
  const key = `${name}-${n}`;
  if (n % 4 === 1) {
    const { commit } = await graph.load(batchLines(key), { mode: "append" });
    say({ batch: key, commit: commit.id });
  } else {
    const { commit } = await graph.mutate(INSERT, { k: key, w: name, n });
    say({ item: key, commit: commit.id });
    if (n % 5 === 0) {
      const touched = await graph.mutate(TOUCH, { k: key, n: n + 1_000_000 });
      say({ touched: key, number: n + 1_000_000, commit: touched.commit.id });
    }
  }
}
