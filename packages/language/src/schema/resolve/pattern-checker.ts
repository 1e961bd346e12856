import { RE2JS, RE2JSSyntaxException } from "re2js";

/**
 * Most instructions to which the patterns of one schema may compile. Repetition counts multiply, so the length of the
 * source alone does not bound the work.
 */
const BUDGET = 1_000_000;

/** The largest product of nested repetition counts that RE2 accepts. */
const MAX_REPETITIONS = 1000;

/** Checks the regular expressions of one schema; the total work is bounded. */
export class PatternChecker {
  readonly #problems = new Map<string, string | null>();
  #instructions = 0;

  /** Why a text is no usable pattern, or null. */
  problem(pattern: string): string | null {
    const known = this.#problems.get(pattern);
    if (known !== undefined) return known;
    const problem = this.#check(pattern);
    this.#problems.set(pattern, problem);
    return problem;
  }

  #check(pattern: string): string | null {
    if (mostInstructions(pattern) > BUDGET) return "the regular expression is too large";
    if (this.#instructions > BUDGET) return "the regular expressions of the schema are too large together";
    try {
      this.#instructions += RE2JS.compile(pattern).programSize();
      return null;
    } catch (error) {
      if (!(error instanceof RE2JSSyntaxException)) throw error;
      return error.message;
    }
  }
}

/** An upper bound for the size of a pattern's program: as if all its repetitions were nested around the whole pattern. */
function mostInstructions(pattern: string): number {
  let repetitions = 1;
  for (const [, least, most] of pattern.matchAll(/\{(\d{1,4})(?:,(\d{0,4}))?\}/gu)) {
    repetitions *= Math.max(1, Number(least), Number(most ?? 0));
  }
  return pattern.length * Math.min(repetitions, MAX_REPETITIONS);
}
