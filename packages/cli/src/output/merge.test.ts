import type { MergeConflict } from "omnigraph";
import { describe, expect, it } from "vitest";
import { terminalOf } from "../../../../tests/support/cli/terminal.ts";
import { AGE, COMMIT, EDGES, MERGED, PREVIEW } from "../../../../tests/support/graphs/merge-answers.ts";
import { showJson } from "./differences.ts";
import { mergeText, previewText, revertText } from "./merge.ts";

const SHOW = (): typeof showJson => showJson;
const GONE: MergeConflict = {
  ...AGE,
  kind: "delete_vs_update",
  id: "bob",
  properties: [],
  message: "deleted in ours",
  ours: null,
};

describe("a merge for people", () => {
  it("a merge is shown as one line, and another for a deleted branch", () => {
    expect(mergeText(MERGED).text).toBe(`merged draft into main, commit ${COMMIT.id}\n`);
    expect(mergeText({ ...MERGED, outcome: "fast_forward", branchDeleted: true }).text).toBe(
      `merged draft into main (fast forward), commit ${COMMIT.id}\ndeleted draft\n`,
    );
    expect(
      mergeText({ ...MERGED, resolved: [AGE, GONE], branchDeleted: false, branchDeleteError: "it moved on" })
        .text,
    ).toBe(
      `merged draft into main, commit ${COMMIT.id}\n2 conflicts decided\ndraft is still there: it moved on\n`,
    );
    expect(mergeText({ ...MERGED, outcome: "already_up_to_date", commit: null }).text).toBe(
      "main is up to date: it holds all of draft\n",
    );
  });

  it("a revert is shown as one line", () => {
    const none = { branch: "main", reverted: "C", actor: null, commit: null, resolved: [] };
    expect(revertText(none).text).toBe("nothing is left on main of what C changed\n");
    expect(revertText({ ...none, commit: COMMIT }).text).toBe(`took back C on main, commit ${COMMIT.id}\n`);
  });

  it("a preview shows counts and conflicts by kind, with the values of each side", () => {
    const conflicts = [AGE, GONE, EDGES, { ...AGE, id: "cy" }];
    const text = previewText({ ...PREVIEW, would: "conflict", conflicts }, SHOW, terminalOf(null)).text;
    expect(text.replaceAll(/ +$/gm, "")).toBe(
      `draft into main: would conflict, from base B1 and B2
kind | type   | inserted | updated | deleted
-----+--------+----------+---------+--------
node | Person |        1 |       2 |       0

divergent_update (2): both sides changed it, differently
  both sides changed age
  both sides changed age
entity     | property | base | ours | theirs
-----------+----------+------+------+-------
Person ann | age      | 41   | 42   | 43
Person cy  | age      | 41   | 42   | 43

delete_vs_update (1): one side deleted it, the other changed it
  deleted in ours
entity     | property | base | ours      | theirs
-----------+----------+------+-----------+-------
Person bob | age      | 41   | not there | 43
           | city     | null | not there | "Rome"

cardinality_violation (1): too many or too few edges at a node
  2 edges, at most 1 is allowed

4 conflicts to decide: --strategy ours or theirs for all, --resolutions <file> for single ones
`,
    );
  });

  it("a preview shows decisions that were not used so far", () => {
    const message = 'Person "bob" is in no conflict';
    const idle = { ...PREVIEW, unused: [{ kind: "node", type: "Person", id: "bob", message }] } as const;
    expect(previewText(idle, SHOW, terminalOf(100)).text).toContain(`\nof no use so far: ${message}\n`);
  });

  it("a preview fits the terminal, and only counts conflicts beyond the first ones", () => {
    const long = Array.from({ length: 100 }, (_, n) => ({
      ...AGE,
      id: `p${n}`,
      theirs: { properties: { age: "x".repeat(200) }, endpoints: null },
    }));
    const text = previewText({ ...PREVIEW, conflicts: long }, SHOW, terminalOf(60)).text;
    const rows = text.split("\n").filter((line) => line.includes(" | "));
    expect(Math.max(...rows.map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(text).toContain("  and 60 more; --json lists all of them\n");
    expect(text).toContain("divergent_update (100)");
    expect(text).not.toContain("p40");
  });
});
