// Loads so many rows whose further properties are all null, reads them back, and prints the peak memory of the process and the bytes on disk:
// `node null-vectors.mjs <folder> <rows> <properties>`.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";

const [folder, rows, properties] = process.argv.slice(2);
const graph = await Omnigraph.init(folder, { schema: `node Doc { slug: String @key  ${properties} }` });

function* lines() {
  for (let i = 0; i < Number(rows); i++) {
    yield Buffer.from(`{"type":"Doc","data":{"slug":"d${i}"}}\n`);
  }
}

await graph.load(lines(), { mode: "append" });
let exported = 0;
for await (const piece of graph.export()) exported += piece.length;
if (exported === 0) throw new Error("nothing was exported");
await graph.close();

const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) =>
  statSync(join(folder, name)),
);
const disk = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
process.stdout.write(JSON.stringify({ peak: process.resourceUsage().maxRSS * 1024, disk }));
