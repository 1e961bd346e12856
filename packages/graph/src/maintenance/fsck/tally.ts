import { LIMITS } from "@omnigraph/base";
import type { FsckAnswer, FsckFinding, FsckSeverity } from "@omnigraph/wire";
import { CLASSES } from "./classes.ts";

/** A finding before it is said how severe it is and what to do. */
export type Found = Omit<FsckFinding, "severity" | "advice">;

/** Counts findings and passes them on; keeps the first ones for the answer. */
export class Tally<About> {
  readonly #onFinding: (finding: FsckFinding, about: About) => void;
  readonly #kept: FsckFinding[] = [];
  readonly #counts: Record<FsckSeverity, number> = { error: 0, warning: 0, note: 0 };

  constructor(onFinding: (finding: FsckFinding, about: About) => void) {
    this.#onFinding = onFinding;
  }

  /** Whether there were neither errors nor warnings. */
  get isClean(): boolean {
    return this.#counts.error + this.#counts.warning === 0;
  }

  add(found: Found, about: About): void {
    const finding = { ...found, ...CLASSES[found.class] };
    this.#counts[finding.severity]++;
    if (this.#kept.length < LIMITS.fsckFindings.value) this.#kept.push(finding);
    this.#onFinding(finding, about);
  }

  answer(checked: FsckAnswer["checked"]): FsckAnswer {
    const { error: errors, warning: warnings, note: notes } = this.#counts;
    return { isClean: this.isClean, errors, warnings, notes, checked, findings: this.#kept };
  }
}
