import { isUtf8 } from "node:buffer";
import { quoted } from "@omnigraph/base";
import { CarefulReader } from "./careful-line.ts";
import type { LinePlans, TypePlan } from "./plan.ts";
import { LoadProblems } from "./problems.ts";
import { type RowPiece, RowSink } from "./row-sink.ts";
import { LineScanner } from "./scan-line.ts";
import { Slots } from "./slots.ts";

/** What lines that follow each other came to. Lines are counted from the first of them, which is 1. */
export interface ReadLines {
  readonly lines: number;
  readonly rows: number;
  /** One for each type that occurs, in the order of the plans. */
  readonly pieces: readonly RowPiece[];
  readonly problems: LoadProblems;
  readonly timesCut: number;
}

export const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = "\uFEFF";

/** Reads blocks of whole lines into columns; `take` answers what came in since it was last called. It reads in whichever thread it is made in. */
export class BlockReader {
  problems = new LoadProblems();
  rows = 0;
  private line = 0;
  private readonly plans: LinePlans;
  private readonly slots: Slots;
  private readonly scanner: LineScanner;
  private careful: CarefulReader;
  private readonly sinks: (RowSink | undefined)[];
  /** The sinks of the last lines that were taken. */
  private readonly former: RowSink[] = [];
  /** Whether the next line is the first of the file. */
  private isFirst: boolean;

  /** `startsFile`: the first line that it reads is the first of the file, which may start with a byte order mark. */
  constructor(plans: LinePlans, startsFile: boolean) {
    this.plans = plans;
    this.isFirst = startsFile;
    this.slots = new Slots(plans.size);
    this.scanner = new LineScanner(plans, this.slots);
    this.careful = new CarefulReader(plans, this.slots, this.problems);
    this.sinks = plans.all.map(() => undefined);
  }

  /** Reads whole lines: bytes[from, to) ends with a line feed. Stops early when there are too many problems. */
  read(bytes: Buffer, from: number, to: number): void {
    const trusted = isUtf8(bytes.subarray(from, to));
    let at = from;
    while (at < to) {
      this.line++;
      const plan = trusted ? this.scanner.scan(bytes, at, to) : null;
      if (plan !== null) {
        this.store(plan, bytes);
        at = this.scanner.lineEnd + 1;
      } else {
        const end = bytes.indexOf(LINE_FEED, at);
        this.carefulLine(bytes, at, end, trusted);
        if (this.problems.full) return;
        at = end + 1;
      }
      this.isFirst = false;
    }
  }

  /** What was read since the last call. */
  take(): ReadLines {
    const pieces: RowPiece[] = [];
    for (const [index, sink] of this.sinks.entries()) {
      if (sink === undefined) continue;
      pieces.push(sink.finish());
      this.sinks[index] = undefined;
      this.former[index] = sink;
    }
    const { line: lines, rows, problems } = this;
    const { timesCut } = this.careful;
    this.line = 0;
    this.rows = 0;
    this.problems = new LoadProblems();
    this.careful = new CarefulReader(this.plans, this.slots, this.problems);
    return { lines, rows, pieces, problems, timesCut };
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
    const text = this.isFirst && whole.startsWith(BYTE_ORDER_MARK) ? whole.slice(1) : whole;
    if (text.trim() === "") return;
    const plan = this.careful.read(text, this.line);
    if (plan !== null) this.store(plan, bytes);
  }

  private store(plan: TypePlan, bytes: Buffer): void {
    let sink = this.sinks[plan.index];
    if (sink === undefined) {
      sink = new RowSink(plan, this.former[plan.index]);
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
