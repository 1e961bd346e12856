import { KeyBytes } from "./key-bytes.ts";
import { RecordBuffer } from "./record-buffer.ts";
import { RUN_BUFFER_BYTES, type RunFile, type RunReader, RunWriter } from "./run-file.ts";
import { RunMerge } from "./run-merge.ts";
import type { Spilling } from "./spilling.ts";
import { WordLog } from "./word-log.ts";

/** Bytes of rows that are sorted in memory, at least and at most. */
const LEAST_BYTES = 256;
const MOST_BYTES = 1 << 20;
/** Runs that are merged at once, at most. */
const MOST_RUNS = 256;
/** Records that one step merges. */
const STEP_RECORDS = 4096;

/**
 * Sorts rows by a key of bytes, on disk: runs are sorted in memory, then merged. Rows with equal keys stay in the order of arrival. With a limit only the first
 * rows are kept, and as long as these have room in memory, nothing is written.
 */
export class RowSorter {
  /** The key of the row that is added next. */
  readonly key: KeyBytes = new KeyBytes();
  readonly #width: number;
  readonly #limit: number;
  readonly #spilling: Spilling;
  readonly #fanIn: number;
  readonly #buffer: RecordBuffer;
  /** In the order of arrival; those that a pass has merged are in `#merged`. */
  #runs: RunFile[] = [];
  #merged: RunFile[] = [];
  #merging: Merging | null = null;
  #sorted: WordLog | null = null;

  /** Rows have `width` words; the first `limit` are asked for. */
  constructor(width: number, limit: number, spilling: Spilling) {
    this.#width = width;
    this.#limit = limit;
    this.#spilling = spilling;
    this.#fanIn = Math.min(MOST_RUNS, Math.max(2, Math.floor(spilling.above / RUN_BUFFER_BYTES)));
    const bytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, Math.floor(spilling.above / 2)));
    this.#buffer = new RecordBuffer(width, bytes);
  }

  /** Adds a row with the key that is in `key`, which it clears. Errors: those of the disk. */
  add(row: Uint32Array): void {
    while (!this.#buffer.hasRoom(this.key)) this.#makeRoom();
    this.#buffer.add(this.key, new Uint8Array(row.buffer, row.byteOffset, row.byteLength));
    this.key.clear();
  }

  /** Does a bounded part of the work after the last row; true when all is sorted. Errors: those of the disk. */
  step(): boolean {
    if (this.#sorted === null && this.#merging === null) {
      this.#buffer.sort(this.#limit);
      this.#writeRun();
    }
    this.#merging ??= this.#nextMerging();
    if (!this.#merging.step()) return false;
    const result = this.#merging.result();
    this.#merging = null;
    if ("bytes" in result) this.#merged.push(result);
    else this.#sorted = result;
    return this.#sorted !== null;
  }

  /** The rows in order, once `step` has answered true. */
  sorted(): WordLog {
    return this.#sorted!;
  }

  #makeRoom(): void {
    const all = this.#buffer.count;
    this.#buffer.sort(this.#limit);
    if (this.#buffer.count * 2 <= all) this.#buffer.compact();
    else this.#writeRun();
  }

  #writeRun(): void {
    if (this.#buffer.count > 0) this.#runs.push(this.#buffer.write(this.#spilling));
    this.#buffer.clear();
  }

  #nextMerging(): Merging {
    if (this.#runs.length === 0) {
      this.#runs = this.#merged;
      this.#merged = [];
    }
    const isLast = this.#merged.length === 0 && this.#runs.length <= this.#fanIn;
    const runs = this.#runs.splice(0, this.#fanIn);
    const into = isLast ? new WordLog(this.#width, this.#spilling) : null;
    return new Merging(runs, this.#width, this.#limit, into, this.#spilling);
  }
}

/** One merge of runs: into another run, or into the sorted rows. */
class Merging {
  readonly #runs: readonly RunFile[];
  readonly #merge: RunMerge;
  readonly #spilling: Spilling;
  readonly #log: WordLog | null;
  readonly #writer: RunWriter | null;
  readonly #row: Uint32Array;
  readonly #rowBytes: Uint8Array;
  #left: number;

  constructor(
    runs: readonly RunFile[],
    width: number,
    limit: number,
    into: WordLog | null,
    spilling: Spilling,
  ) {
    this.#runs = runs;
    this.#merge = new RunMerge(runs, width);
    this.#spilling = spilling;
    this.#log = into;
    const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
    this.#writer = into === null ? new RunWriter(bytes, spilling) : null;
    this.#row = new Uint32Array(width);
    this.#rowBytes = new Uint8Array(this.#row.buffer);
    this.#left = limit;
  }

  step(): boolean {
    for (let k = 0; k < STEP_RECORDS; k++) {
      const record = this.#left === 0 ? null : this.#merge.next();
      if (record === null) return true;
      this.#take(record);
      this.#left--;
    }
    return false;
  }

  /** To be called once; gives back the runs that were merged. */
  result(): RunFile | WordLog {
    for (const { room } of this.#runs) this.#spilling.giveBack(room);
    return this.#log ?? this.#writer!.finish();
  }

  #take({ bytes, keyFrom, keyEnd, end }: RunReader): void {
    if (this.#log === null) this.#writer!.append(bytes, keyFrom, keyEnd, end);
    else {
      this.#rowBytes.set(bytes.subarray(keyEnd, end));
      this.#log.append(this.#row);
    }
  }
}
