// Packs what is published, the one package `omnigraph`: `node scripts/pack.mjs FOLDER` writes its tarball there and prints the tarball's path.
// The library and the command are entries of one bundle, so that a program and the command run the same code and nothing is installed twice.
// Needs what `npm ci` built.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { bundle, portableBundle, START } from "./bundle.mjs";
import { extractInterface } from "./extract-interface.mjs";
import { ENTRIES, ROOT } from "./published.mjs";

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error("usage: node scripts/pack.mjs FOLDER");

const BUNDLE = "dist/bundle";
const TYPES = "dist/types";

function manifestOf(name) {
  return JSON.parse(readFileSync(join(ROOT, "packages", name, "package.json"), "utf8"));
}

function publishedManifest() {
  const { name, version, description, license, type, engines } = manifestOf("graph");
  // Whatever has compiled code or is large stays outside of the bundle, and these packages alone load it.
  const dependencies = ["storage", "policy"]
    .flatMap((name) => Object.entries(manifestOf(name).dependencies))
    .filter(([needed]) => needed !== "omnigraph" && !needed.startsWith("@omnigraph/"))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    name,
    version,
    description,
    license,
    type,
    engines,
    bin: { omnigraph: posix.join(BUNDLE, START) },
    exports: Object.fromEntries(
      Object.entries(ENTRIES).map(([path, { name: file }]) => [
        path,
        { types: `./${TYPES}/${file}.d.ts`, default: `./${BUNDLE}/${file}.js` },
      ]),
    ),
    dependencies: Object.fromEntries(dependencies),
  };
}

const staged = mkdtempSync(join(tmpdir(), "omnigraph-pack-"));
try {
  const put = (path, content) => {
    mkdirSync(dirname(join(staged, path)), { recursive: true });
    writeFileSync(join(staged, path), content);
  };
  put("package.json", `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  for (const file of ["README.md", "LICENSE"]) cpSync(join(ROOT, file), join(staged, file));
  cpSync(join(ROOT, "packages/cli/sample"), join(staged, "sample"), { recursive: true });
  const entries = Object.values(ENTRIES);
  const files = await bundle({
    entries: Object.fromEntries(
      entries.filter(({ isPortable }) => !isPortable).map((entry) => [entry.name, entry.source]),
    ),
  });
  for (const { name, source } of entries.filter(({ isPortable }) => isPortable))
    files.set(`${name}.js`, await portableBundle(source));
  for (const [name, content] of files) put(posix.join(BUNDLE, name), content);
  for (const entry of entries) put(`${TYPES}/${entry.name}.d.ts`, extractInterface(entry).rollup);
  mkdirSync(target, { recursive: true });
  const args = ["pack", staged, "--json", "--ignore-scripts", "--pack-destination", target];
  const [{ filename }] = JSON.parse(execFileSync("npm", args, { encoding: "utf8" }));
  console.log(join(target, filename));
} finally {
  rmSync(staged, { recursive: true, force: true });
}
