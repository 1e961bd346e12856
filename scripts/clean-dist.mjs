// Removes output without a source from the dist folder of every package. The compiler leaves the output of moved or deleted sources, which would be
// packed.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages", import.meta.url));
const OUTPUT = /\.(?:d\.ts|js)(?:\.map)?$/;

for (const name of readdirSync(packages)) {
  const dist = join(packages, name, "dist");
  if (!existsSync(dist)) continue;
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const output = relative(dist, join(entry.parentPath, entry.name));
    if (!OUTPUT.test(output) || dirname(output) === "bundle") continue; // the bundler keeps its own folder
    if (!existsSync(join(packages, name, "src", output.replace(OUTPUT, ".ts")))) rmSync(join(dist, output));
  }
}
