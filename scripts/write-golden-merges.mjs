// Writes tests/golden/merges-v1: a graph with branches, merges, a fast forward and a revert, and what it answers. Run once per format (after `npm run build`); a test opens
// the folder for ever.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Omnigraph } from "omnigraph";

const root = fileURLToPath(new URL("../tests/golden/merges-v1", import.meta.url));
if (existsSync(root)) throw new Error(`${root} is there: a format's golden files are written once`);
mkdirSync(root, { recursive: true });

const schema =
  "node Person { name: String @key  age: I32?  email: String? @unique }\nedge Knows: Person -> Person { since: I32? }";
const graph = await Omnigraph.init(join(root, "graph.omni"), { schema, actor: "ann" });
const person = (name, data = {}) => ({ type: "Person", data: { name, ...data } });
const load = (branch, ...lines) =>
  graph.load(lines.map((line) => JSON.stringify(line)).join("\n"), { mode: "merge", branch });
const set = (branch, name, age) =>
  graph.mutate(`query q() { update Person set { age: ${age} } where name = "${name}" }`, {}, { branch });

await load("main", person("Ann", { age: 1 }), person("Bøb"), person("Cyd"), {
  edge: "Knows",
  from: "Ann",
  to: "Bøb",
  data: { id: "k1", since: 7 },
});
await graph.branches.create("review/one");
await set("review/one", "Ann", 2);
await graph.branches.merge("review/one", { message: "forward" });
await set("review/one", "Ann", 3);
await load("review/one", person("Dee", { email: "d@x" }));
await set("main", "Ann", 4);
await load("main", person("Eve", { email: "d@x" }));
await graph.branches.merge("review/one", { strategy: "ours", message: "ours is kept" });
const [merged] = await graph.commits.list({ limit: 1 });
await set("review/one", "Cyd", 5);
await graph.branches.merge("main", { into: "review/one" });
await graph.mutate('query q() { delete Person where name = "Bøb" }');
const [dropped] = await graph.commits.list({ limit: 1 });
await graph.commits.revert(dropped.id);
await graph.branches.create("gone");
await graph.branches.delete("gone");

const expected = { merged: merged.id, branches: {}, commits: {} };
for (const { name } of await graph.branches.list()) {
  const pieces = [];
  for await (const piece of graph.export({ branch: name })) pieces.push(piece);
  expected.branches[name] = Buffer.concat(pieces).toString().split("\n").filter(Boolean);
  expected.commits[name] = await graph.commits.list({ branch: name });
}
writeFileSync(join(root, "expected.json"), `${JSON.stringify(expected, null, 2)}\n`);
await graph.close();
console.log(`wrote ${root}`);
