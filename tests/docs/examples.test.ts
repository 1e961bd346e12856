import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ERRORS } from "@omnigraph/base";
import { checkSchema, compileQueries } from "@omnigraph/language";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeBlocks, ROOT } from "../support/running/markdown.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-docs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs shell text as a reader would, in an empty folder, with the built command on the path. */
function shell(text: string): string {
  const env = { ...process.env, PATH: `${ROOT}node_modules/.bin:${process.env["PATH"]}`, NO_COLOR: "1" };
  return execFileSync("bash", ["-euo", "pipefail", "-c", text], { cwd: folder, env, encoding: "utf8" });
}

/** The pages of a folder of docs/, if it has any. */
function pages(under: string): string[] {
  return existsSync(`${ROOT}${under}`)
    ? readdirSync(`${ROOT}${under}`)
        .filter((n) => n.endsWith(".md"))
        .map((n) => `${under}/${n}`)
    : [];
}

describe("the README", () => {
  it("the five minutes of the README run word for word", () => {
    const blocks = codeBlocks("README.md", "Five minutes").filter((b) => b.language === "sh");
    const text = blocks
      .map((b) => b.text)
      .join("\n")
      .replaceAll("/tmp/team", folder)
      .replace('export PATH="$PWD/node_modules/.bin:$PATH"', "");
    const out = shell(text);
    expect(out).toContain("Bob");
    expect(out).toContain("Cyd");
    expect(out).toContain("Dee joins");
  });

  it("the program of the README runs", () => {
    const [block] = codeBlocks("README.md", "In a program");
    expect(block?.language).toBe("js");
    symlinkSync(`${ROOT}node_modules`, join(folder, "node_modules"));
    writeFileSync(join(folder, "example.mjs"), block?.text ?? "");
    expect(shell("node example.mjs")).toBe("[ { name: 'Bob' } ]\nann\n");
  });
});

describe("the pages of the languages", () => {
  it("the schema and the queries of the pages of the languages compile together", () => {
    const blocks = pages("docs/languages").flatMap((page) => codeBlocks(page));
    const [schema] = blocks.filter((b) => b.language === "pg");
    const queries = blocks.filter((b) => b.language === "gq");
    const { catalog, diagnostics } = checkSchema({ file: "schema.md", text: schema?.text ?? "" });
    expect(diagnostics.map((d) => d.message)).toEqual([]);
    expect(queries.length).toBeGreaterThan(0);
    for (const { text } of queries) {
      const compiled = catalog === null ? [] : compileQueries({ file: "query.md", text }, catalog).queries;
      expect(compiled.flatMap((q) => q.diagnostics.map((d) => d.message))).toEqual([]);
      expect(compiled.length).toBeGreaterThan(0);
    }
  });
});

describe("the page docs/operations.md", () => {
  const PAGE = "docs/operations.md";

  it(
    "its commands repair a damaged graph, and its table has reasons that there are",
    { timeout: 240_000 },
    () => {
      const prepare = [
        `printf 'node Ship { imo: I32 @key }\n' > schema.pg`,
        "omnigraph init --schema schema.pg ships.omni",
        `omnigraph mutate --store ships.omni --quiet -e 'query q() { insert Ship { imo: 1 } }'`,
        "omnigraph optimize --quiet ships.omni",
        "rm ships.omni/tables/*/*.cols",
      ];
      const commands = codeBlocks(PAGE).filter((b) => b.language === "sh");
      const out = shell([...prepare, ...commands.map((b) => b.text)].join("\n"));
      expect(out).toContain("warning[column_file_damaged]: tables/");
      expect(out).toMatch(/column_file_damaged: [^\n]*\n {2}rewrite from the table: done\n/);
      expect(out).toMatch(/\nclean: 3 slots, 1 table and the rows of 1 branch\n/);
      const text = readFileSync(`${ROOT}${PAGE}`, "utf8");
      const reasons = [...text.matchAll(/^\| `([a-z_]+)` \| [^|]*\| [^|]*\|$/gm)].map(
        ([, reason = ""]) => reason,
      );
      expect(reasons.length).toBeGreaterThan(8);
      for (const reason of reasons) expect(Object.keys(ERRORS)).toContain(reason);
    },
  );
});

describe.each([
  ...pages("docs/guide"),
  "docs/agents.md",
  "docs/client.md",
  "docs/clusters.md",
  "docs/policies.md",
  "docs/server.md",
])("the page %s", (page) => {
  it(
    "its shell examples run in order, its programs run, and its schemas and queries compile",
    { timeout: 240_000 },
    () => {
      const blocks = codeBlocks(page);
      const script = blocks
        .filter((b) => b.language === "sh")
        .map((b) => b.text)
        .join("\n");
      expect(() => shell(script)).not.toThrow();
      symlinkSync(`${ROOT}node_modules`, join(folder, "node_modules"));
      for (const { language, text, line } of blocks) {
        if (language !== "js") continue;
        writeFileSync(join(folder, `line-${line}.mjs`), text);
        expect(() => shell(`node line-${line}.mjs`), `${page}:${line}`).not.toThrow();
      }
      let catalog = null;
      for (const { language, text, line } of blocks) {
        const source = { file: `${page}:${line}`, text };
        if (language === "pg") {
          const checked = checkSchema(source);
          expect(
            checked.diagnostics.filter((d) => d.severity === "error").map((d) => d.message),
            source.file,
          ).toEqual([]);
          catalog = checked.catalog;
        } else if (language === "gq" && catalog !== null) {
          const compiled = compileQueries(source, catalog);
          expect(
            compiled.diagnostics.filter((d) => d.severity === "error").map((d) => d.message),
            source.file,
          ).toEqual([]);
        }
      }
    },
  );
});
