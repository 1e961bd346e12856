import { ranges, STEP_ROWS, type Steps, type Value } from "@omnigraph/base";
import {
  canonicalKeyText,
  type EntityType,
  formatType,
  type KeyPart,
  type Property,
} from "@omnigraph/language";
import {
  type Column,
  columnType,
  type ColumnType,
  type DictionaryColumn,
  equalAt,
  isNull,
  type NumberColumn,
  textAt,
  type TextColumn,
  valueAt,
} from "@omnigraph/storage";
import { valueProblem } from "../write/constraints/values.ts";

/** Receives what is wrong with a row; answers whether to go on. */
export type Report = (row: number, problem: string) => boolean;

/** Whether the values of a property can be wrong in a column that can be read: else nobody need read it. */
export function mayBeWrong(type: EntityType, property: Property): boolean {
  const { scalar, nullable } = property.type;
  return !nullable || !UNBOUNDED.has(scalar) || isConstrained(type, property);
}

/** Scalars of which a column can hold nothing that is no value. */
const UNBOUNDED: ReadonlySet<Property["type"]["scalar"]> = new Set([
  "Bool",
  "I32",
  "U32",
  "I64",
  "U64",
  "String",
  "Blob",
]);

function isConstrained(type: EntityType, { id, type: { enumValues, list, dimension } }: Property): boolean {
  if (enumValues !== null || list || dimension !== null) return true;
  return type.kind === "node" && [...type.ranges, ...type.checks].some(({ property }) => property === id);
}

/** Checks the values of a property in all rows: their type, whether they may be missing, enum, `@range` and `@check`. */
export function* checkingValues(
  type: EntityType,
  property: Property,
  column: Column,
  report: Report,
): Steps<void> {
  if (!isOf(column, columnType(property.type))) {
    report(0, `${property.name} is stored as ${column.kind}, and is ${formatType(property.type)}`);
    return;
  }
  const isRight = yield* rightAtOnce(type, property, column);
  if (isRight && (property.type.nullable || column.validity === null)) return;
  for (let row = 0; row < column.length; row++) {
    if (row % STEP_ROWS === STEP_ROWS - 1) yield;
    const value = isNull(column, row) ? null : isRight ? undefined : valueAt(column, row);
    const problem = value === undefined ? null : valueProblem(type, property, value);
    if (problem !== null && !report(row, problem)) return;
  }
}

/** Whether all values are right, as far as it can be told from few of them: all rules but `@check` are of single values, or of ranges. */
function* rightAtOnce(type: EntityType, property: Property, column: Column): Steps<boolean> {
  const fits = (value: Value): boolean => valueProblem(type, property, value) === null;
  if (column.kind === "dictionary") return (yield* entriesOf(column)).every(fits);
  if (column.kind === "number") {
    const extremes = yield* extremesOf(column);
    return extremes === null || extremes.every(fits);
  }
  return UNBOUNDED.has(property.type.scalar) && !isConstrained(type, property);
}

/** The texts that rows have. */
function* entriesOf(column: DictionaryColumn): Steps<readonly string[]> {
  const used = new Uint8Array(column.dictionary.length);
  yield* ranges(column.length, STEP_ROWS, (from, to) => {
    for (let row = from; row < to; row++) if (!isNull(column, row)) used[column.codes[row] ?? 0] = 1;
  });
  return Array.from(used.keys())
    .filter((entry) => used[entry] === 1)
    .map((entry) => textAt(column.dictionary, entry));
}

/** The least and the greatest value; the one that is no number, if there is one; null where all are missing. */
function* extremesOf(column: NumberColumn): Steps<readonly number[] | null> {
  let [min, max, hasNaN] = [Infinity, -Infinity, false];
  yield* ranges(column.length, STEP_ROWS, (from, to) => {
    const { validity, values } = column;
    for (let row = from; row < to; row++) {
      if (validity !== null && isNull(column, row)) continue;
      const value = values[row] ?? 0;
      if (value < min) min = value;
      if (value > max) max = value;
      if (Number.isNaN(value)) hasNaN = true;
    }
  });
  if (hasNaN) return [NaN];
  return min > max ? null : [min, max];
}

/** Checks that the id of each entity is the text of its key, whose parts are in `columns`. */
export function* checkingKeys(
  parts: readonly KeyPart[],
  ids: TextColumn,
  columns: readonly Column[],
  report: Report,
): Steps<void> {
  const types = parts.map(({ type }) => type);
  const [only] = columns;
  const isText = columns.length === 1 && (only?.kind === "text" || only?.kind === "dictionary");
  for (let row = 0; row < ids.length; row++) {
    if (row % STEP_ROWS === STEP_ROWS - 1) yield;
    if (columns.some((column) => isNull(column, row))) continue;
    if (isText && equalAt(ids, row, only, row)) continue;
    const values = columns.map((column): Value => valueAt(column, row));
    const found = canonicalKeyText(values, types);
    if (found !== textAt(ids, row) && !report(row, `its key is that of ${JSON.stringify(found)}`)) return;
  }
}

function isOf(column: Column, { scalar, list, dimension }: ColumnType): boolean {
  if (dimension !== null) return column.kind === "vector" && column.dimension === dimension;
  if (list) return column.kind === "list" && isScalar(column.items, scalar);
  return isScalar(column, scalar);
}

function isScalar(column: Column, scalar: ColumnType["scalar"]): boolean {
  switch (column.kind) {
    case "bool":
      return scalar === "Bool";
    case "number":
    case "long":
      return column.scalar === scalar;
    case "text":
    case "dictionary":
      return scalar === "String" || scalar === "Blob";
    case "list":
    case "vector":
      return false;
  }
}
