// Work on a whole graph: optimize from a load in pieces and again, into one table a type, and fsck beside a plain read of all files of the graph.
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Omnigraph } from "omnigraph";
import { dataFile, SCHEMA } from "../generate.mjs";
import { peakMemory } from "../measure.mjs";

/** Loads that the graph is made by. */
const LOADS = 10;

export async function whole(root, size) {
  const path = join(root, "whole.omni");
  const file = await dataFile(join(tmpdir(), "omnigraph-bench-data"), size, "uniform");
  const graph = await Omnigraph.init(path, { schema: SCHEMA, maintenance: "off" });
  await timed(`${LOADS} loads of ${size}`, () => loadInPieces(graph, file));
  const told = (answer) =>
    answer.types
      .map(
        ({ typeName, rowsWritten, indexesBuilt }) =>
          `${typeName} ${rowsWritten} rows, ${indexesBuilt.length} indexes`,
      )
      .join("; ") || "nothing to do";
  await timed("optimize", () => graph.maintenance.optimize(), told);
  await timed("optimize again", () => graph.maintenance.optimize(), told);
  await timed("optimize --full", () => graph.maintenance.optimize({ full: true }), told);
  await timed("optimize --full again", () => graph.maintenance.optimize({ full: true }), told);
  await graph.close();
  const plain = await timed(
    "plain read of all files",
    async () => readAll(path),
    (bytes) => `${(bytes / 1e6).toFixed(0)} MB`,
  );
  const opened = await Omnigraph.open(path, { readOnly: true });
  const fsck = await timed(
    "fsck",
    () => opened.maintenance.fsck(),
    ({ findings }) => `${findings.length} findings`,
  );
  await opened.close();
  console.log(
    `fsck ${(fsck / plain).toFixed(1)}x a plain read; peak memory ${(peakMemory() / 1e6).toFixed(0)} MB`,
  );
}

async function timed(what, body, told = () => "") {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const answer = await body();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${what}: ${ms.toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of processor; ${told(answer)}`,
  );
  return ms;
}

/** The nodes by the first loads, the edges by the others. */
async function loadInPieces(graph, file) {
  let lines = [];
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    lines.push(line);
    count++;
    if (lines.length < 110_000) continue;
    await graph.load(lines.join("\n"), { mode: "append" });
    lines = [];
  }
  if (lines.length > 0) await graph.load(lines.join("\n"), { mode: "append" });
  return count;
}

function readAll(path) {
  let bytes = 0;
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += readFileSync(join(entry.parentPath, entry.name)).length;
  return bytes;
}
