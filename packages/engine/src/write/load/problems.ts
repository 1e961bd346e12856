import { counted, LIMITS, OmnigraphError, type Reason, visible } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";

/** One thing wrong with a file, as `details.problems` of `load_invalid` lists it. */
export interface LoadProblem {
  /** Counted from one; null when no single line is to blame. */
  readonly line: number | null;
  readonly reason: Reason;
  readonly message: string;
  readonly type: EntityType | null;
  readonly id: string | null;
  readonly property: string | null;
}

/** Most problems in the message of the error; its details have all that were collected. */
const SHOWN = 20;

/** Collects the problems of a file up to a limit; those after it are only counted. */
export class LoadProblems {
  /** What is counted in a problem's `line`: lines of a file from one, or rows of a table from zero. */
  readonly unit: "line" | "row";
  count = 0;
  /** Those that are listed, in the order in which they were found. */
  readonly kept: LoadProblem[] = [];

  constructor(unit: "line" | "row" = "line") {
    this.unit = unit;
  }

  copy(): LoadProblems {
    const copy = new LoadProblems(this.unit);
    copy.addAfter(0, this);
    return copy;
  }

  get full(): boolean {
    return this.count > LIMITS.loadProblems.value;
  }

  add(problem: LoadProblem): void {
    this.count++;
    if (this.kept.length < LIMITS.loadProblems.value) this.kept.push(problem);
  }

  /** Adds what was found in lines that follow `lines` others, from which theirs are counted. */
  addAfter(
    lines: number,
    { count, kept }: { readonly count: number; readonly kept: readonly LoadProblem[] },
  ): void {
    this.count += count;
    const room = LIMITS.loadProblems.value - this.kept.length;
    for (const problem of kept.slice(0, room))
      this.kept.push({ ...problem, line: problem.line === null ? null : problem.line + lines });
  }

  /** Throws if there is any problem: `key_conflict` if all of them are existing ids, else `load_invalid`. */
  throwIfAny(): void {
    if (this.count === 0) return;
    const problems = this.kept.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
    const [first] = problems;
    const [what, outcome] = this.unit === "line" ? ["load", "loaded"] : ["table", "adopted"];
    const head = `the ${what} has ${this.#total()}; nothing was ${outcome}`;
    const message = `${head}\n${this.#listed(problems).join("\n")}`;
    const conflict =
      problems.every(({ reason }) => reason === "key_conflict") && first?.type != null ? first : null;
    const details = {
      problems: problems.map(({ type, ...rest }) => ({ ...rest, type: type?.name ?? null })),
      ...(conflict === null
        ? {}
        : {
            key_conflict: {
              entity_kind: conflict.type?.kind,
              type_name: conflict.type?.name,
              entity_id: conflict.id,
            },
          }),
    };
    throw new OmnigraphError(conflict === null ? "load_invalid" : "key_conflict", message, { details });
  }

  /** The number of problems for a message: above the limit it is only a lower bound. */
  #total(): string {
    if (this.full) return `more than ${counted(LIMITS.loadProblems.value, "problem")}`;
    return counted(this.count, "problem");
  }

  #listed(problems: readonly LoadProblem[]): readonly string[] {
    const shown = problems
      .slice(0, SHOWN)
      .map(({ line, message }) => `- ${line === null ? "" : `${this.unit} ${line}: `}${visible(message)}`);
    const hidden = problems.length - shown.length;
    if (hidden === 0) return shown;
    return [...shown, this.full ? `- and more than ${hidden} others` : `- and ${hidden} more`];
  }
}
