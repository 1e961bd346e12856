import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("peak-memory.mjs", import.meta.url));
const ROWS = 25_000;
const TIMES = 10;
/** Less than ids, keys, a column or the rows of a sort take for so many more rows; more than what differs from run to run. */
const NOISE = 4 * 2 ** 20;
const PATIENCE = 600_000;

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-peak-"));
  for (const rows of [ROWS, ROWS * TIMES])
    await run(process.execPath, [SCRIPT, graphOf(rows), "make", String(rows)]);
}, PATIENCE);
afterAll(() => rmSync(folder, { recursive: true }));

function graphOf(rows: number): string {
  return join(folder, `${rows}.omni`);
}

async function peakOf(work: string, rows: number): Promise<number> {
  const { stdout } = await run(process.execPath, ["--expose-gc", SCRIPT, graphOf(rows), work]);
  return Number(stdout);
}

// The merge is the last one, as it changes the graph.
it.each(["key look-ups", "sort", "grouped top 20", "merge"])(
  "with a small budget, the peak of a %s is the same for ten times as many rows",
  async (work) => {
    const small = await peakOf(work, ROWS);
    expect(small).toBeLessThan(12 * 2 ** 20);
    expect(await peakOf(work, ROWS * TIMES)).toBeLessThan(Math.max(small, 0) + NOISE);
  },
  PATIENCE,
);
