// Regenerates what is generated and fails when the committed files differ.
import { execFileSync } from "node:child_process";

const generated = [
  "packages/language/src/schema/syntax/parser.generated.ts",
  "packages/language/src/query/syntax/parser.generated.ts",
  "packages/wire/src/shapes.generated.ts",
  "packages/engine/src/search/vectors/distances.generated.ts",
  "docs/reference",
  "docs/merge/resolutions.schema.json",
];
execFileSync("node", ["scripts/generate-parsers.mjs"], { stdio: "inherit" });
execFileSync("node", ["scripts/assemble-kernel.mjs"], { stdio: "inherit" });
execFileSync("node", ["scripts/generate-reference.mjs"], { stdio: "inherit" });
const changed = execFileSync("git", ["status", "--porcelain", "--", ...generated], { encoding: "utf8" });
if (changed !== "") {
  console.error(`generated files differ from their sources:\n${changed}`);
  process.exitCode = 1;
}
