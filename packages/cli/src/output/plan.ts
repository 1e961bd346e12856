import { counted } from "@omnigraph/base";
import type { ExplainAnswer, PlannedInput, PlannedStep, PlanRows, PlanTotals } from "omnigraph";
import { cellOf, cut } from "./cell.ts";
import { countsText } from "./counts.ts";
import { joined, type Shown, shown } from "./shown.ts";
import { table } from "./table.ts";

/** Columns of a terminal that a plan takes where nobody says how many there are. */
const WIDTH = 80;
/** Columns for a number behind a step. */
const NUMBER_WIDTH = 10;
const WITHIN = "  ";

/** A line of the tree: what is drawn before the text, the text, and the numbers behind it. */
interface Line {
  readonly text: string;
  readonly numbers: readonly string[];
}

/**
 * A plan as a tree of its steps with their numbers, a table of its inputs, and what a mutation would change. No line is wider than the terminal, or than 80 columns
 * where there is none.
 */
export function planText(answer: ExplainAnswer, terminalWidth: number | null): Shown {
  const width = terminalWidth ?? WIDTH;
  const { totals, touches, inputs, steps } = answer;
  const isRun = totals !== null;
  const lines = [
    { text: titleOf(answer), numbers: isRun ? ["expected", "rows", "ms"] : ["expected"] },
    ...steps.flatMap((step) => stepLines(step, "", "", isRun)),
  ];
  const parts = [
    joined(lines.map((line) => drawn(line, width))),
    ...(inputs.length === 0 ? [] : [inputsTable(inputs, isRun, width)]),
    ...(touches === null || touches.length === 0 ? [] : [countsText(touches, { width })]),
    ...(totals === null
      ? []
      : [joined(totalsLines(answer, totals).map((text) => drawn({ text, numbers: [] }, width)))]),
  ];
  return joined(parts, "\n");
}

function titleOf({ queryName, branch, snapshot }: ExplainAnswer): string {
  return `${queryName} on ${snapshot === null ? `branch ${branch}` : `snapshot ${snapshot}`}`;
}

/** `head` stands before the step itself, `rest` before everything that belongs to it. */
function stepLines(step: PlannedStep, head: string, rest: string, isRun: boolean): readonly Line[] {
  const { operator, text, conditions, estimate, actual, steps } = step;
  const ran = actual === null ? ["", ""] : [amount(actual.rows), milliseconds(actual.milliseconds)];
  const expected = estimate === null ? "" : amount(estimate.rows);
  const last = steps.length - 1;
  return [
    {
      text: `${head}${operator.replace("_", " ")} ${text}`.trimEnd(),
      numbers: isRun ? [expected, ...ran] : [expected],
    },
    ...[...conditions, ...matchesOf(estimate, actual)].map((condition) => ({
      text: `${rest}${WITHIN}${condition}`,
      numbers: [],
    })),
    ...steps.flatMap((within, at) => {
      const [before, below] = at === last ? ["└ ", "  "] : ["├ ", "│ "];
      return stepLines(within, `${rest}${WITHIN}${before}`, `${rest}${WITHIN}${below}`, isRun);
    }),
  ];
}

/** How many matches the rows stand for, where they are others than the rows. */
function matchesOf(estimate: PlanRows | null, actual: PlanRows | null): readonly string[] {
  const differs = (rows: PlanRows | null): rows is PlanRows =>
    rows !== null && amount(rows.rows) !== amount(rows.matches);
  const told = [
    ...(differs(estimate) ? [`${amount(estimate.matches)} expected`] : []),
    ...(differs(actual) ? [`${amount(actual.matches)} found`] : []),
  ];
  return told.length === 0 ? [] : [`matches: ${told.join(", ")}`];
}

/** A line that fits: its text is cut where its numbers begin. */
function drawn({ text, numbers }: Line, width: number): Shown {
  const behind = numbers.map((number) => number.padStart(NUMBER_WIDTH)).join("");
  const room = Math.max(1, width - behind.length);
  const { text: left, width: taken } = cut(cellOf(text), room);
  return shown`${left}${behind.trim() === "" ? "" : " ".repeat(room - taken) + behind.trimEnd()}\n`;
}

function inputsTable(inputs: readonly PlannedInput[], isRun: boolean, width: number): Shown {
  const rows = inputs.map(({ typeName, part, property, source, place, memoryBytes }) => [
    `${property === null ? typeName : `${typeName}.${property}`}${part === "column" ? "" : ` (${part})`}`,
    source,
    ...(isRun ? [place ?? "", amount(memoryBytes)] : []),
  ]);
  const ran = ["then in", { name: "bytes", align: "right" as const }];
  return table(["input", "from", ...(isRun ? ran : [])], rows, { width });
}

function totalsLines({ kind }: ExplainAnswer, totals: PlanTotals): readonly string[] {
  const { rows, milliseconds: whole, loadMilliseconds, memoryBytes, diskBytes } = totals;
  return [
    kind === "read"
      ? `rows: ${rows}`
      : `would touch ${counted(rows, "entity", "entities")}; nothing is written`,
    `time: ${milliseconds(whole)} ms, of it reading inputs: ${milliseconds(loadMilliseconds)} ms`,
    `rows under way: ${amount(memoryBytes)} bytes of memory, ${amount(diskBytes)} bytes on disk`,
  ];
}

const UNITS = ["", "k", "M", "G", "T", "P"];

/** A number in at most eight characters: whole up to a million, then three digits with a unit. */
function amount(value: number): string {
  if (value > 0 && value < 1) return "<1";
  if (value < 1e6) return String(Math.round(value));
  const unit = Math.floor(Math.log10(value) / 3);
  const suffix = UNITS[unit];
  return suffix === undefined
    ? value.toExponential(1)
    : `${Number((value / 1000 ** unit).toPrecision(3))}${suffix}`;
}

function milliseconds(value: number): string {
  return value < 1e6 ? value.toFixed(2) : amount(value);
}
