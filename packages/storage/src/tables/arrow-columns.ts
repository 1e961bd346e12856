import { OmnigraphError } from "@omnigraph/base";
import type * as arrow from "apache-arrow";
import type { Column, LongColumn, NumberColumn, Validity } from "../rows/column.ts";
import { concatColumns } from "../rows/concat.ts";
import { numbersOf } from "../rows/scalar-builders.ts";
import { type Items, sliceColumn } from "../rows/select.ts";
import { loadArrow } from "./arrow.ts";

/** A column of an Arrow table that was read, as ours: its batches one after another. Without a batch, null. */
export function columnOfVector(vector: arrow.Vector): Column | null {
  const parts = vector.data.map(columnOfData);
  return parts.length === 0 ? null : concatColumns(parts);
}

function validityOf(data: arrow.Data): Validity {
  return data.nullCount === 0 || data.nullBitmap === undefined || data.nullBitmap === null
    ? null
    : data.nullBitmap;
}

/** Views of Arrow's memory. What lies before `offset` is cut off by a slice where Arrow has not cut it already. */
function columnOfData(data: arrow.Data): Column {
  const { Type } = loadArrow();
  const { length } = data;
  const validity = validityOf(data);
  switch (data.typeId) {
    case Type.List: {
      const items = itemsOf(child(data));
      return {
        kind: "list",
        length,
        validity: cut(validity, data),
        offsets: unsigned(data.valueOffsets),
        items,
      };
    }
    case Type.FixedSizeList: {
      const values = itemsOf(child(data));
      const dimension = data.stride;
      if (values.kind !== "number" || !(values.values instanceof Float32Array)) throw foreign(data);
      const from = data.offset * dimension;
      const components = values.values.subarray(from, from + length * dimension);
      return { kind: "vector", length, validity: cut(validity, data), dimension, values: components };
    }
    default:
      return itemsOf(data);
  }
}

function child(data: arrow.Data): arrow.Data {
  const [first] = data.children;
  if (first === undefined) throw foreign(data);
  return first;
}

/** Validity is the one buffer that Arrow shares uncut among slices. */
function cut(validity: Validity, data: arrow.Data): Validity {
  if (validity === null || data.offset === 0) return validity;
  const end = data.offset + data.length;
  const bits: Column = { kind: "bool", length: end, validity: null, bits: validity };
  const sliced = sliceColumn(bits, data.offset, end);
  return sliced.kind === "bool" ? sliced.bits : validity;
}

function unsigned(offsets: Int32Array): Uint32Array {
  return new Uint32Array(offsets.buffer, offsets.byteOffset, offsets.length);
}

function itemsOf(data: arrow.Data): Items {
  const { Type } = loadArrow();
  const { length } = data;
  const validity = cut(validityOf(data), data);
  switch (data.typeId) {
    case Type.Bool: {
      const bits = cut(data.values, data);
      return { kind: "bool", length, validity, bits: bits ?? new Uint8Array(0) };
    }
    case Type.Utf8:
      return {
        kind: "text",
        length,
        validity,
        offsets: unsigned(data.valueOffsets),
        bytes: data.values ?? new Uint8Array(0),
      };
    default:
      return numbers(data, length, validity);
  }
}

function numbers(data: arrow.Data, length: number, validity: Validity): NumberColumn | LongColumn {
  const scalar = scalarOf(data);
  const { buffer, byteOffset }: ArrayBufferView = data.values;
  if (scalar === "I64" || scalar === "U64" || scalar === "DateTime") {
    return { kind: "long", scalar, length, validity, words: new Int32Array(buffer, byteOffset, 2 * length) };
  }
  const values = numbersOf(scalar, length);
  new Uint8Array(values.buffer).set(new Uint8Array(buffer, byteOffset, values.byteLength));
  return { kind: "number", scalar, length, validity, values };
}

function scalarOf(data: arrow.Data): NumberColumn["scalar"] | LongColumn["scalar"] {
  const { DataType } = loadArrow();
  const type: arrow.DataType = data.type;
  if (DataType.isInt(type)) {
    if (type.bitWidth === 32) return type.isSigned ? "I32" : "U32";
    if (type.bitWidth === 64) return type.isSigned ? "I64" : "U64";
  }
  if (DataType.isFloat(type) && type.precision === 1) return "F32";
  if (DataType.isFloat(type) && type.precision === 2) return "F64";
  if (DataType.isDate(type) && type.unit === 0) return "Date";
  if (DataType.isTimestamp(type) && type.unit === 1) return "DateTime";
  throw foreign(data);
}

function foreign(data: arrow.Data): OmnigraphError {
  const type = String(data.type);
  return new OmnigraphError(
    "object_corrupt",
    `a Lance table has a column of type ${type}, which omnigraph never writes; restore it from a backup`,
    {
      details: { type },
    },
  );
}
