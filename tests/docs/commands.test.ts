import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codeBlocks, ROOT } from "../support/running/markdown.ts";

// The commands for who works on the project take too long to be run here: what they name must be there.

const read = (path: string): string => readFileSync(ROOT + path, "utf8");
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
}).split("\n");

describe.each(["README.md", "CONTRIBUTING.md", "docs/testing.md"])("the commands of %s", (page) => {
  const text = codeBlocks(page)
    .filter(({ language }) => language === "sh")
    .map((block) => block.text.replaceAll(/#.*/g, ""))
    .join("\n");

  it("the commands of a page are scripts of the project, over files that are there", () => {
    const { scripts } = JSON.parse(read("package.json"));
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script = ""]) => script);
    expect(named.length).toBeGreaterThan(0);
    for (const script of named) expect(scripts).toHaveProperty([script]);
    for (const [path] of text.matchAll(/\b(?:packages|tests|docs|scripts)\/[\w./-]+/g))
      expect(
        files.some((file) => file.startsWith(path)),
        path,
      ).toBe(true);
  });
});

describe("the page of the tests", () => {
  const page = read("docs/testing.md");

  it("the page of the tests names variables that tests read", () => {
    const sources = files.filter((file) => /^tests\/.*\.(?:ts|mjs)$/.test(file)).map(read);
    const named = new Set(page.match(/OMNIGRAPH_[A-Z_0-9]+/g));
    expect(named.size).toBeGreaterThan(0);
    for (const name of named)
      expect(
        sources.some((source) => new RegExp(String.raw`process\.env(?:\["|\.)${name}\b`).test(source)),
        name,
      ).toBe(true);
  });

  it("the page of the tests says of every law what proves it", () => {
    const laws = [...(read("ARCHITECTURE.md").split("\n## Laws\n")[1] ?? "").matchAll(/^(\d+)\. /gm)];
    expect(laws.length).toBeGreaterThan(8);
    const proved = [...page.matchAll(/\(laws? ([\d, ]+)\)/g)].flatMap(([, numbers = ""]) =>
      numbers.split(", "),
    );
    expect(new Set(proved)).toEqual(new Set(laws.map(([, number]) => number)));
  });

  it("a part of every suite is run by each of the two commands, as the page of the tests says", () => {
    const suites = files.filter((file) => file.endsWith(".suite.ts"));
    expect(suites.length).toBeGreaterThan(0);
    for (const suite of suites)
      for (const part of [".test.ts", ".long.test.ts"])
        expect(files).toContain(suite.replace(".suite.ts", part));
  });
});
