import { present, type Steps, unreachable, type Value } from "@omnigraph/base";
import { canonicalKeyText, type Property } from "@omnigraph/language";
import {
  type Column,
  type ColumnBuilder,
  columnBuilder,
  type ColumnKey,
  columnType,
  type RowBatch,
  TextBuilder,
  type TextColumn,
} from "@omnigraph/storage";
import type { IdMinter } from "../generated-ids.ts";
import type { SlotPlan, TypePlan } from "./plan.ts";
import { FROM_SLOT, ID_SLOT, SLOT, type Slots, TO_SLOT } from "./slots.ts";

/** The rows of one type in a file, in the order of its lines. */
export interface LoadedRows {
  readonly plan: TypePlan;
  readonly rows: RowBatch;
  readonly ids: TextColumn;
  /** Line of each row, counted from one. */
  readonly lines: Uint32Array;
  /** True if all ids were generated (no key, no id in any line): new ids need no look-up. */
  readonly idsGenerated: boolean;
}

/** Where the id of a row comes from. */
type Identity =
  | { readonly kind: "given_or_generated" }
  /** A key of one String: id and property are the same bytes, stored once. */
  | { readonly kind: "text_key"; readonly slot: SlotPlan }
  | { readonly kind: "key"; readonly slots: readonly SlotPlan[] };

function identityOf(plan: TypePlan): Identity {
  if (plan.type.kind === "edge" || plan.type.key === null) return { kind: "given_or_generated" };
  const slots = plan.type.key.map((property) =>
    present(plan.bySlotName.get(property.name), `key property ${property.name}`),
  );
  const [first] = slots;
  if (slots.length === 1 && first !== undefined && first.read === "text")
    return { kind: "text_key", slot: first };
  return { kind: "key", slots };
}

interface SlotWriter {
  readonly slot: number;
  readonly builder: ColumnBuilder;
  readonly property: Property;
}

const FIRST_ROWS = 1024;

/** Collects the rows of one type from slots into columns. */
export class RowSink {
  readonly plan: TypePlan;
  private readonly identity: Identity;
  private readonly minter: IdMinter;
  private readonly ids = new TextBuilder(FIRST_ROWS);
  private readonly sources = new TextBuilder(FIRST_ROWS);
  private readonly targets = new TextBuilder(FIRST_ROWS);
  private readonly writers: readonly SlotWriter[];
  private lines = new Uint32Array(FIRST_ROWS);
  private idsGenerated = true;

  constructor(plan: TypePlan, minter: IdMinter) {
    this.plan = plan;
    this.identity = identityOf(plan);
    this.minter = minter;
    const identity = this.identity;
    this.writers = plan.slots
      .filter((slot) => identity.kind !== "text_key" || slot !== identity.slot)
      .map(({ slot, property }) => ({
        slot,
        property,
        builder: columnBuilder(columnType(property.type), FIRST_ROWS),
      }));
  }

  get length(): number {
    return this.ids.length;
  }

  /**
   * Stores a line and returns null. If the line states an id other than the one of its key, stores nothing and returns the id of the key.
   */
  append(slots: Slots, bytes: Uint8Array, line: number): string | null {
    const row = this.ids.length;
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
    return null;
  }

  private appendId(slots: Slots, bytes: Uint8Array): string | null {
    const identity = this.identity;
    const given = slots.kinds[ID_SLOT] !== SLOT.absent;
    switch (identity.kind) {
      case "given_or_generated":
        if (given) {
          this.idsGenerated = false;
          appendText(this.ids, slots, ID_SLOT, bytes);
        } else this.minter.appendTo(this.ids);
        return null;
      case "text_key": {
        if (given) {
          const key = textOf(slots, identity.slot.slot, bytes);
          if (textOf(slots, ID_SLOT, bytes) !== key) return key;
        }
        this.idsGenerated = false;
        appendText(this.ids, slots, identity.slot.slot, bytes);
        return null;
      }
      case "key": {
        const values = identity.slots.map((slot) => slotValue(slots, slot, bytes));
        const key = canonicalKeyText(
          values,
          identity.slots.map((slot) => slot.property.type),
        );
        if (given && textOf(slots, ID_SLOT, bytes) !== key) return key;
        this.idsGenerated = false;
        this.ids.appendString(key);
        return null;
      }
      default:
        return unreachable(identity);
    }
  }

  /** The collected rows, column by column. The sink cannot be used afterwards. */
  *finishing(): Steps<LoadedRows> {
    const ids = yield* this.ids.finishingText();
    const columns = new Map<ColumnKey, Column>([["id", ids]]);
    if (this.plan.type.kind === "edge") {
      columns.set("src", yield* this.sources.finishingText());
      columns.set("dst", yield* this.targets.finishingText());
    }
    if (this.identity.kind === "text_key") columns.set(this.identity.slot.property.id, ids);
    for (const { property, builder } of this.writers) {
      columns.set(property.id, builder.kind === "text" ? yield* builder.finishing() : builder.finish());
      yield;
    }
    const rows = { length: ids.length, columns };
    return {
      plan: this.plan,
      rows,
      ids,
      lines: this.lines.subarray(0, ids.length),
      idsGenerated: this.idsGenerated,
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
