import { isError } from "@omnigraph/base";
import type { CommitRecord, GraphLog, Pin } from "@omnigraph/log";

/** A claim on the commit from which a write takes what only that commit may need, until the write has ended. */
export class Claim {
  readonly #log: GraphLog;
  readonly #purpose: string;
  #pin: Pin | null = null;

  /** `purpose` is for people. */
  constructor(log: GraphLog, purpose: string) {
    this.#log = log;
    this.#purpose = purpose;
  }

  /** Claims the commit, always the same; throws `history_reclaimed` where it is condemned, or the claim was lost since. */
  async hold(commit: CommitRecord): Promise<void> {
    this.#pin ??= await this.#log.starts.pin(commit, this.#purpose);
    await this.#pin.check();
  }

  /** Does the write, and ends the claim; where nobody can tell what became of the write, the claim expires. */
  async during<T>(write: () => Promise<T>): Promise<T> {
    try {
      const written = await write();
      await this.#pin?.release();
      return written;
    } catch (thrown) {
      if (isError(thrown, "outcome_unknown")) await this.#pin?.abandon();
      else await this.#pin?.release();
      throw thrown;
    }
  }
}
