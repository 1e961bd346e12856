import { isError, parseJson, unreachable, type Value } from "@omnigraph/base";
import { fitsType, type ValueType } from "@omnigraph/language";
import { isWellFormed } from "../text.ts";
import { fromJson, timesCut } from "./json-value.ts";
import { type IdSlot, type LineShape, LineShapes } from "./line-shape.ts";
import type { LinePlans, SlotPlan, TypePlan } from "./plan.ts";
import { scanDate, scanDateTime } from "./scan-date.ts";
import { NumberScanner } from "./scan-number.ts";
import { FROM_SLOT, ID_SLOT, SLOT, type Slots, TO_SLOT } from "./slots.ts";

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const OPEN = 0x7b;
const CLOSE = 0x7d;

const key = (name: string): Uint8Array => new TextEncoder().encode(`"${name}"`);
const TYPE_KEY = key("type");
const EDGE_KEY = key("edge");
const FROM_KEY = key("from");
const TO_KEY = key("to");
const DATA_KEY = key("data");
const ID_KEY = key("id");

function startsWith(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

/**
 * The fast reader of a line. Most lines are like one of the last, byte for byte but for their values: see `LineShape`. It reads lines in the form that an export writes straight from bytes into slots, if they pass every check that needs the
 * line alone. For anything else (errors, escapes in names, nested lists, unusual spellings) it returns null, and the careful reader reads the line; it never
 * reports a problem itself. Every line must end with a line feed, which ends every loop.
 */
export class LineScanner {
  private readonly plans: LinePlans;
  private readonly slots: Slots;
  private readonly numbers = new NumberScanner();
  private readonly shapes = new LineShapes();
  private bytes: Buffer = Buffer.alloc(0);
  /** Of the same bytes. */
  private view: DataView = new DataView(new ArrayBuffer(0));
  private end = 0;
  /** Position of the line feed of the line that was read last. */
  lineEnd = 0;
  /** The plans of the last node line and the last edge line: most lines have the same type as the one before. */
  private lastNode: TypePlan | null = null;
  private lastEdge: TypePlan | null = null;

  constructor(plans: LinePlans, slots: Slots) {
    this.plans = plans;
    this.slots = slots;
  }

  /**
   * Reads the line that starts at `from`: fills the slots, sets `lineEnd`, and returns the plan, or null. The byte before `end` must be a line feed.
   */
  scan(bytes: Buffer, from: number, end: number): TypePlan | null {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.end = end;
    const { known } = this.shapes;
    for (let i = 0; i < known.length; i++) {
      const shape = known[i]!;
      if (!this.isOf(shape, from)) continue;
      this.shapes.found(i);
      return shape.plan;
    }
    return this.scanNew(from);
  }

  /** Whether the line has this shape; then it was read. */
  private isOf(shape: LineShape, from: number): boolean {
    const { view, end } = this;
    const { fields } = shape;
    let at = shape.after(0, view, from, end);
    if (at < 0) return false;
    this.slots.clear(shape.plan.size);
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      if (typeof field !== "number") at = this.value(field, at);
      else at = this.bytes[at] === QUOTE ? this.text(field, at) : -1;
      if (at >= 0) at = shape.after(i + 1, view, at, end);
      if (at < 0) return false;
    }
    this.lineEnd = at - 1;
    return true;
  }

  /** Reads a line of any shape, and remembers it. */
  private scanNew(from: number): TypePlan | null {
    const { bytes } = this;
    let at = this.gap(from);
    if (bytes[at] !== OPEN) return null;
    at = this.gap(at + 1);
    const isEdge = startsWith(bytes, at, EDGE_KEY);
    if (!isEdge && !startsWith(bytes, at, TYPE_KEY)) return null;
    at = this.colon(at + 6);
    if (at < 0 || bytes[at] !== QUOTE) return null;
    const plan = this.planAt(at, isEdge);
    if (plan === null) return null;
    this.slots.clear(plan.size);
    this.shapes.start();
    const close = this.members(plan, at + plan.nameBytes.length);
    if (close < 0) return null;
    this.lineEnd = this.gap(close);
    if (bytes[this.lineEnd] !== LINE_FEED || !this.complete(plan)) return null;
    this.shapes.learn(plan, bytes, from, this.lineEnd + 1);
    return plan;
  }

  /** Position of the first byte at or after `at` that is no space or tab. */
  private gap(at: number): number {
    const bytes = this.bytes;
    let next = at;
    while (bytes[next] === 0x20 || bytes[next] === 0x09 || bytes[next] === 0x0d) next++;
    return next;
  }

  /** Position of the value after a colon, or -1. */
  private colon(at: number): number {
    let next = at;
    if (this.bytes[next] !== COLON) {
      next = this.gap(next);
      if (this.bytes[next] !== COLON) return -1;
    }
    return this.gap(next + 1);
  }

  private planAt(at: number, isEdge: boolean): TypePlan | null {
    const last = isEdge ? this.lastEdge : this.lastNode;
    if (last !== null && startsWith(this.bytes, at, last.nameBytes)) return last;
    const close = this.bytes.indexOf(QUOTE, at + 1);
    if (close < 0 || close - at > 256) return null;
    const name = this.bytes.toString("utf8", at + 1, close);
    const plan = (isEdge ? this.plans.edges.get(name.toLowerCase()) : this.plans.nodes.get(name)) ?? null;
    if (plan === null || plan.nameBytes.length !== close + 1 - at) return null;
    if (isEdge) this.lastEdge = plan;
    else this.lastNode = plan;
    return plan;
  }

  /** Reads the members after the type's name; returns the position after the closing brace, or -1. */
  private members(plan: TypePlan, from: number): number {
    const bytes = this.bytes;
    const isEdge = plan.type.kind === "edge";
    let hasData = false;
    let at = this.gap(from);
    while (bytes[at] === COMMA) {
      at = this.gap(at + 1);
      if (isEdge && startsWith(bytes, at, FROM_KEY)) at = this.textMember(FROM_SLOT, at + 6);
      else if (isEdge && startsWith(bytes, at, TO_KEY)) at = this.textMember(TO_SLOT, at + 4);
      else if (startsWith(bytes, at, ID_KEY)) at = this.textMember(ID_SLOT, at + 4);
      else if (!hasData && startsWith(bytes, at, DATA_KEY)) {
        hasData = true;
        at = this.data(plan, at + 6);
      } else return -1;
      if (at < 0) return -1;
      at = this.gap(at);
    }
    return bytes[at] === CLOSE ? at + 1 : -1;
  }

  private textMember(slot: IdSlot, afterKey: number): number {
    const at = this.colon(afterKey);
    if (at < 0 || this.bytes[at] !== QUOTE || this.slots.kinds[slot] !== SLOT.absent) return -1;
    const next = this.text(slot, at);
    this.shapes.note(slot, at, next);
    return next;
  }

  private data(plan: TypePlan, afterKey: number): number {
    const bytes = this.bytes;
    let at = this.colon(afterKey);
    if (at < 0 || bytes[at] !== OPEN) return -1;
    at = this.gap(at + 1);
    if (bytes[at] === CLOSE) return at + 1;
    let expected = 0;
    for (;;) {
      const position = this.propertyAt(plan, at, expected);
      if (position >= 0) {
        const slot = plan.slots[position]!;
        expected = position + 1;
        if (this.slots.kinds[slot.slot] !== SLOT.absent) return -1;
        at = this.colon(at + slot.keyBytes.length);
        if (at < 0) return -1;
        const start = at;
        at = this.value(slot, start);
        this.shapes.note(slot, start, at);
      } else if (startsWith(bytes, at, ID_KEY)) at = this.textMember(ID_SLOT, at + 4);
      else return -1;
      if (at < 0) return -1;
      at = this.gap(at);
      if (bytes[at] === CLOSE) return at + 1;
      if (bytes[at] !== COMMA) return -1;
      at = this.gap(at + 1);
    }
  }

  /** Index of the property whose name is at `at`, or -1. Tries the one after the last first, because lines mostly keep one order. */
  private propertyAt(plan: TypePlan, at: number, expected: number): number {
    const slots = plan.slots;
    for (let i = 0; i < slots.length; i++) {
      let position = expected + i;
      if (position >= slots.length) position -= slots.length;
      if (startsWith(this.bytes, at, slots[position]!.keyBytes)) return position;
    }
    return -1;
  }

  private value(slot: SlotPlan, at: number): number {
    const bytes = this.bytes;
    const first = bytes[at]!;
    if (first === 0x6e) {
      if (
        bytes[at + 1] !== 0x75 ||
        bytes[at + 2] !== 0x6c ||
        bytes[at + 3] !== 0x6c ||
        !slot.property.type.nullable
      )
        return -1;
      this.slots.kinds[slot.slot] = SLOT.null;
      return at + 4;
    }
    if (slot.careful) return -1;
    switch (slot.read) {
      case "text":
        return first === QUOTE ? this.text(slot.slot, at) : -1;
      case "enum":
        return first === QUOTE ? this.enumValue(slot, at) : -1;
      case "bool":
        return this.bool(slot.slot, at);
      case "integer":
      case "long":
      case "float":
        return this.number(slot, at);
      case "date":
      case "datetime":
        return first === QUOTE ? this.date(slot, at) : this.number(slot, at);
      case "list":
        return first === 0x5b ? this.list(slot, at) : -1;
      case "vector":
        return first === 0x5b ? this.vector(slot, at) : -1;
      case "blob":
        return -1;
      default:
        return unreachable(slot.read);
    }
  }

  /** A string without escapes: its bytes are the value. The input was checked to be UTF-8. */
  private text(slot: number, at: number): number {
    const bytes = this.bytes;
    let next = at + 1;
    for (;;) {
      const byte = bytes[next]!;
      if (byte === QUOTE) break;
      if (byte < 0x20) return -1;
      if (byte === 0x5c) return this.escapedText(slot, at);
      next++;
    }
    this.slots.setText(slot, at + 1, next);
    return next + 1;
  }

  /** A string with escapes, decoded by `JSON.parse`. */
  private escapedText(slot: number, at: number): number {
    const bytes = this.bytes;
    let next = at + 1;
    for (;;) {
      const byte = bytes[next]!;
      if (byte === QUOTE) break;
      if (byte < 0x20 || next >= this.end) return -1;
      next += byte === 0x5c ? 2 : 1;
    }
    const decoded = decodeString(bytes.toString("utf8", at, next + 1));
    if (decoded === null) return -1;
    this.slots.setUnescaped(slot, decoded);
    return next + 1;
  }

  private enumValue(slot: SlotPlan, at: number): number {
    const next = this.text(slot.slot, at);
    if (next < 0 || this.slots.kinds[slot.slot] !== SLOT.text) return -1;
    const length = next - at - 2;
    for (const value of slot.enumBytes)
      if (value.length === length && startsWith(this.bytes, at + 1, value)) return next;
    return -1;
  }

  private bool(slot: number, at: number): number {
    const bytes = this.bytes;
    if (bytes[at] === 0x74 && bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65) {
      this.slots.setNumber(slot, 1);
      return at + 4;
    }
    if (bytes[at] !== 0x66 || bytes[at + 1] !== 0x61 || bytes[at + 2] !== 0x6c || bytes[at + 3] !== 0x73)
      return -1;
    if (bytes[at + 4] !== 0x65) return -1;
    this.slots.setNumber(slot, 0);
    return at + 5;
  }

  private number(slot: SlotPlan, at: number): number {
    const numbers = this.numbers;
    const next = numbers.read(this.bytes, at);
    if (next < 0 || !(numbers.value >= slot.min && numbers.value <= slot.max)) return -1;
    if (slot.read === "float") {
      if (!Number.isFinite(numbers.value)) return -1;
    } else if (!numbers.integral || !numbers.exact) return -1;
    this.slots.setNumber(slot.slot, numbers.value);
    return next;
  }

  private date(slot: SlotPlan, at: number): number {
    const close = this.text(slot.slot, at);
    if (close < 0) return -1;
    const value = (slot.read === "date" ? scanDate : scanDateTime)(this.bytes, at + 1, close - 1);
    if (Number.isNaN(value)) return -1;
    this.slots.setNumber(slot.slot, value);
    return close;
  }

  /** A list of scalars: its end is found in the bytes, its items are parsed as JSON. */
  private list(slot: SlotPlan, at: number): number {
    const bytes = this.bytes;
    let next = at + 1;
    let inText = false;
    for (; inText || bytes[next] !== 0x5d; next++) {
      const byte = bytes[next]!;
      if (byte === QUOTE) inText = !inText;
      else if (byte === 0x5c) next++;
      if (byte < 0x20 || byte === 0x5b || next >= this.end) return -1;
    }
    const items = listValue(bytes.toString("utf8", at, next + 1), slot.property.type);
    if (items === null) return -1;
    this.slots.setValue(slot.slot, items);
    return next + 1;
  }

  private vector(slot: SlotPlan, at: number): number {
    const { vector } = slot;
    const numbers = this.numbers;
    let next = at + 1;
    for (let i = 0; i < vector.length; i++) {
      next = numbers.read(this.bytes, this.gap(next));
      if (next < 0) return -1;
      vector[i] = numbers.value;
      if (!Number.isFinite(vector[i])) return -1;
      next = this.gap(next);
      if (this.bytes[next] !== (i === vector.length - 1 ? 0x5d : COMMA)) return -1;
      next++;
    }
    this.slots.setValue(slot.slot, vector);
    return next;
  }

  /** Whether every required part is there. */
  private complete(plan: TypePlan): boolean {
    const kinds = this.slots.kinds;
    if (plan.type.kind === "edge" && (kinds[FROM_SLOT] === SLOT.absent || kinds[TO_SLOT] === SLOT.absent))
      return false;
    for (const slot of plan.slots) if (slot.required && kinds[slot.slot] === SLOT.absent) return false;
    return true;
  }
}

const encoder = new TextEncoder();

/** The items of a JSON array if all have the right type, else null. */
function listValue(json: string, type: ValueType): Value | null {
  try {
    const parsed = parseJson(json);
    const value = timesCut(parsed, type) > 0 ? undefined : fromJson(parsed, type);
    return value !== undefined && fitsType(value, type) === null ? value : null;
  } catch (error) {
    // The careful reader says what is wrong with it.
    if (isError(error, "json_invalid")) return null;
    throw error;
  }
}

/** UTF-8 of a JSON string with escapes, or null when it is malformed or has a lone surrogate. */
function decodeString(json: string): Uint8Array | null {
  try {
    const text: unknown = JSON.parse(json);
    return typeof text === "string" && isWellFormed(text) ? encoder.encode(text) : null;
  } catch {
    // The careful reader says what is wrong with it.
    return null;
  }
}
