import { LIMITS, OmnigraphError } from "@omnigraph/base";

/** What one actor has in flight. */
interface InFlight {
  writes: number;
  bytes: number;
}

/** What one actor may have in flight. */
interface Most {
  readonly writes: number;
  readonly bytes: number;
}

/** How much of each actor's writing a server works on at once, so that one cannot crowd out the others. */
export class Admission {
  readonly #most: Most;
  readonly #byActor = new Map<string, InFlight>();

  /** Writes that are at work. */
  get inFlight(): number {
    return [...this.#byActor.values()].reduce((sum, { writes }) => sum + writes, 0);
  }

  constructor(most: Most = { writes: LIMITS.httpWrites.value, bytes: LIMITS.httpWriteBytes.value }) {
    this.#most = most;
  }

  /** Admits a write with a body of so many bytes; the function that it answers is called once it has ended. Errors: `too_many_requests`. */
  admit(actor: string, bytes: number): () => void {
    const now = this.#byActor.get(actor) ?? { writes: 0, bytes: 0 };
    const { writes, bytes: room } = this.#most;
    if (now.writes >= writes || (now.writes > 0 && now.bytes + bytes > room))
      throw new OmnigraphError(
        "too_many_requests",
        `${now.writes} writes of yours are in flight, as many as this server takes at once; repeat this one in a second`,
      );
    now.writes++;
    now.bytes += bytes;
    this.#byActor.set(actor, now);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      now.writes--;
      now.bytes -= bytes;
      if (now.writes === 0) this.#byActor.delete(actor);
    };
  }
}
