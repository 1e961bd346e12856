import { unreachable } from "@omnigraph/base";
import type { Column, LongColumn, NumberColumn } from "../../rows/column.ts";
import {
  flatBuffer,
  flatList,
  flatStructs,
  flatTable,
  flatText,
  int16,
  int32,
  int64,
  int8,
} from "./flat-buffer.ts";

/** A column under the name that it has in a table. */
export interface NamedColumn {
  readonly name: string;
  readonly column: Column;
  readonly nullable: boolean;
}

/** Rows and nulls of a column, or of the items in it. */
export interface ArrowNode {
  readonly length: number;
  readonly nulls: number;
}

/** Where a record batch is in a file: its message from the marker on, and the bytes of its buffers behind it. */
export interface ArrowBlock {
  readonly offset: number;
  readonly messageBytes: number;
  readonly bodyBytes: number;
}

type FlatTable = ReturnType<typeof flatTable>;

/** Numbers of Arrow's format: versions of its metadata, kinds of messages, types, and units of types. */
const VERSION_5 = 4;
const LITTLE_ENDIAN = 0;
const MESSAGE = { schema: 1, recordBatch: 3 } as const;
const TYPE = {
  int: 2,
  float: 3,
  text: 5,
  bool: 6,
  date: 8,
  timestamp: 10,
  list: 12,
  fixedSizeList: 16,
} as const;
const SINGLE = 1;
const DOUBLE = 2;
const DAY = 0;
const MILLISECOND = 1;

/** The message that starts a file. */
export function schemaMessage(columns: readonly NamedColumn[]): Uint8Array {
  return message(MESSAGE.schema, schemaOf(columns), 0);
}

/** The message of a batch of rows. `buffers`: where each is behind the message, and its bytes, in pairs. */
export function batchMessage(
  rows: number,
  nodes: readonly ArrowNode[],
  buffers: readonly number[],
  bodyBytes: number,
): Uint8Array {
  const batch = flatTable(
    int64(rows),
    flatStructs(
      nodes.length,
      nodes.flatMap(({ length, nulls }) => [length, nulls]),
    ),
    flatStructs(buffers.length / 2, buffers),
  );
  return message(MESSAGE.recordBatch, batch, bodyBytes);
}

/** What ends a file: all that is in it. */
export function footer(columns: readonly NamedColumn[], blocks: readonly ArrowBlock[]): Uint8Array {
  const words = blocks.flatMap(({ offset, messageBytes, bodyBytes }) => [offset, messageBytes, bodyBytes]);
  const noDictionaries = flatStructs(0, []);
  return flatBuffer(
    flatTable(int16(VERSION_5), schemaOf(columns), noDictionaries, flatStructs(blocks.length, words)),
  );
}

function message(kind: number, header: FlatTable, bodyBytes: number): Uint8Array {
  return flatBuffer(flatTable(int16(VERSION_5), int8(kind), header, int64(bodyBytes)));
}

function schemaOf(columns: readonly NamedColumn[]): FlatTable {
  const fields = columns.map(({ name, column, nullable }) => fieldOf(name, column, nullable));
  return flatTable(int16(LITTLE_ENDIAN), flatList(fields));
}

function fieldOf(name: string, column: Column, nullable: boolean): FlatTable {
  const { kind, type } = typeOf(column);
  return flatTable(
    flatText(name),
    int8(nullable ? 1 : 0),
    int8(kind),
    type,
    null,
    flatList(itemFields(column)),
  );
}

function itemFields(column: Column): readonly FlatTable[] {
  if (column.kind === "list") return [fieldOf("item", column.items, true)];
  if (column.kind !== "vector") return [];
  return [
    flatTable(flatText("item"), int8(1), int8(TYPE.float), flatTable(int16(SINGLE)), null, flatList([])),
  ];
}

interface ArrowType {
  readonly kind: number;
  readonly type: FlatTable;
}

function typeOf(column: Column): ArrowType {
  switch (column.kind) {
    case "bool":
      return { kind: TYPE.bool, type: flatTable() };
    case "number":
    case "long":
      return numericType(column.scalar);
    case "text":
    case "dictionary":
      return { kind: TYPE.text, type: flatTable() };
    case "list":
      return { kind: TYPE.list, type: flatTable() };
    case "vector":
      return { kind: TYPE.fixedSizeList, type: flatTable(int32(column.dimension)) };
    default:
      return unreachable(column);
  }
}

function numericType(scalar: (NumberColumn | LongColumn)["scalar"]): ArrowType {
  const integer = (bits: number, signed: boolean): ArrowType => ({
    kind: TYPE.int,
    type: flatTable(int32(bits), int8(signed ? 1 : 0)),
  });
  switch (scalar) {
    case "I32":
      return integer(32, true);
    case "U32":
      return integer(32, false);
    case "I64":
      return integer(64, true);
    case "U64":
      return integer(64, false);
    case "F32":
      return { kind: TYPE.float, type: flatTable(int16(SINGLE)) };
    case "F64":
      return { kind: TYPE.float, type: flatTable(int16(DOUBLE)) };
    case "Date":
      return { kind: TYPE.date, type: flatTable(int16(DAY)) };
    case "DateTime":
      return { kind: TYPE.timestamp, type: flatTable(int16(MILLISECOND), flatText("UTC")) };
    default:
      return unreachable(scalar);
  }
}
