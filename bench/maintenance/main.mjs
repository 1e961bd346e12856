// node bench/maintenance/main.mjs [--only age,beside,whole] [--commits 10000] [--seconds 300] [--size M]
// What maintenance gives and costs: see age.mjs, beside.mjs and whole.mjs. `fold.mjs` beside this file times folds alone.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { age } from "./age.mjs";
import { beside } from "./beside.mjs";
import { whole } from "./whole.mjs";

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const parts = {
  age: (root) => age(root, Number(option("commits", "10000"))),
  beside: (root) => beside(root, Number(option("seconds", "300"))),
  whole: (root) => whole(root, option("size", "M")),
};
const root = mkdtempSync(join(tmpdir(), "omnigraph-maintenance-"));
try {
  for (const name of option("only", "age,beside,whole").split(",")) await parts[name](root);
} finally {
  rmSync(root, { recursive: true });
}
