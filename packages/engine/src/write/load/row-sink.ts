import { unreachable, type Value, present } from "@omnigraph/base";
import { canonicalKeyText, keyParts, type Property, type ValueType } from "@omnigraph/language";
import {
  type Column,
  type ColumnBuilder,
  columnBuilder,
  type ColumnKey,
  columnType,
  TextBuilder,
  type TextColumn,
  trimmed,
} from "@omnigraph/storage";
import type { SlotPlan, TypePlan } from "./plan.ts";
import { FROM_SLOT, ID_SLOT, SLOT, type Slots, TO_SLOT } from "./slots.ts";

/** Rows of one type from lines that follow each other, in columns that may come from another thread. */
export interface RowPiece {
  /** Position of the type's plan in `LinePlans.all`. */
  readonly plan: number;
  readonly length: number;
  /** Given in the lines, or by their keys; null in a row, or for all of them, where one has to be generated. */
  readonly ids: TextColumn | null;
  /** All columns but the id, and but a property that is the id itself. Text is plain. */
  readonly columns: Map<ColumnKey, Column>;
  /** Line of each row. */
  readonly lines: Uint32Array;
}

/** Where the id of a row comes from. */
type Identity =
  | { readonly kind: "given_or_generated" }
  /** A key of one String: id and property are the same bytes, stored once. */
  | { readonly kind: "text_key"; readonly slot: SlotPlan }
  | {
      readonly kind: "key";
      readonly ends: readonly number[];
      readonly slots: readonly SlotPlan[];
      readonly types: readonly ValueType[];
    };

export function identityOf({ type, bySlotName }: TypePlan): Identity {
  const parts = keyParts(type);
  if (parts === null || type.key === null) return { kind: "given_or_generated" };
  const slots = type.key.map((property) =>
    present(bySlotName.get(property.name), `key property ${property.name}`),
  );
  const [first] = slots;
  if (parts.length === 1 && first !== undefined && first.read === "text")
    return { kind: "text_key", slot: first };
  const ends = type.kind === "edge" ? [FROM_SLOT, TO_SLOT] : [];
  return { kind: "key", ends, slots, types: parts.map((part) => part.type) };
}

interface SlotWriter {
  readonly slot: number;
  readonly builder: ColumnBuilder;
  readonly property: Property;
}

/** Rows that the first sink of a type makes room for. */
const FIRST_ROWS = 1024;
/** A sink makes room for a little more than the one before it had, so that blocks of the same lines fit, and are not copied to be cut. */
const ROOM = 1.1;

/** A builder with room for what the one before it had. */
function nextBuilder(property: Property, room: number, former: ColumnBuilder | undefined): ColumnBuilder {
  if (former?.kind === "text") return nextText(room, former);
  return columnBuilder(columnType(property.type), room);
}

function nextText(room: number, former: TextBuilder | null | undefined): TextBuilder {
  return former ? new TextBuilder(room, Math.ceil(former.size * ROOM)) : new TextBuilder(room);
}

/** Collects rows of one type from slots into columns. */
export class RowSink {
  length = 0;
  readonly plan: TypePlan;
  private readonly identity: Identity;
  /** Null until a line has an id. */
  private ids: TextBuilder | null = null;
  private readonly room: number;
  private former: RowSink | null;
  private readonly sources: TextBuilder;
  private readonly targets: TextBuilder;
  private readonly writers: readonly SlotWriter[];
  private lines: Uint32Array<ArrayBuffer>;

  /** `former`: the sink of the lines before, from which it is known how much room these may take. */
  constructor(plan: TypePlan, former: RowSink | null = null) {
    this.plan = plan;
    this.identity = identityOf(plan);
    this.former = former;
    const room = former === null ? FIRST_ROWS : Math.ceil(former.length * ROOM);
    this.room = room;
    const ends = plan.type.kind === "edge" ? room : 0;
    this.sources = nextText(ends, former?.sources);
    this.targets = nextText(ends, former?.targets);
    this.lines = new Uint32Array(room);
    const identity = this.identity;
    this.writers = plan.slots
      .filter((slot) => identity.kind !== "text_key" || slot !== identity.slot)
      .map(({ slot, property }, i) => ({
        slot,
        property,
        builder: nextBuilder(property, room, former?.writers[i]?.builder),
      }));
  }

