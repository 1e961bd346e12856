import type * as arrow from "apache-arrow";
import { bitBytes, copyBits } from "../../rows/bits.ts";
import type { Column, LongColumn, NumberColumn, Validity } from "../../rows/column.ts";
import { concatColumns } from "../../rows/concat.ts";
import { packedList, packedVectors } from "../../rows/format/packing.ts";
import { Rank } from "../../rows/rank.ts";
import { numbersOf } from "../../rows/scalar-builders.ts";
import type { Items } from "../../rows/select.ts";
import { loadArrow } from "./arrow.ts";

/** Our column of an Arrow column: its batches one after another. Null where we have no such type, or there is no batch. */
export function columnOfVector(vector: arrow.Vector): Column | null {
  const parts = vector.data.map(columnOfData).filter((part) => part !== null);
  return parts.length === 0 || parts.length < vector.data.length ? null : concatColumns(parts);
}

function validityOf(data: arrow.Data): Validity {
  return data.nullCount === 0 || !data.nullBitmap ? null : bitsOf(data.nullBitmap, data);
}

/** A view of Arrow's memory; lists and vectors with nulls are copied, because they are packed. */
function columnOfData(data: arrow.Data): Column | null {
  const { DataType } = loadArrow();
  const { length, type } = data;
  const validity = validityOf(data);
  const [child] = data.children;
  if (child === undefined) return itemsOf(data);
  if (DataType.isList(type)) {
    const items = itemsOf(child);
    if (items === null) return null;
    const offsets = unsigned(data.valueOffsets);
    return packedList({ kind: "list", length, validity, rank: Rank.of(validity, length), offsets, items });
  }
  const components: unknown = child.values;
  if (!DataType.isFixedSizeList(type) || !(components instanceof Float32Array)) return null;
  const dimension = type.listSize;
  const from = data.offset * dimension;
  const values = components.subarray(from, from + length * dimension);
  if (validity === null) return { kind: "vector", length, validity, rank: null, dimension, values };
  const own = validity.slice(0, bitBytes(length)); // nothing of the batch is kept
  return packedVectors({
    kind: "vector",
    length,
    validity: own,
    rank: Rank.of(own, length),
    dimension,
    values,
  });
}

/** The bits from `offset` on: slices of Arrow data share the whole bitmap. */
function bitsOf(bits: Uint8Array, { offset, length }: arrow.Data): Uint8Array {
  if (offset === 0) return bits;
  const cut = new Uint8Array(bitBytes(length));
  copyBits(bits, offset, length, cut, 0);
  return cut;
}

function unsigned(offsets: Int32Array): Uint32Array {
  return new Uint32Array(offsets.buffer, offsets.byteOffset, offsets.length);
}

function itemsOf(data: arrow.Data): Items | null {
  const { DataType } = loadArrow();
  const { length, type } = data;
  const validity = validityOf(data);
  if (DataType.isBool(type)) return { kind: "bool", length, validity, bits: bitsOf(data.values, data) };
  if (DataType.isUtf8(type)) {
    const bytes: Uint8Array | undefined = data.values;
    return {
      kind: "text",
      length,
      validity,
      offsets: unsigned(data.valueOffsets),
      bytes: bytes ?? new Uint8Array(0),
    };
  }
  const scalar = scalarOf(type);
  return scalar === null ? null : numbers(data, scalar, validity);
}

type Scalar = NumberColumn["scalar"] | LongColumn["scalar"];

function numbers(data: arrow.Data, scalar: Scalar, validity: Validity): NumberColumn | LongColumn {
  const { length } = data;
  const { buffer, byteOffset }: ArrayBufferView = data.values;
  if (scalar === "I64" || scalar === "U64" || scalar === "DateTime") {
    const words = new Int32Array(buffer, byteOffset, 2 * length).slice();
    return { kind: "long", scalar, length, validity, words };
  }
  const values = numbersOf(scalar, length);
  new Uint8Array(values.buffer).set(new Uint8Array(buffer, byteOffset, values.byteLength));
  return { kind: "number", scalar, length, validity, values };
}

function scalarOf(type: arrow.DataType): Scalar | null {
  const { DataType, DateUnit, Precision, TimeUnit } = loadArrow();
  if (DataType.isInt(type) && type.bitWidth === 32) return type.isSigned ? "I32" : "U32";
  if (DataType.isInt(type) && type.bitWidth === 64) return type.isSigned ? "I64" : "U64";
  if (DataType.isFloat(type) && type.precision === Precision.SINGLE) return "F32";
  if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) return "F64";
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) return "Date";
  if (DataType.isTimestamp(type) && type.unit === TimeUnit.MILLISECOND) return "DateTime";
  return null;
}
