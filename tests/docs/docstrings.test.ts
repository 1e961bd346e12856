import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ERRORS } from "@omnigraph/base";
import { beforeAll, describe, expect, it } from "vitest";
import { publicDocs, reasonsOf } from "../../scripts/public-docs.mjs";
import { testFolder } from "../support/running/folders.ts";
import { ROOT } from "../support/running/markdown.ts";

interface Doc {
  readonly throws: readonly string[];
  readonly examples: readonly string[];
}

/** A call of the interface with its docstring: `Commits.list`. */
interface Call {
  readonly name: string;
  readonly doc: Doc;
}

/** Every call of the interface, and the classes, whose examples those of their calls go on from. */
function documented(): {
  readonly calls: readonly Call[];
  readonly start: string;
  readonly all: readonly Call[];
} {
  const exported = publicDocs();
  const methods = exported.flatMap(({ name: owner, members }) =>
    members
      .filter(({ kind, name }) => kind === "method" && !name.startsWith("["))
      .map(({ name, doc }) => ({ name: `${owner}.${name}`, doc })),
  );
  const functions = exported
    .filter(({ kind }) => kind === "function")
    .map(({ name, doc }) => ({ name, doc }));
  const calls = [...methods, ...functions];
  const start = exported.find(({ name }) => name === "Omnigraph")?.doc.examples[0] ?? "";
  return { calls, start, all: [...calls, ...exported.map(({ name, doc }) => ({ name, doc }))] };
}

const { calls, start, all } = documented();
const EXAMPLES = calls.flatMap(({ name, doc }) => doc.examples.map((code) => ({ name, code })));
/** Calls of errors, which programs seldom make themselves. */
const WITHOUT_EXAMPLE = ["OmnigraphError.constructor", "OmnigraphError.toJSON"];

/** What programs give rather than call: the guide for programs that embed the library shows them together. */
const PARTS = [
  "Clock",
  "FarColumn",
  "LayerReader",
  "LayerStore",
  "MemoryBudget",
  "MemoryObjects",
  "ObjectLayers",
  "ObjectStore",
  "PageCache",
  "PageMemory",
  "PagedColumn",
  "Random",
  "Rank",
];

const IMPORT = /^import .*$/gm;
const SAID = /console\.log\(.*\); \/\/ (?<said>.*)$/gm;

/** What an example says that it prints, line by line. */
function saidBy(code: string): readonly string[] {
  return [...code.matchAll(SAID)].map(({ groups }) => groups?.["said"] ?? "");
}

/** A module that runs each example after the first one, each in a folder of its own, and prints what they print. */
function program(): string {
  const imports = new Set(
    [start, ...EXAMPLES.map(({ code }) => code)].flatMap((code) => code.match(IMPORT) ?? []),
  );
  const bodies = EXAMPLES.map(
    ({ name, code }, i) => `async (console: { log(...values: unknown[]): void }) => {
// ${name}, example ${i}
${start.replaceAll(IMPORT, "").replaceAll(SAID, "")}
await using _graph = graph;
{
${code.replaceAll(IMPORT, "")}
}
}`,
  );
  return `${[...imports].join("\n")}
import { mkdirSync } from "node:fs";
import { formatWithOptions } from "node:util";
const examples = [${bodies.join(",\n")}];
const folder = process.cwd();
const printed: string[][] = [];
for (const [i, example] of examples.entries()) {
  mkdirSync(\`\${folder}/run-\${i}\`);
  process.chdir(\`\${folder}/run-\${i}\`);
  const lines: string[] = [];
  await example({ log: (...values) => lines.push(formatWithOptions({ breakLength: Infinity, compact: 9 }, ...values)) });
  printed.push(lines);
}
console.log(JSON.stringify(printed));
`;
}

const folder = testFolder("docstrings");
let printed: readonly (readonly string[])[] = [];

describe("the examples of docstrings", () => {
  beforeAll(() => {
    symlinkSync(`${ROOT}node_modules`, join(folder, "node_modules"));
    mkdirSync(join(folder, "runs"));
    writeFileSync(join(folder, "examples.mts"), program());
    const options = {
      module: "nodenext",
      target: "es2023",
      strict: true,
      noUncheckedIndexedAccess: true,
      types: ["node"],
      lib: ["es2023", "esnext.disposable"],
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, files: ["examples.mts"] }),
    );
    const run = (command: string, args: readonly string[], cwd: string): string => {
      const { stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
      return stdout + stderr;
    };
    expect(run(`${ROOT}node_modules/.bin/tsc`, ["-p", "."], folder)).toBe("");
    printed = JSON.parse(run(process.execPath, ["../examples.mjs"], join(folder, "runs")));
  }, 120_000);

  it("every call has an example", () => {
    const without = calls
      .filter(({ name, doc }) => doc.examples.length === 0 && !PARTS.includes(name.split(".")[0] ?? ""))
      .map(({ name }) => name);
    expect(without).toEqual(WITHOUT_EXAMPLE);
  });

  it.each(EXAMPLES.map(({ name, code }, i) => [name, code, i] as const))(
    "the example of %s prints what it says",
    (_name, code, i) => {
      expect(printed[i]).toEqual(saidBy(code));
    },
  );
});

describe("the reasons that docstrings name", () => {
  it("the reasons that docstrings name are registered", () => {
    const named = all.flatMap(({ name, doc }) =>
      doc.throws.flatMap((text) => reasonsOf(text).map((reason) => `${name}: ${reason}`)),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((each) => !Object.hasOwn(ERRORS, each.split(": ")[1] ?? ""))).toEqual([]);
  });
});
