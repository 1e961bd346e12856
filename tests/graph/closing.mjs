// Uses everything that a handle has, closes it while writes are under way, and ends by itself.
import { Omnigraph } from "omnigraph";

const [, , uri] = process.argv;
const schema = "node Item { slug: String @key  owner: String?  number: I64 }\nnode Mark { text: String }";
const graph = await Omnigraph.init(uri, { schema, inlineRows: 10 });
const lines = Array.from({ length: 30 }, (_, i) => `{"type":"Item","data":{"slug":"s${i}","number":${i}}}`);
await graph.load(lines.join("\n"), { mode: "append", deadlineMs: 600_000 });
await graph.query("query q() { match { $i: Item } return { $i.slug } }", {}, { deadlineMs: 600_000 });
for await (const piece of graph.export()) if (piece.length > 0) break;
const add = "query add($slug: String) { insert Item { slug: $slug, number: 1 } }";
const writes = Array.from({ length: 5 }, (_, i) =>
  graph.mutate(add, { slug: `late${i}` }, { deadlineMs: 600_000 }),
);
await new Promise((done) => setTimeout(done, 20));
await graph.close();
await Promise.all(writes);
process.stdout.write("closed\n");