  /**
   * Stores a line and returns null. If the line states an id other than the one of its key, stores nothing and returns the id of the key.
   */
  append(slots: Slots, bytes: Uint8Array, line: number): string | null {
    const row = this.length;
    const refused = this.appendId(slots, bytes);
    if (refused !== null) return refused;
    if (row >= this.lines.length) {
      const wider = new Uint32Array(this.lines.length * 2);
      wider.set(this.lines);
      this.lines = wider;
    }
    this.lines[row] = line;
    if (this.plan.type.kind === "edge") {
      appendText(this.sources, slots, FROM_SLOT, bytes);
      appendText(this.targets, slots, TO_SLOT, bytes);
    }
    for (const writer of this.writers) appendSlot(writer, slots, bytes);
    this.length++;
    return null;
  }

  private appendId(slots: Slots, bytes: Uint8Array): string | null {
    const identity = this.identity;
    const given = slots.kinds[ID_SLOT] !== SLOT.absent;
    switch (identity.kind) {
      case "given_or_generated":
        if (given) appendText(this.givenIds(), slots, ID_SLOT, bytes);
        else this.ids?.appendNull();
        return null;
      case "text_key": {
        if (given) {
          const key = textOf(slots, identity.slot.slot, bytes);
          if (textOf(slots, ID_SLOT, bytes) !== key) return key;
        }
        appendText(this.givenIds(), slots, identity.slot.slot, bytes);
        return null;
      }
      case "key": {
        const ends = identity.ends.map((slot) => textOf(slots, slot, bytes));
        const values = identity.slots.map((slot) => slotValue(slots, slot, bytes));
        const key = canonicalKeyText([...ends, ...values], identity.types);
        if (given && textOf(slots, ID_SLOT, bytes) !== key) return key;
        this.givenIds().appendString(key);
        return null;
      }
      default:
        return unreachable(identity);
    }
  }

  private givenIds(): TextBuilder {
    if (this.ids === null) {
      this.ids = nextText(this.room, this.former?.ids);
      for (let row = 0; row < this.length; row++) this.ids.appendNull();
    }
    return this.ids;
  }

  /** The collected rows. The sink cannot be used afterwards. */
  finish(): RowPiece {
    this.former = null;
    const columns = new Map<ColumnKey, Column>();
    if (this.plan.type.kind === "edge") {
      columns.set("src", this.sources.finishText());
      columns.set("dst", this.targets.finishText());
    }
    for (const { property, builder } of this.writers)
      columns.set(property.id, builder.kind === "text" ? builder.finishText() : builder.finish());
    const { length } = this;
    return {
      plan: this.plan.index,
      length,
      ids: this.ids?.finishText() ?? null,
      columns,
      lines: trimmed(this.lines, length),
    };
  }
}

function appendText(builder: TextBuilder, slots: Slots, slot: number, bytes: Uint8Array): void {
  const kind = slots.kinds[slot]!;
  if (kind === SLOT.text) builder.appendBytes(bytes, slots.starts[slot]!, slots.ends[slot]!);
  else if (kind === SLOT.unescaped)
    builder.appendBytes(slots.unescaped, slots.starts[slot]!, slots.ends[slot]!);
  else builder.append(slots.values[slot] ?? null);
}

function appendSlot({ slot, builder, property }: SlotWriter, slots: Slots, bytes: Uint8Array): void {
  const kind = slots.kinds[slot]!;
  if (kind === SLOT.absent) builder.append(property.default ?? null);
  else if (kind === SLOT.null) builder.appendNull();
  else if (builder.kind === "text") appendText(builder, slots, slot, bytes);
  else if (kind === SLOT.value) builder.append(slots.values[slot] ?? null);
  else if (builder.kind === "number") builder.appendNumber(slots.numbers[slot]!);
  else if (builder.kind === "long") builder.appendLong(slots.numbers[slot]!);
  else if (builder.kind === "bool") builder.appendBool(slots.numbers[slot] === 1);
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function textOf(slots: Slots, slot: number, bytes: Uint8Array): string {
  const kind = slots.kinds[slot]!;
  if (kind === SLOT.value) return String(slots.values[slot]);
  const from = kind === SLOT.unescaped ? slots.unescaped : bytes;
  return decoder.decode(from.subarray(slots.starts[slot]!, slots.ends[slot]!));
}

function slotValue(slots: Slots, { slot, property }: SlotPlan, bytes: Uint8Array): Value {
  const kind = slots.kinds[slot]!;
  if (kind === SLOT.absent) return property.default ?? null;
  if (kind === SLOT.null) return null;
  if (kind === SLOT.value) return slots.values[slot] ?? null;
  if (kind === SLOT.number) {
    const value = slots.numbers[slot]!;
    return property.type.scalar === "Bool" ? value === 1 : value;
  }
  return textOf(slots, slot, bytes);
}
