// Bundles the command into packages/cli/dist/bundle: its start is paid mostly per file that Node loads, and the sources are hundreds of them.
// One file for each command and one for what they share, still loaded only when needed.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FOLDER = join(ROOT, "packages/cli/dist/bundle");
/** CommonJS, which Node starts faster: the version is answered before its loader of modules is set up. */
const START = "start.cjs";
/** What loads native code and large packages when they are needed; found from where it is installed. */
const OUTSIDE = "@omnigraph/storage/outside";

const common = {
  absWorkingDir: ROOT,
  write: false,
  metafile: true,
  bundle: true,
  platform: "node",
  target: "node20.19",
  conditions: ["omnigraph-source"],
  // Names stay: they are in the messages of errors that nobody expected.
  minifyWhitespace: true,
  minifySyntax: true,
};
const start = await build({
  ...common,
  entryPoints: ["packages/cli/src/start.ts"],
  outfile: join(FOLDER, START),
  format: "cjs",
  plugins: [
    {
      name: "main-stays-a-module",
      setup: (bundle) =>
        bundle.onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: "./main.js", external: true })),
    },
  ],
});
const main = await build({
  ...common,
  entryPoints: ["packages/cli/src/main.ts"],
  outdir: FOLDER,
  splitting: true,
  format: "esm",
  external: [OUTSIDE],
  // Bundled CommonJS asks for modules of Node itself, nothing else.
  banner: { js: "const require=process.getBuiltinModule;" },
});

const outputs = [...main.outputFiles, ...start.outputFiles];
const files = new Map(outputs.map(({ path, contents }) => [basename(path), Buffer.from(contents)]));
files.set("LICENSES.txt", Buffer.from(licenses(Object.keys(main.metafile.inputs))));
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
