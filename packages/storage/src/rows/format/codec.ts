import type { PropertyId, TypeId } from "@omnigraph/language";
import type { ChangeSet, ColumnKey, RowBatch, TypeChanges } from "../batch.ts";
import {
  bufferLengths,
  bytesOf,
  type ColumnBuffer,
  type ColumnBuffers,
  columnBuffers,
  columnFromBuffers,
  type ColumnShape,
  isShapeSound,
} from "./buffers.ts";
import type { Column } from "../column.ts";
import { aligned, corrupt } from "./container.ts";
import { KINDS, SCALARS } from "./kinds.ts";
import { buffer } from "../growing.ts";

const FORMAT = 1;
/** Values of a buffer up to which they are written one by one. */
const FEW = 16;
const NULLS = 1;
const ITEM_NULLS = 2;
const PACKED = 4;
const UTF8 = new TextDecoder();
const BATCH_HEADER = 16;
const COLUMN_HEADER = 16;

/** Bytes of a batch as `docs/formats/rows.md` says, a multiple of 8. */
export function encodeBatch(batch: RowBatch): Uint8Array {
  const plan = planBatch(batch);
  const writer = new Writer(plan.byteLength);
  writer.batch(plan);
  return writer.bytes;
}

/** A batch as views of its bytes if these are 8-byte aligned, else of one copy. Errors: `object_corrupt`, naming `place`. */
export function decodeBatch(bytes: Uint8Array, place: string): RowBatch {
  const reader = new Reader(bytes, place);
  const batch = reader.batch();
  reader.end();
  return batch;
}

/** Bytes of what one commit did: one segment of its object. */
export function encodeChanges(changes: ChangeSet): Uint8Array {
  const plans = changes.map(({ type, updated, after, before }) => ({
    type,
    updated,
    after: planBatch(after),
    before: planBatch(before),
  }));
  const size = plans.reduce(
    (sum, plan) => sum + 8 + aligned(plan.type.length) + plan.after.byteLength + plan.before.byteLength,
    8,
  );
  const writer = new Writer(size);
  writer.words(FORMAT, plans.length);
  for (const plan of plans) {
    writer.words(plan.updated, plan.type.length);
    writer.name(plan.type);
    writer.batch(plan.after);
    writer.batch(plan.before);
  }
  return writer.bytes;
}

/** A change set from its bytes: views, as `decodeBatch`. Errors: `object_corrupt`, naming `place`. */
export function decodeChanges(bytes: Uint8Array, place: string): ChangeSet {
  const reader = new Reader(bytes, place);
  reader.format();
  const types = reader.word();
  const changes: TypeChanges[] = [];
  for (let i = 0; i < types; i++) changes.push(reader.typeChanges());
  reader.end();
  return changes;
}

/** Whether older versions cannot read the bytes of these changes, because they hold lists or vectors with nulls. */
export function hasPacked(changes: ChangeSet): boolean {
  return changes.some(({ after, before }) => [after, before].some(isPacked));
}

function isPacked({ columns }: RowBatch): boolean {
  for (const column of columns.values()) {
    if ((column.kind === "list" || column.kind === "vector") && column.rank !== null) return true;
  }
  return false;
}

interface BatchPlan {
  readonly rows: number;
  readonly columns: readonly { readonly key: ColumnKey; readonly column: ColumnBuffers }[];
  readonly byteLength: number;
}

function planBatch(batch: RowBatch): BatchPlan {
  let byteLength = BATCH_HEADER;
  const columns = Array.from(batch.columns, ([key, values]) => {
    const planned = { key, column: columnBuffers(values) };
    byteLength += COLUMN_HEADER + aligned(planned.key.length);
    for (const part of planned.column.buffers) byteLength += aligned(part.byteLength);
    return planned;
  });
  return { rows: batch.length, columns, byteLength };
}

