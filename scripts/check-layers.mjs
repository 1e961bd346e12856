// Runs the layer table over the sources, and over a planted violation to prove that the rules bite.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";

const LEAST_MODULES = 60;
const planted = "packages/base/src/planted-violation.ts";

function cruise() {
  const bin = "node_modules/.bin/depcruise";
  const args = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", "packages"];
  try {
    return JSON.parse(execFileSync(bin, args, { encoding: "utf8", maxBuffer: 1 << 28 }));
  } catch (error) {
    return JSON.parse(error.stdout);
  }
}

const { modules, summary } = cruise();
const sources = modules.filter((m) => m.source.startsWith("packages/")).length;
for (const v of summary.violations) console.error(`${v.rule.name}: ${v.from} -> ${v.to}`);
if (sources < LEAST_MODULES)
  console.error(`only ${sources} modules seen, expected at least ${LEAST_MODULES}`);

writeFileSync(
  planted,
  'import type { ObjectStore } from "@omnigraph/storage";\nexport type Planted = ObjectStore;\n',
);
let caught;
try {
  caught = cruise().summary.violations.some((v) => v.rule.name === "layer-base");
} finally {
  rmSync(planted);
}
if (!caught) console.error("a planted violation of the layer table was not caught");
console.log(
  `${sources} modules, ${summary.violations.length} violations, planted violation ${caught ? "caught" : "missed"}`,
);
process.exitCode = summary.violations.length === 0 && sources >= LEAST_MODULES && caught ? 0 : 1;
