// Writes docs/reference/fault-matrix.md from a run of every fault at every call of every writer, on graphs in memory.
import { execFileSync } from "node:child_process";

execFileSync("npx", ["vitest", "run", "--mode", "long", "tests/faults/matrix"], {
  stdio: "inherit",
  env: { OMNIGRAPH_WRITE_MATRIX: "1", ...process.env },
});
