import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/running/markdown.ts";

/** Links to files of the repository: `[text](path)` or `[text](path#section)`, not those with a scheme. */
const LINK = /\]\(([^)#:\s]+)(?:#[^)]*)?\)/g;

describe("the pages of the project", () => {
  it("the pages of the project link to files that are there", () => {
    const pages = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" })
      .split("\n")
      .filter((page) => page !== "" && existsSync(join(ROOT, page)));
    const links = pages.flatMap((page) =>
      [...readFileSync(join(ROOT, page), "utf8").matchAll(LINK)].map(([, link = ""]) => ({ page, link })),
    );
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter(({ page, link }) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
  });
});
