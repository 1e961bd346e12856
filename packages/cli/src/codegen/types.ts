import type { ExprType, Property, ScalarName, ValueType } from "@omnigraph/language";

/** Where the functions run a query: in this process, or on a server. */
export type Side = "library" | "client";

const LARGE = "number | bigint";

/** Values as a program gives them, to a query or a load. */
const GIVEN: Readonly<Record<ScalarName, string>> = {
  String: "string",
  Blob: "string",
  Bool: "boolean",
  I32: "number",
  I64: LARGE,
  U32: "number",
  U64: LARGE,
  F32: "number",
  F64: "number",
  Date: "string | Date",
  DateTime: "string | Date",
};

/** The type of a value that a program gives. */
export function givenType({ scalar, list, nullable, dimension, enumValues }: ValueType): string {
  const plain =
    enumValues === null ? GIVEN[scalar] : enumValues.map((word) => JSON.stringify(word)).join(" | ");
  const single = dimension === null ? plain : "readonly number[] | Float32Array";
  return orNull(list ? listOf(single) : single, nullable);
}

/** The type of a value in a row. A whole entity is its id. A server writes no float so that it can be told from an integer. */
export function answeredType({ scalar, list, nullable, dimension }: ExprType, side: Side): string {
  if (dimension !== null) return orNull("readonly number[]", nullable);
  const single = scalar === null ? "string" : answeredScalar(scalar, side);
  return orNull(list ? listOf(single) : single, nullable);
}

function answeredScalar(scalar: ScalarName, side: Side): string {
  if (scalar === "Date" || scalar === "DateTime") return "string";
  if (scalar === "F32" || scalar === "F64") return side === "client" ? LARGE : "number";
  return GIVEN[scalar];
}

/** Members of what a line of a load holds of an entity. */
export function dataMembers(properties: readonly Property[]): string {
  return properties
    .map(({ name, type, default: byDefault }) => {
      const mayMiss = type.nullable || byDefault !== undefined;
      return `  readonly ${memberName(name)}${mayMiss ? "?" : ""}: ${givenType(type)};\n`;
    })
    .join("");
}

/** A name as a member of a type is written. */
export function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function listOf(single: string): string {
  return `readonly ${single.includes(" ") ? `(${single})` : single}[]`;
}

function orNull(type: string, nullable: boolean): string {
  return nullable ? `${type} | null` : type;
}
