// Makes branches, writes them and main, and deletes old ones, until it is killed. Argument: the graph. A line is printed for each branch.
import { Omnigraph } from "./library.mjs";
import { INSERT } from "./schema.mjs";

const [, , uri = ""] = process.argv;
const graph = await Omnigraph.open(uri);
for (let n = 0; ; n++) {
  const branch = `b${n}`;
  await graph.branches.create(branch);
  for (let i = 0; i < 3; i++) await graph.mutate(INSERT, { k: `${branch} ${i}`, w: "b", n: i }, { branch });
  await graph.mutate(INSERT, { k: `main ${n}`, w: "b", n });
  if (n >= 40) await graph.branches.delete(`b${n - 40}`);
  process.stdout.write(`${branch}\n`);
}
