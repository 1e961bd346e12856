import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("merge-memory.mjs", import.meta.url));

async function bytesOf(rows: number): Promise<number> {
  const flags = ["--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"];
  const { stdout } = await run(process.execPath, [...flags, SCRIPT, String(rows)]);
  return Number(stdout);
}

/** Less than any structure over a million rows takes; more than what differs from run to run. */
const NOISE = 4 * 2 ** 20;

/** A structure over all rows is there every time; what the collector leaves over is not. */
const TRIES = 5;

it("a merge takes the memory of what both sides changed, not of the graph", async () => {
  const small = Math.max(await bytesOf(200_000), await bytesOf(200_000));
  expect(small).toBeLessThan(24 * 2 ** 20);
  const most = Math.max(small, 0) + NOISE;
  let large = await bytesOf(1_000_000);
  for (let n = 1; n < TRIES && large >= most; n++) large = await bytesOf(1_000_000);
  expect(large).toBeLessThan(most);
});
