import { requireExternal } from "@omnigraph/storage/external";
import type { Block } from "apache-arrow/fb/block";
import type { Bool } from "apache-arrow/fb/bool";
import type { Buffer } from "apache-arrow/fb/buffer";
import type { Date } from "apache-arrow/fb/date";
import type { Field } from "apache-arrow/fb/field";
import type { FieldNode } from "apache-arrow/fb/field-node";
import type { FixedSizeList } from "apache-arrow/fb/fixed-size-list";
import type { FloatingPoint } from "apache-arrow/fb/floating-point";
import type { Footer } from "apache-arrow/fb/footer";
import type { Int } from "apache-arrow/fb/int";
import type { List } from "apache-arrow/fb/list";
import type { Message } from "apache-arrow/fb/message";
import type { RecordBatch } from "apache-arrow/fb/record-batch";
import type { Schema } from "apache-arrow/fb/schema";
import type { Timestamp } from "apache-arrow/fb/timestamp";
import type { Utf8 } from "apache-arrow/fb/utf8";
import type { Builder } from "flatbuffers";

/** What Arrow's metadata is written with: its own classes, without the rest of Arrow, which takes four times as long to load. */
interface ArrowMetadata {
  readonly Builder: typeof Builder;
  readonly Block: typeof Block;
  readonly Bool: typeof Bool;
  readonly Buffer: typeof Buffer;
  readonly Date: typeof Date;
  readonly Field: typeof Field;
  readonly FieldNode: typeof FieldNode;
  readonly FixedSizeList: typeof FixedSizeList;
  readonly FloatingPoint: typeof FloatingPoint;
  readonly Footer: typeof Footer;
  readonly Int: typeof Int;
  readonly List: typeof List;
  readonly Message: typeof Message;
  readonly RecordBatch: typeof RecordBatch;
  readonly Schema: typeof Schema;
  readonly Timestamp: typeof Timestamp;
  readonly Utf8: typeof Utf8;
}

const FILES = [
  "block",
  "bool",
  "buffer",
  "date",
  "field",
  "field-node",
  "fixed-size-list",
  "floating-point",
  "footer",
  "int",
  "list",
  "message",
  "record-batch",
  "schema",
  "timestamp",
  "utf8",
];

let loaded: ArrowMetadata | null = null;

/** Loads them at the first call. */
export function arrowMetadata(): ArrowMetadata {
  // Casts: `require` has no types; each module exports its class under its name.
  const parts = ["flatbuffers", ...FILES.map((file) => `apache-arrow/fb/${file}`)];
  loaded ??= Object.assign({}, ...parts.map((name) => requireExternal(name) as object)) as ArrowMetadata;
  return loaded;
}
