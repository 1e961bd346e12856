import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const run = promisify(execFile);
const FULL = fileURLToPath(new URL("full-disk.mjs", import.meta.url));
const KILLED = fileURLToPath(new URL("spill-until-killed.mjs", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-spilling-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: folder };
}

it("a full disk ends the query that needs it, with its place and a remedy, and hurts no other", async () => {
  // Blocks of 1 KiB: the largest offset that a file may have.
  const limited = ["-c", 'ulimit -f 512 && exec "$0" "$1"', process.execPath, FULL];
  const { stdout } = await run("bash", limited, { env: environment() });
  const full = expect.stringMatching(/^store_full: could not write .*\(TMPDIR\): .*free some space/);
  expect(JSON.parse(stdout)).toEqual([full, 6000, 6000, full, 6000]);
  expect(readdirSync(folder)).toEqual([]);
});

it("a process that is killed leaves nothing on disk", async () => {
  const child = spawn(process.execPath, [KILLED], {
    env: environment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  try {
    await once(child.stdout, "data");
  } finally {
    child.kill("SIGKILL");
  }
  await ended;
  expect(readdirSync(folder)).toEqual([]);
});
