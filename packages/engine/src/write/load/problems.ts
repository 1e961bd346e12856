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

/** Gathers the problems of a file up to a limit; what comes after is only counted. */
export class LoadProblems {
  count = 0;
  private readonly kept: LoadProblem[] = [];

  get full(): boolean {
    return this.count > LIMITS.loadProblems.value;
  }

  add(problem: LoadProblem): void {
    this.count++;
    if (this.kept.length < LIMITS.loadProblems.value) this.kept.push(problem);
  }

  /** Throws when there is any problem: `key_conflict` where nothing else is wrong, else `load_invalid`. */
  throwIfAny(): void {
    if (this.count === 0) return;
    const problems = this.kept.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
    const [first] = problems;
    const more = this.count > problems.length ? `\n- and more` : "";
    const list = problems
      .slice(0, 20)
      .map(({ line, message }) => `- ${line === null ? "" : `line ${line}: `}${visible(message)}`);
    const hidden = problems.length > list.length ? `\n- and ${problems.length - list.length} more` : more;
    const message = `the load has ${counted(problems.length, "problem")}; nothing was loaded\n${list.join("\n")}${hidden}`;
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
}
