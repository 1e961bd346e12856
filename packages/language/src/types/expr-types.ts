import { formatType, type ScalarName, type ValueType } from "./value-types.ts";

/** The type of an expression; null scalar for a whole entity. */
export interface ExprType {
  readonly scalar: ScalarName | null;
  readonly list: boolean;
  readonly nullable: boolean;
  readonly dimension: number | null;
}

const INTEGERS: ReadonlySet<ScalarName> = new Set(["I32", "I64", "U32", "U64"]);
const FLOATS: ReadonlySet<ScalarName> = new Set(["F32", "F64"]);

export function isInteger(scalar: ScalarName | null): boolean {
  return scalar !== null && INTEGERS.has(scalar);
}

export function isFloat(scalar: ScalarName | null): boolean {
  return scalar !== null && FLOATS.has(scalar);
}

/** A single value of a scalar type: neither a list, a vector nor a whole entity. */
export function isScalar(type: ExprType): boolean {
  return type.scalar !== null && !type.list && type.dimension === null;
}

export function isNumber(type: ExprType): boolean {
  return isScalar(type) && (isInteger(type.scalar) || isFloat(type.scalar));
}

/** A type whose values have an order: every scalar but Blob. */
export function isOrdered(type: ExprType): boolean {
  return isScalar(type) && type.scalar !== "Blob";
}

export function isText(type: ExprType): boolean {
  return isScalar(type) && type.scalar === "String";
}

export function scalarType(scalar: ScalarName, nullable = false): ExprType {
  return { scalar, list: false, nullable, dimension: null };
}

export const ENTITY_TYPE: ExprType = { scalar: null, list: false, nullable: false, dimension: null };

/** What an optional block may leave unbound. */
export const OPTIONAL_ENTITY_TYPE: ExprType = { ...ENTITY_TYPE, nullable: true };

/** The type of an expression that reads a property or parameter. */
export function exprType(type: ValueType): ExprType {
  return { scalar: type.scalar, list: type.list, nullable: type.nullable, dimension: type.dimension };
}

/** The type of a list's items. */
export function itemType(type: ExprType): ExprType {
  return { ...type, list: false, nullable: false };
}

/** Whether `=` and `<` have a meaning between the two: one scalar type, or numbers of any types. */
export function comparable(left: ExprType, right: ExprType): boolean {
  if (!isOrdered(left) || !isOrdered(right)) return false;
  return left.scalar === right.scalar || (isNumber(left) && isNumber(right));
}

/** The type of a value that is of the one type or of the other; null where no type holds both. Numbers of two types are as exact as their widest. */
export function joinedType(left: ExprType, right: ExprType): ExprType | null {
  const nullable = left.nullable || right.nullable;
  if (left.scalar === right.scalar && left.list === right.list && left.dimension === right.dimension)
    return left.scalar === null ? null : { ...left, nullable };
  if (!isNumber(left) || !isNumber(right)) return null;
  if (isFloat(left.scalar) || isFloat(right.scalar)) return scalarType("F64", nullable);
  if (isUnsigned(left.scalar) && isUnsigned(right.scalar)) return scalarType("U64", nullable);
  return left.scalar === "U64" || right.scalar === "U64" ? null : scalarType("I64", nullable);
}

export function isUnsigned(scalar: ScalarName | null): boolean {
  return scalar === "U32" || scalar === "U64";
}

/** Whether a parameter of the one type may be assigned to a property of the other; ranges are checked when it runs. */
export function assignable(from: ExprType, to: ExprType): boolean {
  if (from.list !== to.list || from.dimension !== to.dimension) return false;
  if (from.scalar === to.scalar) return true;
  if (isInteger(from.scalar)) return isInteger(to.scalar) || isFloat(to.scalar);
  return isFloat(from.scalar) && isFloat(to.scalar);
}

/** A type as the languages write it. */
export function showType(type: ExprType): string {
  if (type.scalar === null) return "a whole entity";
  const { scalar, list, nullable, dimension } = type;
  return formatType({ scalar, list, nullable, dimension, enumValues: null });
}
