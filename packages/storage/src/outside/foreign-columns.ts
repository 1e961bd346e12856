import type { Value } from "@omnigraph/base";
import type * as arrow from "apache-arrow";
import type { ColumnType } from "../rows/column.ts";
import { type Arrow, loadArrow } from "../tables/lance/arrow.ts";
import { columnOfVector } from "../tables/lance/arrow-columns.ts";
import type { ForeignCells, ForeignField } from "./foreign.ts";

/** A field as one of another program. */
export function foreignField({ name, type }: arrow.Field): ForeignField {
  return { name, shown: String(type), fits: (target) => fits(type, target) };
}

function fits(type: arrow.DataType, target: ColumnType): boolean {
  const { DataType } = loadArrow();
  const item = (found: arrow.DataType): boolean => fits(found, { ...target, list: false, dimension: null });
  if (target.dimension !== null) {
    if (DataType.isFixedSizeList(type)) return type.listSize === target.dimension && item(itemType(type));
    return DataType.isList(type) && item(itemType(type));
  }
  if (target.list) return DataType.isList(type) && item(itemType(type));
  return fitsScalar(DataType.isDictionary(type) ? type.dictionary : type, target);
}

function itemType(type: arrow.List | arrow.FixedSizeList): arrow.DataType {
  return type.children[0]!.type;
}

function fitsScalar(type: arrow.DataType, { scalar }: ColumnType): boolean {
  const { DataType, DateUnit } = loadArrow();
  switch (scalar) {
    case "String":
    case "Blob":
      return DataType.isUtf8(type) || DataType.isLargeUtf8(type);
    case "Bool":
      return DataType.isBool(type);
    case "I32":
    case "U32":
    case "I64":
    case "U64":
      return DataType.isInt(type);
    case "F32":
    case "F64":
      return DataType.isFloat(type);
    case "Date":
      return DataType.isDate(type) && type.unit === DateUnit.DAY;
    case "DateTime":
      // A time without a zone names no instant.
      return DataType.isTimestamp(type) && typeof type.timezone === "string" && type.timezone !== "";
  }
}

/** The cells of a column that fits. */
export function foreignCells(vector: arrow.Vector, target: ColumnType): ForeignCells {
  if (isOurs(vector, target)) {
    const column = columnOfVector(vector);
    if (column !== null) return { kind: "column", column };
  }
  const cells: Value[] = [];
  const cut = new Map<number, number>();
  for (const data of vector.data) {
    const from = cells.length;
    const read = reader(data, loadArrow(), (row) => cut.set(from + row, (cut.get(from + row) ?? 0) + 1));
    for (let row = 0; row < data.length; row++) cells.push(read(row, row));
  }
  return { kind: "cells", cells, cut };
}

/** Whether our column of the type has the layout that Arrow has here. Components of vectors that are null have no place in ours. */
function isOurs(vector: arrow.Vector, { scalar, list, dimension }: ColumnType): boolean {
  const { DataType } = loadArrow();
  const { type } = vector;
  if (dimension !== null)
    return (
      DataType.isFixedSizeList(type) &&
      vector.data.every(({ children }) => children[0]?.nullCount === 0) &&
      isScalar(itemType(type), "F32")
    );
  if (list) return DataType.isList(type) && isScalar(itemType(type), scalar);
  return isScalar(type, scalar);
}

function isScalar(type: arrow.DataType, scalar: ColumnType["scalar"]): boolean {
  const { DataType, Precision, TimeUnit } = loadArrow();
  switch (scalar) {
    case "String":
    case "Blob":
      return DataType.isUtf8(type);
    case "Bool":
    case "Date":
      return fitsScalar(type, { scalar, list: false, dimension: null });
    case "I32":
    case "U32":
    case "I64":
    case "U64":
      return (
        DataType.isInt(type) &&
        type.bitWidth === (scalar.endsWith("32") ? 32 : 64) &&
        type.isSigned === scalar.startsWith("I")
      );
    case "F32":
      return DataType.isFloat(type) && type.precision === Precision.SINGLE;
    case "F64":
      return DataType.isFloat(type) && type.precision === Precision.DOUBLE;
    case "DateTime":
      return DataType.isTimestamp(type) && type.unit === TimeUnit.MILLISECOND;
  }
}

/** Reads the cell at a position; `row` is the row that it belongs to. */
type Reader = (at: number, row: number) => Value;

const PER_MS: readonly bigint[] = [1n, 1n, 1000n, 1_000_000n];

function reader(data: arrow.Data, arrow: Arrow, onCut: (row: number) => void): Reader {
  const { DataType } = arrow;
  const { type } = data;
  const present: Reader = DataType.isTimestamp(type)
    ? times(data.values as BigInt64Array, type.unit, onCut)
    : DataType.isList(type)
      ? lists(data, reader(data.children[0]!, arrow, onCut), (at) => [
          data.valueOffsets[at]!,
          data.valueOffsets[at + 1]!,
        ])
      : DataType.isFixedSizeList(type)
        ? lists(data, reader(data.children[0]!, arrow, onCut), (at) => [
            (data.offset + at) * type.listSize,
            (data.offset + at + 1) * type.listSize,
          ])
        : plain(new arrow.Vector([data]));
  return (at, row) => (data.getValid(at) ? present(at, row) : null);
}

function plain(vector: arrow.Vector): Reader {
  return (at) => vector.get(at) as Value;
}

function lists(_data: arrow.Data, item: Reader, ends: (at: number) => readonly [number, number]): Reader {
  return (at, row) => {
    const [from, to] = ends(at);
    return Array.from({ length: to - from }, (_, i) => item(from + i, row));
  };
}

function times(ticks: BigInt64Array, unit: arrow.TimeUnit, onCut: (row: number) => void): Reader {
  const perMs = PER_MS[unit] ?? 1n;
  return (at, row) => {
    const tick = ticks[at]!;
    if (unit === 0) return Number(tick * 1000n);
    const ms = BigInt.asIntN(64, tick - (((tick % perMs) + perMs) % perMs)) / perMs;
    if (ms * perMs !== tick) onCut(row);
    return Number(ms);
  };
}
