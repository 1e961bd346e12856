// Writes docs/reference/fault-matrix.md from a run of the faults of the long part. Arguments are those of vitest: files, or -t and a part of a writer's name.
import { execFileSync } from "node:child_process";

const given = process.argv.slice(2);
const asked = given.some((argument) => argument.startsWith("tests/")) ? given : ["tests/faults", ...given];
execFileSync("npx", ["vitest", "run", "--mode", "long", "--no-file-parallelism", ...asked], {
  stdio: "inherit",
  env: { OMNIGRAPH_WRITE_MATRIX: "1", ...process.env },
});
