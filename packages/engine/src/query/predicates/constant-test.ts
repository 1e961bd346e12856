import type { Value } from "@omnigraph/base";
import type { FilterOperator } from "@omnigraph/language";
import { bitAt, type Column, entryOf, isNull, textAt, type TextColumn } from "@omnigraph/storage";
import type { Cells } from "../../view/view.ts";
import { boolTest, longTest, numberTest } from "./numbers.ts";
import { entryTest, prefixTest, type RowTest, substringTest, suffixTest, textOrderTest } from "./text.ts";
import { type Accepted, acceptedBy, holds, isList, mirrored } from "./values.ts";

/** Whether an entity passes, by its ordinal. */
export type OrdinalTest = (ordinal: number) => boolean;

const never: OrdinalTest = () => false;

/** What a filter asks of a column's value, given its constant. */
type Demand =
  | { readonly kind: "order"; readonly accepted: Accepted }
  | { readonly kind: "item" | "part" | "prefix" | "suffix" };

/** `cells operator constant`, specialised by the kind of the column. */
export function fieldToConstant(cells: Cells, operator: FilterOperator, constant: Value): OrdinalTest {
  if (constant === null) return never;
  const generic: OrdinalTest = (ordinal) => holds(operator, cells.value(ordinal), constant);
  const fast = cells.base === null ? null : columnTest(cells.base, demandOf(operator), constant);
  return patched(cells, fast, generic);
}

/** `constant operator cells`. */
export function constantToField(constant: Value, operator: FilterOperator, cells: Cells): OrdinalTest {
  if (constant === null) return never;
  if (operator === "contains_item" && isList(constant)) return memberTest(constant, cells);
  const generic: OrdinalTest = (ordinal) => holds(operator, constant, cells.value(ordinal));
  const accepted = acceptedBy(operator);
  if (cells.base === null || accepted === null) return generic;
  return patched(
    cells,
    columnTest(cells.base, { kind: "order", accepted: mirrored(accepted) }, constant),
    generic,
  );
}

/** Whether a value is among those of a list. */
function memberTest(list: readonly Value[], cells: Cells): OrdinalTest {
  const members = new Set(list.map(asMember));
  const generic: OrdinalTest = (ordinal) => {
    const value = cells.value(ordinal);
    return value !== null && members.has(asMember(value));
  };
  const { base } = cells;
  if (base?.kind !== "dictionary") return generic;
  const entry = entryTest(base, (code) => members.has(textAt(base.dictionary, code)));
  return patched(cells, (row) => !isNull(base, row) && entry(row), generic);
}

/** Whether the text of an entity passes a test. */
export function matchTest(cells: Cells, passes: (text: string) => boolean): OrdinalTest {
  const generic: OrdinalTest = (ordinal) => {
    const text = cells.value(ordinal);
    return typeof text === "string" && passes(text);
  };
  const { base } = cells;
  if (base?.kind !== "dictionary") return generic;
  const entry = entryTest(base, (code) => passes(textAt(base.dictionary, code)));
  return patched(cells, (row) => !isNull(base, row) && entry(row), generic);
}

/** Equal numbers are one member, whatever holds them. */
function asMember(value: Value): Value {
  return typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? BigInt(value)
    : value;
}

/** The test of the base for what it holds, the general one for what a commit changed since. */
function patched(cells: Cells, fast: RowTest | null, generic: OrdinalTest): OrdinalTest {
  if (fast === null) return generic;
  if (cells.clean) return fast;
  return (ordinal) => (cells.isPatched(ordinal) ? generic(ordinal) : fast(ordinal));
}

function demandOf(operator: FilterOperator): Demand {
  const accepted = acceptedBy(operator);
  if (accepted !== null) return { kind: "order", accepted };
  if (operator === "contains_item") return { kind: "item" };
  if (operator === "starts_with") return { kind: "prefix" };
  return { kind: operator === "ends_with" ? "suffix" : "part" };
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Null where no way is faster than the general one. */
function columnTest(column: Column, demand: Demand, constant: Value): RowTest | null {
  const test = presentTest(column, demand, constant);
  const { validity } = column;
  if (test === null || validity === null) return test;
  return (row) => bitAt(validity, row) && test(row);
}

/** The test of rows that are not null. */
function presentTest(column: Column, demand: Demand, constant: Value): RowTest | null {
  if (column.kind === "list") return demand.kind === "item" ? itemTest(column, constant) : null;
  if (column.kind === "text") return textTest(column, demand, constant);
  if (column.kind === "dictionary") {
    const test = textTest(column.dictionary, demand, constant);
    return test === null ? null : entryTest(column, test);
  }
  if (demand.kind !== "order") return null;
  const { accepted } = demand;
  if (column.kind === "number" && isNumber(constant)) return numberTest(column, accepted, constant);
  if (column.kind === "long" && isNumber(constant)) return longTest(column, accepted, constant);
  if (column.kind === "bool" && typeof constant === "boolean") return boolTest(column, accepted, constant);
  return null;
}

function textTest(column: TextColumn, demand: Demand, constant: Value): RowTest | null {
  if (typeof constant !== "string") return null;
  switch (demand.kind) {
    case "order":
      return textOrderTest(column, demand.accepted, constant);
    case "prefix":
      return prefixTest(column, constant);
    case "suffix":
      return suffixTest(column, constant);
    case "part":
      return substringTest(column, constant);
    case "item":
      return null;
  }
}

function itemTest(column: Extract<Column, { kind: "list" }>, constant: Value): RowTest | null {
  const { items, offsets } = column;
  const test = columnTest(items, EQUAL, constant);
  if (test === null) return null;
  return (row) => {
    const entry = entryOf(column, row);
    for (let item = offsets[entry]!; item < offsets[entry + 1]!; item++) if (test(item)) return true;
    return false;
  };
}

const EQUAL: Demand = { kind: "order", accepted: { less: false, equal: true, greater: false } };