class Writer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.bytes = buffer(size, () => new Uint8Array(size));
    this.#view = new DataView(this.bytes.buffer);
  }

  words(...words: readonly number[]): void {
    for (const word of words) {
      this.#view.setUint32(this.#at, word, true);
      this.#at += 4;
    }
  }

  /** The id of a type or a property, or a key: all are ASCII. */
  name(text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.#at + i] = text.charCodeAt(i);
    this.#at += aligned(text.length);
  }

  padded(buffer: ColumnBuffer): void {
    if (buffer instanceof Uint8Array || buffer.length > FEW) this.bytes.set(bytesOf(buffer), this.#at);
    else this.#each(buffer);
    this.#at += aligned(buffer.byteLength);
  }

  #each(buffer: Exclude<ColumnBuffer, Uint8Array>): void {
    const step = buffer.BYTES_PER_ELEMENT;
    for (let i = 0, at = this.#at; i < buffer.length; i++, at += step) {
      const value = buffer[i] ?? 0;
      if (buffer instanceof Float64Array) this.#view.setFloat64(at, value, true);
      else if (buffer instanceof Float32Array) this.#view.setFloat32(at, value, true);
      else this.#view.setUint32(at, value, true);
    }
  }

  batch(plan: BatchPlan): void {
    this.words(FORMAT, plan.rows, plan.columns.length, 0);
    for (const { key, column } of plan.columns) {
      const { kind, scalar, nulls, itemNulls, count, textBytes, entries } = column.shape;
      const flags = (nulls ? NULLS : 0) | (itemNulls ? ITEM_NULLS : 0) | (entries === null ? 0 : PACKED);
      this.words(
        ((KINDS.indexOf(kind) + 1) | (SCALARS.indexOf(scalar) << 8) | (flags << 16) | (key.length << 24)) >>>
          0,
      );
      this.words(count, textBytes, entries ?? 0);
      this.name(key);
      for (const part of column.buffers) this.padded(part);
    }
  }
}

/** Reads records one after another. Every length is checked against the remaining bytes before it is used. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #place: string;
  #at = 0;

  constructor(bytes: Uint8Array, place: string) {
    this.#bytes = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    this.#place = place;
  }

  word(): number {
    if (this.#at + 4 > this.#bytes.length)
      throw corrupt(this.#place, `its rows end at byte ${this.#bytes.length}`);
    const word = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return word;
  }

  format(): void {
    const format = this.word();
    if (format !== FORMAT) throw corrupt(this.#place, `its rows are of the unknown format ${format}`);
  }

  batch(): RowBatch {
    this.format();
    const length = this.word();
    const count = this.word();
    this.word();
    if (length > 0 && count === 0) throw corrupt(this.#place, `it has ${length} rows without a column`);
    const columns = new Map<ColumnKey, Column>();
    for (let i = 0; i < count; i++) {
      const head = this.word();
      const shape = this.#shape(head, length);
      const key = this.#key(head >>> 24);
      if (columns.has(key)) throw corrupt(this.#place, `column ${key} occurs twice`);
      const buffers = bufferLengths(shape).map((bytes) => this.#padded(bytes));
      columns.set(key, columnFromBuffers(shape, buffers, `${this.#place}, column ${key}`));
    }
    return { length, columns };
  }

  typeChanges(): TypeChanges {
    const updated = this.word();
    const length = this.word();
    // A type's id is opaque here: only a catalog can tell whether there is such a type.
    const type = this.#text(length) as TypeId;
    const after = this.batch();
    const before = this.batch();
    if (updated > Math.min(after.length, before.length)) {
      throw corrupt(
        this.#place,
        `type ${type} has ${updated} updated rows of ${before.length} old and ${after.length} new ones`,
      );
    }
    return { type, updated, after, before };
  }

  end(): void {
    if (this.#at !== this.#bytes.length)
      throw corrupt(this.#place, `its rows end at byte ${this.#at} of ${this.#bytes.length}`);
  }

  #shape(head: number, rows: number): ColumnShape {
    const kind = KINDS[(head & 0xff) - 1];
    const scalar = SCALARS[(head >>> 8) & 0xff];
    const flags = (head >>> 16) & 0xff;
    const count = this.word();
    const textBytes = this.word();
    const packed = this.word();
    if (kind === undefined || scalar === undefined || flags > (NULLS | ITEM_NULLS | PACKED)) {
      throw corrupt(this.#place, "a column is of an unknown kind");
    }
    const nulls = (flags & NULLS) !== 0;
    const itemNulls = (flags & ITEM_NULLS) !== 0;
    const entries = (flags & PACKED) === 0 ? null : packed;
    const shape = { kind, scalar, rows, nulls, itemNulls, count, textBytes, entries };
    if (!isShapeSound(shape)) throw corrupt(this.#place, `a column of kind ${kind} cannot hold ${scalar}`);
    return shape;
  }

  #key(length: number): ColumnKey {
    const key = this.#text(length);
    // Keys other than the three names are ids of properties, opaque here.
    return key === "id" || key === "src" || key === "dst" ? key : (key as PropertyId);
  }

  #text(length: number): string {
    return UTF8.decode(this.#padded(length));
  }

  /** The next `length` bytes, without the padding after them. */
  #padded(length: number): Uint8Array {
    const start = this.#at;
    if (start + aligned(length) > this.#bytes.length)
      throw corrupt(this.#place, `its rows end at byte ${this.#bytes.length}`);
    this.#at += aligned(length);
    return this.#bytes.subarray(start, start + length);
  }
}
