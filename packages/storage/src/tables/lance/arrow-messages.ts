import { unreachable } from "@omnigraph/base";
import type { Builder, Offset } from "flatbuffers";
import type { Column, LongColumn, NumberColumn } from "../../rows/column.ts";
import { arrowMetadata } from "./arrow-metadata.ts";

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

/** Numbers of Arrow's format (Message.fbs, Schema.fbs): version of its metadata, kinds of messages, types, and units of types. */
const VERSION_5 = 4;
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
  const builder = newBuilder();
  return message(builder, MESSAGE.schema, schemaOf(builder, columns), 0);
}

/** The message of a batch of rows. `buffers`: where each is behind the message, and its bytes, in pairs. */
export function batchMessage(
  rows: number,
  nodes: readonly ArrowNode[],
  buffers: readonly number[],
  bodyBytes: number,
): Uint8Array {
  const { Buffer, FieldNode, RecordBatch } = arrowMetadata();
  const builder = newBuilder();
  // Structures are written from the last to the first.
  RecordBatch.startNodesVector(builder, nodes.length);
  for (const { length, nulls } of nodes.toReversed())
    FieldNode.createFieldNode(builder, BigInt(length), BigInt(nulls));
  const nodeList = builder.endVector();
  RecordBatch.startBuffersVector(builder, buffers.length / 2);
  for (let at = buffers.length - 2; at >= 0; at -= 2)
    Buffer.createBuffer(builder, BigInt(buffers[at] ?? 0), BigInt(buffers[at + 1] ?? 0));
  const bufferList = builder.endVector();
  RecordBatch.startRecordBatch(builder);
  RecordBatch.addLength(builder, BigInt(rows));
  RecordBatch.addNodes(builder, nodeList);
  RecordBatch.addBuffers(builder, bufferList);
  return message(builder, MESSAGE.recordBatch, RecordBatch.endRecordBatch(builder), bodyBytes);
}

/** What ends a file: all that is in it. */
export function footer(columns: readonly NamedColumn[], blocks: readonly ArrowBlock[]): Uint8Array {
  const { Block, Footer } = arrowMetadata();
  const builder = newBuilder();
  const schema = schemaOf(builder, columns);
  Footer.startRecordBatchesVector(builder, blocks.length);
  for (const { offset, messageBytes, bodyBytes } of blocks.toReversed())
    Block.createBlock(builder, BigInt(offset), messageBytes, BigInt(bodyBytes));
  const batches = builder.endVector();
  Footer.startDictionariesVector(builder, 0);
  const dictionaries = builder.endVector();
  Footer.startFooter(builder);
  Footer.addVersion(builder, VERSION_5);
  Footer.addSchema(builder, schema);
  Footer.addDictionaries(builder, dictionaries);
  Footer.addRecordBatches(builder, batches);
  builder.finish(Footer.endFooter(builder));
  return builder.asUint8Array();
}

function newBuilder(): Builder {
  const { Builder: FlatBuilder } = arrowMetadata();
  return new FlatBuilder(1024);
}

function message(builder: Builder, kind: number, header: Offset, bodyBytes: number): Uint8Array {
  const { Message } = arrowMetadata();
  builder.finish(Message.createMessage(builder, VERSION_5, kind, header, BigInt(bodyBytes), 0));
  return builder.asUint8Array();
}

function schemaOf(builder: Builder, columns: readonly NamedColumn[]): Offset {
  const { Schema } = arrowMetadata();
  const fields = columns.map(({ name, column, nullable }) => fieldOf(builder, name, column, nullable));
  const list = Schema.createFieldsVector(builder, fields);
  Schema.startSchema(builder);
  Schema.addFields(builder, list);
  return Schema.endSchema(builder);
}

function fieldOf(builder: Builder, name: string, column: Column, nullable: boolean): Offset {
  return field(builder, name, nullable, typeOf(builder, column), itemFields(builder, column));
}

function field(
  builder: Builder,
  name: string,
  nullable: boolean,
  { kind, type }: ArrowType,
  items: Offset[],
): Offset {
  const { Field } = arrowMetadata();
  const text = builder.createString(name);
  const children = Field.createChildrenVector(builder, items);
  Field.startField(builder);
  Field.addName(builder, text);
  Field.addNullable(builder, nullable);
  Field.addTypeType(builder, kind);
  Field.addType(builder, type);
  Field.addChildren(builder, children);
  return Field.endField(builder);
}

function itemFields(builder: Builder, column: Column): Offset[] {
  if (column.kind === "list") return [fieldOf(builder, "item", column.items, true)];
  if (column.kind !== "vector") return [];
  return [field(builder, "item", true, numericType(builder, "F32"), [])];
}

interface ArrowType {
  readonly kind: number;
  readonly type: Offset;
}

function typeOf(builder: Builder, column: Column): ArrowType {
  const { Bool, FixedSizeList, List, Utf8 } = arrowMetadata();
  switch (column.kind) {
    case "bool":
      return { kind: TYPE.bool, type: Bool.createBool(builder) };
    case "number":
    case "long":
      return numericType(builder, column.scalar);
    case "text":
    case "dictionary":
      return { kind: TYPE.text, type: Utf8.createUtf8(builder) };
    case "list":
      return { kind: TYPE.list, type: List.createList(builder) };
    case "vector":
      return {
        kind: TYPE.fixedSizeList,
        type: FixedSizeList.createFixedSizeList(builder, column.dimension),
      };
    default:
      return unreachable(column);
  }
}

function numericType(builder: Builder, scalar: (NumberColumn | LongColumn)["scalar"]): ArrowType {
  const { Date, FloatingPoint, Int, Timestamp } = arrowMetadata();
  const integer = (bits: number, signed: boolean): ArrowType => ({
    kind: TYPE.int,
    type: Int.createInt(builder, bits, signed),
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
      return { kind: TYPE.float, type: FloatingPoint.createFloatingPoint(builder, SINGLE) };
    case "F64":
      return { kind: TYPE.float, type: FloatingPoint.createFloatingPoint(builder, DOUBLE) };
    case "Date":
      return { kind: TYPE.date, type: Date.createDate(builder, DAY) };
    case "DateTime": {
      const zone = builder.createString("UTC");
      return { kind: TYPE.timestamp, type: Timestamp.createTimestamp(builder, MILLISECOND, zone) };
    }
    default:
      return unreachable(scalar);
  }
}
