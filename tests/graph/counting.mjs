// Adds one to a counter and inserts an item, so many times, beside other processes that do the same.
import { Omnigraph } from "omnigraph";

const [, , uri, name, turns] = process.argv;
const graph = await Omnigraph.open(uri);
const read = 'query q() { match { $i: Item { slug: "counter" } } return { $i.number as n } }';
const set = 'query s($n: I64) { update Item set { number: $n } where slug = "counter" }';
const add = "query a($slug: String) { insert Item { slug: $slug, number: 1 } }";
for (let turn = 0; turn < Number(turns); turn++) {
  await graph.mutate(add, { slug: `${name}-${turn}` });
  for (let done = false; !done;) {
    const { rows, commit } = await graph.query(read);
    try {
      await graph.mutate(set, { n: rows[0].n + 1 }, { ifCommit: commit });
      done = true;
    } catch (error) {
      if (error.reason !== "precondition_failed") throw error;
    }
  }
}
await graph.close();
