import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runHere } from "../support/cli/terminal.ts";
import { testFolder } from "../support/running/folders.ts";
import { ROOT } from "../support/running/markdown.ts";
import { type TestServer, testServer, TOKENS } from "../support/server/server.ts";

const folder = testFolder("codegen");
const QUERIES = `
query people() @description("Everybody */ by name") { match { $p: Person } return { $p, $p.slug as slug, $p.level, count($p) as n } order { $p.slug } }
query delete($slug: String, $level: I32?) { match { $p: Person { slug: $slug } } return { $p.name, avg($p.level) as mean } }
query add_one($s: String, $level: I32?) { insert Person { slug: $s, name: $s, level: $level } }
`;

/** What each of the programs prints. */
const TOLD = '["ann","ann",5,"1","Ann","5",1]\n';

let server: TestServer;
beforeAll(async () => {
  server = await testServer(folder, { queries: QUERIES });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  mkdirSync(join(folder, "node_modules"));
  for (const name of ["omnigraph", "@omnigraph"])
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
});
afterAll(() => server.stop());

/** A program that uses all of a module, and lines that the compiler has to refuse. */
const USE = (side: string, open: string): string => `
import { type Line, add_one, delete_, people, type PeopleRow } from "./${side}.ts";
${open}
const lines: readonly Line[] = [
  { type: "Person", data: { slug: "${side}", name: "N", level: null } },
  { edge: "Member", from: "${side}", to: "core" },
];
await graph.load(lines, { mode: "merge" });
const { rows } = await people(graph);
const first: PeopleRow | undefined = rows[0];
const level: number | null | undefined = first?.["p.level"];
const { rows: found } = await delete_(graph, { slug: "ann" }, { branch: "main" });
const { affectedNodes } = await add_one(graph, { s: "more-${side}" }, { op: "${side}" });
console.log(JSON.stringify([first?.p, first?.slug, level, String(first?.n), found[0]?.["p.name"], String(found[0]?.mean), affectedNodes]));
// @ts-expect-error -- a parameter that must be given
void (() => delete_(graph, {}));
// @ts-expect-error -- a parameter of another type
void (() => add_one(graph, { s: 1 }));
// @ts-expect-error -- a column that is not there
void (() => first?.nothing);
// @ts-expect-error -- a type that the schema does not have
void ((): Line => ({ type: "Nobody", data: {} }));
`;

it("what codegen writes compiles strictly, and runs on the library and on a server", async () => {
  const library =
    'import { Omnigraph } from "omnigraph";\nconst graph = await Omnigraph.open(process.argv[2] ?? "");';
  const client =
    'import { OmnigraphClient } from "@omnigraph/client";\nconst graph = new OmnigraphClient(process.argv[2] ?? "", { token: process.argv[3] ?? "" }).graph("team");';
  for (const [side, open] of [
    ["library", library],
    ["client", client],
  ] as const) {
    const args = ["--queries", join(folder, "queries"), "--for", side, "--out", join(folder, `${side}.ts`)];
    expect(await runHere(["codegen", join(folder, "team.omni"), ...args])).toMatchObject({
      status: 0,
      err: "",
    });
    writeFileSync(join(folder, `use-${side}.ts`), USE(side, `${open}`));
  }
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: `${ROOT}tsconfig.base.json`,
      compilerOptions: {
        composite: false,
        noEmit: true,
        customConditions: [],
        rewriteRelativeImportExtensions: false,
        allowImportingTsExtensions: true,
        typeRoots: [`${ROOT}node_modules/@types`],
        paths: { "omnigraph/client": [`${ROOT}packages/client/dist/index.d.ts`] },
      },
      files: ["use-library.ts", "use-client.ts"],
    }),
  );
  // Not blocking: the server is in this process.
  const run = (command: string, ...words: readonly string[]): Promise<string> =>
    new Promise((done) => {
      execFile(command, words, { cwd: folder }, (_, out, err) => done(out + err));
    });
  expect(await run(join(ROOT, "node_modules/.bin/tsc"), "-p", ".")).toBe("");
  const programs = ["library", "client"].map((side) => join(folder, `use-${side}.ts`));
  await build({
    entryPoints: programs,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
  });
  const told = (side: string, ...args: readonly string[]): Promise<string> =>
    run(process.execPath, join(folder, `use-${side}.mjs`), ...args);
  expect(await told("library", join(folder, "team.omni"))).toBe('["ann","ann",5,"1","Ann","5",1]\n');
  expect(await told("client", server.address, TOKENS.get("root") ?? "")).toBe(TOLD);
});
