import type { TupleCounts } from "./tuple-counts.ts";

/** Up to this many changes stay in logs and are not folded into the counts. */
const MIN_FOLD = 4096;

/** A change log up to a mark; later entries belong to later views. */
interface Part {
  readonly log: ChangeLog;
  readonly mark: number;
}

/**
 * The number of live rows of a view that hold each tuple, by 64-bit hash. Immutable: the index of the next view shares the counts and logs of this one,
 * also when several views follow one, so that each costs only its own changes.
 */
export class TupleIndex {
  readonly #counts: TupleCounts;
  /** Oldest first; each is more than twice as long as the next. */
  readonly #parts: readonly Part[];

  /** `counts` must not change any more. */
  constructor(counts: TupleCounts, parts: readonly Part[] = []) {
    this.#counts = counts;
    this.#parts = parts;
  }

  count(low: number, high: number): number {
    let count = this.#counts.count(low, high);
    for (const { log, mark } of this.#parts) count += log.sum(low >>> 0, high >>> 0, mark);
    return count;
  }

  /** The index after changes, which `write` adds one by one. */
  after(write: (add: (low: number, high: number, difference: number) => void) => void): TupleIndex {
    const last = this.#parts.at(-1);
    const goesOn = last !== undefined && last.log.length === last.mark;
    const log = goesOn ? last.log : new ChangeLog();
    const start = log.length;
    write((low, high, difference) => log.add(low >>> 0, high >>> 0, difference));
    if (log.length === start) return this;
    const parts = [...(goesOn ? this.#parts.slice(0, -1) : this.#parts), { log, mark: log.length }];
    const length = parts.reduce((sum, { mark }) => sum + mark, 0);
    return length > Math.max(MIN_FOLD, this.#counts.size >>> 3)
      ? new TupleIndex(this.#folded(parts))
      : new TupleIndex(this.#counts, joined(parts));
  }

  #folded(parts: readonly Part[]): TupleCounts {
    const counts = this.#counts.copy();
    for (const { log, mark } of parts)
      log.replay(mark, (low, high, difference) => counts.add(low, high, difference));
    return counts;
  }
}

/** Joins short logs, so that their number is logarithmic in the number of changes. */
function joined(parts: Part[]): readonly Part[] {
  for (;;) {
    const [before, last] = parts.slice(-2);
    if (before === undefined || last === undefined || before.mark > last.mark * 2) return parts;
    const log = new ChangeLog();
    for (const part of [before, last])
      part.log.replay(part.mark, (low, high, difference) => log.add(low, high, difference));
    parts.splice(-2, 2, { log, mark: log.length });
  }
}

/** An append-only log of changes of counts. */
class ChangeLog {
  readonly #lows: number[] = [];
  readonly #highs: number[] = [];
  readonly #differences: number[] = [];
  /** The sum of the differences of the same tuple up to this position. */
  readonly #sums: number[] = [];
  /** The previous position with the same low word, or -1. */
  readonly #previous: number[] = [];
  /** The newest position by low word. */
  readonly #heads = new Map<number, number>();

  get length(): number {
    return this.#lows.length;
  }

  add(low: number, high: number, difference: number): void {
    const sum = this.sum(low, high, this.length) + difference;
    this.#previous.push(this.#heads.get(low) ?? -1);
    this.#heads.set(low, this.length);
    this.#lows.push(low);
    this.#highs.push(high);
    this.#differences.push(difference);
    this.#sums.push(sum);
  }

  /** The sum of the changes of a tuple below a mark. */
  sum(low: number, high: number, mark: number): number {
    for (let at = this.#heads.get(low) ?? -1; at >= 0; at = this.#previous[at]!)
      if (at < mark && this.#highs[at] === high) return this.#sums[at]!;
    return 0;
  }

  replay(mark: number, each: (low: number, high: number, difference: number) => void): void {
    for (let at = 0; at < mark; at++) each(this.#lows[at]!, this.#highs[at]!, this.#differences[at]!);
  }
}
