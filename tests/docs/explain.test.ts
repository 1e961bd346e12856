import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { codeBlocks, ROOT } from "../support/running/markdown.ts";

const cwd = testFolder("explain-page");
const env = { ...process.env, PATH: `${ROOT}node_modules/.bin:${process.env["PATH"]}`, NO_COLOR: "1" };

/** Times differ from run to run, and bytes from format to format. */
const measured = (text: string): string =>
  text.replaceAll(/ +\d+\.\d\d(?= ms|$)/gm, " #").replaceAll(/\d+ bytes of memory/g, "# bytes of memory");

it("the plans on the page about explaining are those that its commands print", { timeout: 240_000 }, () => {
  const blocks = codeBlocks("docs/guide/explain.md");
  let printed = "";
  let compared = 0;
  for (const { language, text } of blocks) {
    if (language === "sh")
      printed = execFileSync("bash", ["-euo", "pipefail", "-c", text], { cwd, env, encoding: "utf8" });
    if (language !== "text") continue;
    expect(measured(printed)).toBe(measured(`${text.trimEnd()}\n`));
    compared++;
  }
  expect(compared).toBeGreaterThan(1);
});
