import { inTurns } from "@omnigraph/base";
import type { PropertyId } from "@omnigraph/language";
import { type Column, valueAt } from "@omnigraph/storage";
import { InvertedIndex } from "../search/inverted-index.ts";
import { ScannedTexts } from "../search/scanned-texts.ts";
import type { TextAt } from "../search/text-index.ts";
import { type Memory, Slot } from "./memory-pool.ts";
import type { PagedValues } from "./paged-values.ts";

/** The rows of a base whose texts are searched. */
interface SearchedRows {
  readonly capacity: number;
  isLive(ordinal: number): boolean;
  loadColumn(property: PropertyId): Promise<Column | PagedValues>;
}

/** Terms by property, each made when it is searched first. Of a column that is read by pages they are not kept: searching it reads it. */
export class TermSlots {
  readonly #memory: Memory;
  readonly #slots = new Map<PropertyId, Slot<InvertedIndex | ScannedTexts>>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  of(property: PropertyId): Slot<InvertedIndex | ScannedTexts> {
    let slot = this.#slots.get(property);
    if (slot === undefined) {
      slot = new Slot(this.#memory, (index) => (index.kind === "paged" ? 0 : index.bytes));
      this.#slots.set(property, slot);
    }
    return slot;
  }

  load(property: PropertyId, rows: SearchedRows): Promise<InvertedIndex | ScannedTexts> {
    return this.of(property).load(async () => {
      const values = await rows.loadColumn(property);
      const read = textsOf(values);
      const textAt: TextAt = (ordinal) => (rows.isLive(ordinal) ? read(ordinal) : null);
      if (values.kind === "paged") return new ScannedTexts(rows.capacity, textAt);
      return inTurns(InvertedIndex.of(rows.capacity, textAt));
    });
  }
}

function textsOf(values: Column | PagedValues): TextAt {
  const text: (ordinal: number) => unknown =
    values.kind === "paged"
      ? (ordinal) => valueAt(values.columnAt(ordinal), values.rowAt(ordinal))
      : (ordinal) => valueAt(values, ordinal);
  return (ordinal) => {
    const value = text(ordinal);
    return typeof value === "string" ? value : null;
  };
}
