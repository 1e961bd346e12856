// Bundles the command into packages/cli/dist/bundle: its start is paid mostly per file that Node loads, and the sources are hundreds of them.
// One file for each command and one for what they share, still loaded only when needed.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FOLDER = join(ROOT, "packages/cli/dist/bundle");
const ENTRY = "main.js";
/** What loads native code and large packages when they are needed; found from where it is installed. */
const OUTSIDE = "@omnigraph/storage/outside";

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ["packages/cli/src/main.ts"],
  outdir: FOLDER,
  write: false,
  metafile: true,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  conditions: ["omnigraph-source"],
  external: [OUTSIDE],
  // Names stay: they are in the messages of errors that nobody expected.
  minifyWhitespace: true,
  minifySyntax: true,
  // Bundled CommonJS asks for modules of Node itself, nothing else.
  banner: { js: "const require=process.getBuiltinModule;" },
});

const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]));
files.set("LICENSES.txt", Buffer.from(licenses(Object.keys(metafile.inputs))));
mkdirSync(FOLDER, { recursive: true });
const there = readdirSync(FOLDER);
// Another process may be running the command: files that are the same are left alone, and the entry comes after what it loads.
for (const name of [...files.keys()].toSorted((a, b) => Number(a === ENTRY) - Number(b === ENTRY))) {
  const path = join(FOLDER, name);
  if (!there.includes(name) || !readFileSync(path).equals(files.get(name)))
    writeFileSync(path, files.get(name));
}
for (const name of there) if (!files.has(name)) rmSync(join(FOLDER, name));

/** The licenses of the packages of others that went into the bundle. */
function licenses(inputs) {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(folders.toSorted((a, b) => a.localeCompare(b)))]
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
      const text = readdirSync(join(ROOT, folder)).find((file) => /^licen[cs]e/i.test(file));
      if (text === undefined) throw new Error(`${folder} has no license file`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(ROOT, folder, text), "utf8").trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}
