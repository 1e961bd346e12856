import { isUtf8 } from "node:buffer";
import { atOnce, type Environment, inTurns, OmnigraphError, quoted, STEP_ROWS } from "@omnigraph/base";
import type { Catalog } from "@omnigraph/language";
import { IdMinter } from "../generated-ids.ts";
import { CarefulReader } from "./careful-line.ts";
import { linePlans, type LinePlans, type TypePlan } from "./plan.ts";
import { LoadProblems } from "./problems.ts";
import { type LoadedRows, RowSink } from "./row-sink.ts";
import { LineScanner } from "./scan-line.ts";
import { Slots } from "./slots.ts";

/** A file read into columns: every line is well formed and has passed the checks of the schema that need one line alone. */
export interface LoadFile {
  /** The types that occur, in the order of the catalog. */
  readonly types: readonly LoadedRows[];
  readonly bytes: number;
  /** How many DateTime values, items of lists too, were cut to the millisecond. */
  readonly timesCut: number;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Called after each piece of input with the totals so far. */
  readonly onProgress?: (bytes: number, rows: number) => void;
}

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Reads NDJSON in pieces of any size. Blank lines are skipped.
 * Errors: `load_invalid` listing the lines that are malformed or do not fit the schema; `aborted`.
 */
export async function readLoad(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  catalog: Catalog,
  environment: Environment,
  options: ReadOptions = {},
): Promise<LoadFile> {
  const reader = new FileReader(linePlans(catalog), environment);
  for await (const piece of input) {
    if (options.signal?.aborted === true)
      throw new OmnigraphError("aborted", "the load was stopped; nothing was loaded");
    reader.piece(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    options.onProgress?.(reader.bytes, reader.rows);
    if (reader.problems.full) break;
  }
  return reader.finish(options.signal);
}

/** Splits the input into lines and adds each to the rows of its type. */
class FileReader {
  readonly problems = new LoadProblems();
  bytes = 0;
  rows = 0;
  private line = 0;
  private readonly plans: LinePlans;
  private readonly slots: Slots;
  private readonly scanner: LineScanner;
  private readonly careful: CarefulReader;
  private readonly minter: IdMinter;
  private readonly sinks: (RowSink | undefined)[];
  /** The start of a line whose end has not been read yet. */
  private rest = Buffer.alloc(0);

  constructor(plans: LinePlans, environment: Environment) {
    this.plans = plans;
    this.slots = new Slots(plans.size);
    this.scanner = new LineScanner(plans, this.slots);
    this.careful = new CarefulReader(plans, this.slots, this.problems);
    this.minter = new IdMinter(environment);
    this.sinks = plans.all.map(() => undefined);
  }

  piece(piece: Buffer): void {
    let from = 0;
    this.bytes += piece.length;
    if (this.rest.length > 0) {
      const end = piece.indexOf(LINE_FEED);
      this.rest = Buffer.concat([this.rest, end < 0 ? piece : piece.subarray(0, end + 1)]);
      if (end < 0) return;
      this.lines(this.rest, 0, this.rest.length);
      from = end + 1;
    }
    const end = piece.lastIndexOf(LINE_FEED) + 1;
    if (end > from) this.lines(piece, from, end);
    this.rest = Buffer.from(piece.subarray(Math.max(from, end)));
  }

  async finish(signal?: AbortSignal): Promise<LoadFile> {
    if (this.rest.length > 0) {
      const last = Buffer.concat([this.rest, Buffer.of(LINE_FEED)]);
      this.lines(last, 0, last.length);
    }
    this.problems.throwIfAny();
    const types: LoadedRows[] = [];
    for (const sink of this.sinks) {
      if (sink === undefined) continue;
      const steps = sink.finishing();
      types.push(sink.length <= STEP_ROWS ? atOnce(steps) : await inTurns(steps, signal));
    }
    return { types, bytes: this.bytes, timesCut: this.careful.timesCut };
  }

  /** Reads whole lines: bytes[from, to) ends with a line feed. */
  private lines(bytes: Buffer, from: number, to: number): void {
    const trusted = isUtf8(bytes.subarray(from, to));
    let at = from;
    while (at < to) {
      this.line++;
      const plan = trusted ? this.scanner.scan(bytes, at, to) : null;
      if (plan !== null) {
        this.store(plan, bytes);
        at = this.scanner.lineEnd + 1;
        continue;
      }
      const end = bytes.indexOf(LINE_FEED, at);
      this.carefulLine(bytes, at, end, trusted);
      if (this.problems.full) return;
      at = end + 1;
    }
  }

  private carefulLine(bytes: Buffer, from: number, to: number, trusted: boolean): void {
    if (!trusted && !isUtf8(bytes.subarray(from, to))) {
      const problem = {
        line: this.line,
        reason: "json_invalid",
        type: null,
        id: null,
        property: null,
      } as const;
      this.problems.add({ ...problem, message: "not JSON: the line is not UTF-8" });
      return;
    }
    const whole = bytes.toString("utf8", from, to);
    const text = this.line === 1 && whole.startsWith(BYTE_ORDER_MARK) ? whole.slice(1) : whole;
    if (text.trim() === "") return;
    const plan = this.careful.read(text, this.line);
    if (plan !== null) this.store(plan, bytes);
  }

  private store(plan: TypePlan, bytes: Buffer): void {
    let sink = this.sinks[plan.index];
    if (sink === undefined) {
      sink = new RowSink(plan, this.minter);
      this.sinks[plan.index] = sink;
    }
    const key = sink.append(this.slots, bytes, this.line);
    if (key === null) {
      this.rows++;
      return;
    }
    const { type } = plan;
    const message = `${type.name}: id must be ${quoted(key)}, as the key gives it`;
    this.problems.add({ line: this.line, reason: "value_invalid", message, type, id: key, property: "id" });
  }
}
