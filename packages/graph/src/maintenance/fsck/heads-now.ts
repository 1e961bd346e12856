import { isReclaimedTable, LogCheck, type Survey } from "@omnigraph/log";
import type { LayerEntry, ObjectStore } from "@omnigraph/storage";
import { type Environment, isError } from "@omnigraph/base";
import { DAMAGE } from "./damage.ts";

/** The heads of branches, looked at again where cleanup may have taken what they were made of: others write and clean up beside a check. */
export class HeadsNow {
  readonly #store: ObjectStore;
  readonly #environment: Environment;
  #survey: Survey;

  constructor(store: ObjectStore, environment: Environment, survey: Survey) {
    this.#store = store;
    this.#environment = environment;
    this.#survey = survey;
  }

  /** Whether a table that was named when the check began is gone by right: cleanup may remove it, and no head is made of it any more. */
  async isGone(entry: LayerEntry): Promise<boolean> {
    const place = `tables/${entry.staging}/${entry.type}.lance`;
    if (!(await isReclaimed(this.#store, place))) return false;
    if (isRead(this.#survey, entry))
      this.#survey = await new LogCheck(this.#store, this.#environment).survey();
    return !isRead(this.#survey, entry);
  }
}

/** Whether cleanup says that a table may be gone. What it says can be damaged, which is a finding of its own. */
export async function isReclaimed(store: ObjectStore, place: string): Promise<boolean> {
  try {
    return await isReclaimedTable(store, "read", place);
  } catch (cause) {
    if (!isError(cause) || !DAMAGE.has(cause.reason)) throw cause;
    return false;
  }
}

/** Whether the head of a branch is made of a layer. */
export function isRead({ branches }: Survey, { staging, type }: LayerEntry): boolean {
  return branches.some(({ layout }) =>
    layout?.get(type)?.some((piece) => piece.kind === "layer" && piece.entry.staging === staging),
  );
}
