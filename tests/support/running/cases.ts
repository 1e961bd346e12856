import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { given } from "@omnigraph/base";
import fc from "fast-check";

const REPROS = new URL("../../oracle/repros/", import.meta.url);
/** Milliseconds to shrink a failing case. */
const SHRINKING_MS = 60_000;

/** How many random cases a test runs: `OMNIGRAPH_TIMES` as many where that is set, before a release say. */
export function cases(count: number): number {
  return count * Number(process.env["OMNIGRAPH_TIMES"] ?? 1);
}

/** Milliseconds that a machine ten times slower than ours may take for so many cases: whoever takes longer hangs. */
export function patience(count: number): number {
  return 180_000 + SHRINKING_MS + count * 1_500;
}

/** Runs that many cases, others at each run unless there is a seed. What a failing one shrinks to is kept as a file, which `repros` then names. */
export async function checkCases<Case>(
  kind: string,
  drawn: fc.Arbitrary<Case>,
  count: number,
  replay: (one: Case) => Promise<void>,
  seed?: number,
): Promise<void> {
  const run = await fc.check(fc.asyncProperty(drawn, replay), {
    numRuns: count,
    // Shrinking replays a lot: a failure is told before the time of the test is over.
    interruptAfterTimeLimit: patience(count) - SHRINKING_MS,
    markInterruptAsFailure: false,
    ...given({ seed }),
  });
  if (run.counterexample !== null)
    keep(`${kind}-${run.seed}.json`, JSON.stringify(run.counterexample[0], null, 2));
  if (run.failed) throw new Error(fc.defaultReportMessage(run), { cause: run.errorInstance });
  if (run.numRuns < count) throw new Error(`only ${run.numRuns} of ${count} cases were run in time`);
}

/** Keeps a failing case. */
export function keep(file: string, text: string): void {
  mkdirSync(REPROS, { recursive: true });
  writeFileSync(new URL(file, REPROS), `${text}\n`);
}

/** The files of the cases of a kind that failed once. */
export function repros(kind: string): readonly string[] {
  return readdirSync(REPROS).filter((file) => file.startsWith(`${kind}-`));
}

export function reproText(file: string): string {
  return readFileSync(new URL(file, REPROS), "utf8");
}

/** The case of a file, as the test that it is of wrote it. */
export function repro<Case>(file: string): Case {
  return JSON.parse(reproText(file));
}
