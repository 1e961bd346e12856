import type { ExplainAnswer, PlannedStep } from "omnigraph";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { planText } from "./plan.ts";

const LONG = "a_name_that_is_as_long_as_names_may_get_and_longer_than_a_terminal_is_wide_".repeat(2);

function step(given: Partial<PlannedStep>): PlannedStep {
  return { operator: "scan", text: "", conditions: [], estimate: null, actual: null, steps: [], ...given };
}

function answer(given: Partial<ExplainAnswer>): ExplainAnswer {
  return {
    queryName: "q",
    kind: "read",
    branch: "main",
    snapshot: null,
    commit: "c",
    steps: [],
    inputs: [],
    totals: null,
    touches: null,
    warnings: [],
    ...given,
  };
}

/** A plan with everything wide: names, texts of wide characters, numbers, and many levels. */
function wide(): ExplainAnswer {
  const leaf = step({ operator: "count", text: LONG });
  const nested = Array.from({ length: 40 }).reduce<PlannedStep>(
    (within, _, level) => step({ operator: "never", text: `${level}`, steps: [within, leaf] }),
    leaf,
  );
  const huge = { rows: 123_456_789_012, matches: 1e300 };
  return answer({
    queryName: LONG,
    branch: LONG,
    steps: [
      step({
        operator: "look_up",
        text: `$${LONG}: ${LONG}`,
        conditions: [`key = "${"宽".repeat(70)}"`, `where "${"👩‍👩‍👧‍👦".repeat(40)}"`],
        estimate: huge,
        actual: { ...huge, milliseconds: 123_456_789.123 },
        steps: [nested],
      }),
    ],
    inputs: [
      {
        kind: "node",
        typeName: LONG,
        part: "column",
        property: LONG,
        source: "store",
        place: "memory",
        memoryBytes: Number.MAX_SAFE_INTEGER,
      },
    ],
    touches: [{ kind: "node", type: LONG, inserted: 1e15, updated: 1e15, deleted: 1e15 }],
    totals: {
      rows: Number.MAX_SAFE_INTEGER,
      milliseconds: 1e12,
      loadMilliseconds: 1e12,
      memoryBytes: 1e15,
      diskBytes: 1e15,
    },
  });
}

const widths = (text: string): readonly number[] => text.split("\n").map((line) => stringWidth(line));

describe("a plan for people", () => {
  it.each([
    [null, 80],
    [80, 80],
    [60, 60],
    [200, 200],
  ])("fits a terminal of %s columns, whatever is in it", (terminal, most) => {
    for (const given of [wide(), { ...wide(), totals: null }]) {
      const { text } = planText(given, terminal);
      expect(Math.max(...widths(text))).toBeLessThanOrEqual(most);
      expect(text).toContain("…");
    }
  });

  it("no line ends in blanks, and numbers stand below their heads", () => {
    const actual = { rows: 7, matches: 21, milliseconds: 0.126 };
    const { text } = planText(
      answer({
        steps: [
          step({
            text: "$p: P",
            conditions: ["where $p.a = 1"],
            estimate: { rows: 0.4, matches: 2 },
            actual,
            steps: [
              step({ operator: "count", text: "$p Knows out $q", estimate: { rows: 5, matches: 5 } }),
              step({ operator: "never", conditions: ["where $p.a = 2"] }),
            ],
          }),
        ],
        totals: { rows: 7, milliseconds: 1500.4, loadMilliseconds: 1, memoryBytes: 2_340_000, diskBytes: 0 },
      }),
      60,
    );
    expect(text).toBe(
      [
        "q on branch main                expected      rows        ms",
        "scan $p: P                            <1         7      0.13",
        "  where $p.a = 1",
        "  matches: 2 expected, 21 found",
        "  ├ count $p Knows out $q              5",
        "  └ never",
        "      where $p.a = 2",
        "",
        "rows: 7",
        "time: 1500.40 ms, of it reading inputs: 1.00 ms",
        "rows under way: 2.34M bytes of memory, 0 bytes on disk",
        "",
      ].join("\n"),
    );
  });

  it("control characters in a plan do not reach the terminal", () => {
    const { text } = planText(answer({ steps: [step({ text: "a\u001b[31mb\nc" })] }), null);
    expect(text).toContain("scan a\\u001b[31mb\\nc");
  });
});
