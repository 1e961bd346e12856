import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { extractInterface } from "../../scripts/extract-interface.mjs";

const LIBRARY = `/** A shape. */
export interface Shape {
  /** Metres. */
  readonly width: number;
}
export {};
`;

let folder = "";
const entry = () => ({ declarations: join(folder, "index.d.ts"), report: join(folder, "shapes.api.md") });
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-shapes-"));
  writeFileSync(entry().declarations, LIBRARY);
  extractInterface(entry(), { update: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the check of the public interface", { timeout: 60_000 }, () => {
  it("the check has nothing to say of declarations that are as the report has them", () => {
    expect(extractInterface(entry())).toMatchObject({ complaints: [], changed: false });
  });

  it("the check notices that a public type changed and that it names what is not exported, and leaves the report as it was", () => {
    const report = readFileSync(entry().report, "utf8");
    const changed = LIBRARY.replace("number", "Length").concat("interface Length { metres: number }\n");
    writeFileSync(entry().declarations, changed);
    const found = extractInterface(entry());
    expect(found.changed).toBe(true);
    expect(found.complaints.join("\n")).toMatch(
      /The symbol "Length" needs to be exported.*ae-forgotten-export/,
    );
    expect(readFileSync(entry().report, "utf8")).toBe(report);
  });
});
