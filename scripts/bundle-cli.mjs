// Bundles the command of the work tree, with the library beside it, into packages/cli/dist/bundle.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, START } from "./bundle.mjs";
import { ROOT } from "./published.mjs";

const FOLDER = join(ROOT, "packages/cli/dist/bundle");

// What loads native code and large packages stays where they are installed in the work tree: beside the package that names them.
const files = await bundle({
  entries: { index: "packages/graph/src/index.ts" },
  external: ["@omnigraph/storage/external", "@omnigraph/policy/external"],
});
mkdirSync(FOLDER, { recursive: true });
const there = readdirSync(FOLDER);
// Another process may be running the command: files that are the same are left alone, and what loads others comes after them.
const rank = (name) => ["main.js", START].indexOf(name);
for (const name of [...files.keys()].toSorted((a, b) => rank(a) - rank(b))) {
  const path = join(FOLDER, name);
  if (!there.includes(name) || !readFileSync(path).equals(files.get(name)))
    writeFileSync(path, files.get(name));
}
for (const name of there) if (!files.has(name)) rmSync(join(FOLDER, name));
