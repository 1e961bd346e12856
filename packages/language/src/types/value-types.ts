/** The scalar types of both languages. */
export type ScalarName =
  | "String"
  | "Blob"
  | "Bool"
  | "I32"
  | "I64"
  | "U32"
  | "U64"
  | "F32"
  | "F64"
  | "Date"
  | "DateTime";

export const SCALARS: readonly ScalarName[] = [
  "String",
  "Blob",
  "Bool",
  "I32",
  "I64",
  "U32",
  "U64",
  "F32",
  "F64",
  "Date",
  "DateTime",
];

/** The type of a property or parameter. A vector is `{scalar: "F32", dimension: n}`; an enum is a String with `enumValues`. */
export interface ValueType {
  /** Of a list the type of its items. */
  readonly scalar: ScalarName;
  /** Whether it is a list of such values. */
  readonly list: boolean;
  /** Whether a value may be missing. */
  readonly nullable: boolean;
  /** Length of a vector, else null. */
  readonly dimension: number | null;
  /** The values of an enum in declared order, else null. */
  readonly enumValues: readonly string[] | null;
}

/** An id or an end: text that is never null. */
export const ID_TYPE: ValueType = {
  scalar: "String",
  list: false,
  nullable: false,
  dimension: null,
  enumValues: null,
};

/** The type as the languages write it, `[I32]?` say. */
export function formatType(type: ValueType): string {
  let text: string = type.scalar;
  if (type.dimension !== null) text = `Vector(${type.dimension})`;
  else if (type.enumValues !== null) text = `enum(${type.enumValues.join(", ")})`;
  if (type.list) text = `[${text}]`;
  return type.nullable ? `${text}?` : text;
}
