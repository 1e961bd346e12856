import type { SlotPlan, TypePlan } from "./plan.ts";
import type { FROM_SLOT, ID_SLOT, TO_SLOT } from "./slots.ts";

/** A value in a line: of a property, or the text of an id in one of the first slots. */
export type Field = SlotPlan | IdSlot;

export type IdSlot = typeof ID_SLOT | typeof FROM_SLOT | typeof TO_SLOT;

/** Bytes between two values, as 32-bit words and what is left. */
interface Literal {
  readonly words: Int32Array;
  readonly tail: Uint8Array;
}

/** Shapes that are tried for each line. */
const MOST_SHAPES = 4;
/** Lines that have to be of a known shape for each further shape that is learnt, after the first few: a file of ever new shapes gains nothing by them. */
const LINES_PER_SHAPE = 16;
const FREE_SHAPES = 32;

/**
 * What the lines of one program have in common: which values they have, and every byte between them. A line with the same bytes needs no look at its names,
 * and lacks nothing, as the first line of its shape lacked nothing.
 */
export class LineShape {
  readonly plan: TypePlan;
  readonly fields: readonly Field[];
  private readonly literals: readonly Literal[];

  constructor(plan: TypePlan, fields: readonly Field[], literals: readonly Uint8Array[]) {
    this.plan = plan;
    this.fields = fields;
    this.literals = literals.map(literalOf);
  }

  /** Position after the bytes before value `i` (behind the last value: before the next line), if they are at `at`, else -1. Nothing at `end` or after it is read. */
  after(i: number, view: DataView, at: number, end: number): number {
    const { words, tail } = this.literals[i]!;
    let next = at;
    if (at + words.length * 4 + tail.length > end) return -1;
    for (let k = 0; k < words.length; k++, next += 4) if (view.getInt32(next, true) !== words[k]) return -1;
    for (let k = 0; k < tail.length; k++, next++) if (view.getUint8(next) !== tail[k]) return -1;
    return next;
  }
}

function literalOf(bytes: Uint8Array): Literal {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const words = Int32Array.from({ length: bytes.length >>> 2 }, (_, k) => view.getInt32(4 * k, true));
  return { words, tail: new Uint8Array(bytes.subarray(4 * words.length)) };
}

/** The shapes of the lines before, those of late first. */
export class LineShapes {
  readonly known: LineShape[] = [];
  private credit = FREE_SHAPES * LINES_PER_SHAPE;
  private readonly fields: Field[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  /** Starts to note the values of a line. */
  start(): void {
    this.fields.length = 0;
    this.starts.length = 0;
    this.ends.length = 0;
  }

  /** Notes a value at [start, end). */
  note(field: Field, start: number, end: number): void {
    this.fields.push(field);
    this.starts.push(start);
    this.ends.push(end);
  }

  /** Remembers the shape of a line at [from, to), whose values were noted. */
  learn(plan: TypePlan, bytes: Uint8Array, from: number, to: number): void {
    if (this.credit < LINES_PER_SHAPE) return;
    this.credit -= LINES_PER_SHAPE;
    const literals = [...this.starts, to].map((start, i) =>
      bytes.subarray(i === 0 ? from : this.ends[i - 1], start),
    );
    this.known.unshift(new LineShape(plan, [...this.fields], literals));
    if (this.known.length > MOST_SHAPES) this.known.pop();
  }

  /** A line was of the known shape at this position. */
  found(position: number): void {
    this.credit++;
    if (position === 0) return;
    const shape = this.known[position]!;
    this.known[position] = this.known[position - 1]!;
    this.known[position - 1] = shape;
  }
}
