import { type ExprType, isText, joinedType, scalarType } from "./expr-types.ts";

/** A function of values, which answers a value. */
interface ScalarFunctionEntry {
  /** What it takes, in words. */
  readonly takes: string;
  /** Least and most arguments. */
  readonly arity: readonly [number, number];
  /** The type of its answer for arguments of these types, as many as it takes; null where it does not take them. */
  readonly answer: (types: readonly ExprType[]) => ExprType | null;
}

const isNullable = (types: readonly ExprType[]): boolean => types.some(({ nullable }) => nullable);

const textToText = {
  takes: "a String",
  arity: [1, 1],
  answer: (types) => (types.every(isText) ? scalarType("String", isNullable(types)) : null),
} as const satisfies ScalarFunctionEntry;

const entries = {
  lower: textToText,
  upper: textToText,
  length: {
    takes: "a String or a list",
    arity: [1, 1],
    answer: (types) =>
      types.every((type) => isText(type) || type.list) ? scalarType("I64", isNullable(types)) : null,
  },
  coalesce: {
    takes: "values of one type",
    arity: [2, Number.POSITIVE_INFINITY],
    answer: (types) => {
      const [first, ...others] = types;
      if (first === undefined) return null;
      const joined = others.reduce<ExprType | null>((all, type) => all && joinedType(all, type), first);
      return joined && { ...joined, nullable: types.every(({ nullable }) => nullable) };
    },
  },
} as const satisfies Readonly<Record<string, ScalarFunctionEntry>>;

/** The name of a scalar function, as queries write it. */
export type ScalarFunction = keyof typeof entries;

export const SCALAR_FUNCTIONS: Readonly<Record<ScalarFunction, ScalarFunctionEntry>> = entries;

export function isScalarFunction(name: string): name is ScalarFunction {
  return Object.hasOwn(SCALAR_FUNCTIONS, name);
}
