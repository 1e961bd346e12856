// Runs the layer table over the sources, and looks for circles between folders; then over planted violations, to prove that both bite.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { folderCircles } from "./folder-circles.mjs";

const MIN_MODULES = 60;

const PLANT = "packages/base/src/planted";

/** An import against the layers, and two folders that import each other although no file is on a circle. */
const PLANTED = {
  "layer.ts": 'import type { ObjectStore } from "@omnigraph/storage";\nexport type Planted = ObjectStore;\n',
  "left/one.ts": 'import type { Two } from "../right/two.ts";\nexport type One = Two;\n',
  "left/three.ts": "export type Three = 3;\n",
  "right/two.ts": "export type Two = 2;\n",
  "right/four.ts": 'import type { Three } from "../left/three.ts";\nexport type Four = Three;\n',
};

function cruise() {
  const bin = "node_modules/.bin/depcruise";
  const args = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", "packages"];
  try {
    return JSON.parse(execFileSync(bin, args, { encoding: "utf8", maxBuffer: 1 << 28 }));
  } catch (error) {
    return JSON.parse(error.stdout);
  }
}

function cruisePlanted() {
  try {
    for (const [name, text] of Object.entries(PLANTED)) {
      const path = `${PLANT}/${name}`;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return cruise();
  } finally {
    rmSync(PLANT, { recursive: true, force: true });
  }
}

const { modules, summary } = cruise();
const circles = folderCircles(modules);
const sources = modules.filter((m) => m.source.startsWith("packages/")).length;
const planted = cruisePlanted();
const plantedRules = planted.summary.violations
  .filter(({ from }) => from.startsWith(PLANT))
  .map(({ rule }) => rule.name);

const problems = [
  ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  ...circles.map((circle) => `folders on a circle in ${circle}`),
];
if (sources < MIN_MODULES) problems.push(`only ${sources} modules seen, expected at least ${MIN_MODULES}`);
if (plantedRules.join() !== "layer-base")
  problems.push(
    `the planted import against the layers is to break layer-base alone, not: ${plantedRules.join(", ")}`,
  );
if (!folderCircles(planted.modules).includes("base/planted: left, right"))
  problems.push("the planted circle of folders was not caught");

for (const problem of problems) console.error(problem);
console.log(`${sources} modules, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
