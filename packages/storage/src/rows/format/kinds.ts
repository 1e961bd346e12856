import type { ScalarName } from "@omnigraph/language";
import type { Column } from "../column.ts";

// What rows are encoded with is a place in these lists, for ever: more is added at their ends.

/** The kinds of columns in files. */
export const KINDS: readonly Column["kind"][] = [
  "bool",
  "number",
  "long",
  "text",
  "dictionary",
  "list",
  "vector",
];

/** The scalars of columns in files. */
export const SCALARS: readonly ScalarName[] = [
  "String",
  "Bool",
  "I32",
  "U32",
  "F32",
  "F64",
  "Date",
  "I64",
  "U64",
  "DateTime",
];
