// Bundles modules of the work tree, because start-up time grows with the number of files that Node loads, and there are hundreds of sources.
// One file for each command and one for what they share, still loaded only when needed.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./published.mjs";

/** CommonJS, which Node starts faster: the version is answered before its loader of modules is set up. */
export const START = "start.cjs";

const common = {
  absWorkingDir: ROOT,
  outdir: "bundle",
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

/**
 * The command, with other modules beside it that share its code, as files of one folder: name to bytes. `entries` names the modules by the file that each
 * becomes, `external` the modules that stay where they are.
 */
export async function bundle({ entries = {}, external = [] }) {
  const start = await build({
    ...common,
    entryPoints: ["packages/cli/src/start.ts"],
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    banner: { js: "#!/usr/bin/env node" },
    plugins: [
      {
        name: "main-stays-a-module",
        setup: (bundling) =>
          bundling.onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: "./main.js", external: true })),
      },
    ],
  });
  const modules = await build({
    ...common,
    entryPoints: {
      main: "packages/cli/src/main.ts",
      // The program of a thread, which the module that starts it expects beside itself.
      "read-thread": "packages/engine/src/write/load/read-thread.ts",
      ...entries,
    },
    splitting: true,
    format: "esm",
    external,
    // Bundled CommonJS asks for modules of Node itself, nothing else.
    banner: { js: "const require=process.getBuiltinModule;" },
  });
  const outputs = [...modules.outputFiles, ...start.outputFiles];
  const files = new Map(outputs.map(({ path, contents }) => [basename(path), Buffer.from(contents)]));
  files.set("LICENSES.txt", Buffer.from(licenses(Object.keys(modules.metafile.inputs))));
  return files;
}

/** A module that runs wherever there is `fetch`, as the bytes of one file. */
export async function portableBundle(source) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [source],
    write: false,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    conditions: ["omnigraph-source"],
    // What they are asked for is not in what is used, so nothing of them is left.
    external: ["node:*"],
    minifyWhitespace: true,
    minifySyntax: true,
  });
  const [file] = outputFiles;
  if (/["']node:/.test(file.text)) throw new Error(`${source} would need Node`);
  return Buffer.from(file.contents);
}

/** The text of a license: of its file, or, as some have none, of the last section of the read-me. */
function licenseOf(folder) {
  const files = readdirSync(folder);
  const textOf = (pattern) => {
    const file = files.find((each) => pattern.test(each));
    return file === undefined ? null : readFileSync(join(folder, file), "utf8");
  };
  const text = textOf(/^licen[cs]e/i) ?? /^#+ *licen[cs]e\b.*/ims.exec(textOf(/^readme/i) ?? "")?.[0];
  if (text === undefined) throw new Error(`${folder} has no license file`);
  return text;
}

/** The licenses of the packages of others that went into the bundle. */
function licenses(inputs) {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(folders.toSorted((a, b) => a.localeCompare(b)))]
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
      return `${name} ${version} (${license})\n\n${licenseOf(join(ROOT, folder)).trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}
