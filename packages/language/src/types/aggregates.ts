import { type ExprType, isNumber, isOrdered, scalarType } from "./expr-types.ts";

/** What an aggregate can be applied to: in words, for messages and documentation, and as a test of the argument's type. */
const ARGUMENTS = {
  numbers: isNumber,
  "ordered values": isOrdered,
  "a variable or property": () => true,
} as const satisfies Readonly<Record<string, (argument: ExprType) => boolean>>;

/** The type of the result, in words and as a function of the argument's type. Every result but a list can be null: the one over no values. */
const ANSWERS = {
  I64: () => scalarType("I64", true),
  F64: () => scalarType("F64", true),
  "the type of its argument": (argument) => ({ ...argument, nullable: true }),
  "a list of the type of its argument": (argument) => ({ ...argument, list: true, nullable: false }),
  "I64, U64 or F64, as its argument is signed, unsigned or a float": (argument) =>
    scalarType(widestOf(argument), true),
} as const satisfies Readonly<Record<string, (argument: ExprType) => ExprType>>;

/** An aggregate function. The engine has an accumulator for each, under the same name. */
export interface Aggregate {
  readonly takes: keyof typeof ARGUMENTS;
  readonly answers: keyof typeof ANSWERS;
  /** Whether it can be of each value once, written `count(distinct $x.p)`. */
  readonly distinct: boolean;
  /** A sentence for the reference. */
  readonly meaning: string;
}

const entries = {
  count: {
    takes: "a variable or property",
    answers: "I64",
    distinct: true,
    meaning: "How many rows there are; of a property, how many of its values are not null.",
  },
  sum: {
    takes: "numbers",
    answers: "I64, U64 or F64, as its argument is signed, unsigned or a float",
    distinct: false,
    meaning: "The exact sum, rounded once; an error where it leaves its type.",
  },
  avg: { takes: "numbers", answers: "F64", distinct: false, meaning: "The exact sum divided by the count." },
  min: {
    takes: "ordered values",
    answers: "the type of its argument",
    distinct: false,
    meaning: "The least value.",
  },
  max: {
    takes: "ordered values",
    answers: "the type of its argument",
    distinct: false,
    meaning: "The greatest value.",
  },
  collect: {
    takes: "ordered values",
    answers: "a list of the type of its argument",
    distinct: true,
    meaning: "The values that are not null as a list, the least first; an empty one over no values.",
  },
} as const satisfies Readonly<Record<string, Aggregate>>;

/** The name of an aggregate, as queries write it. */
export type AggregateFunction = keyof typeof entries;

/** Every aggregate: typing, suggestions, diagnostics and `docs/reference/aggregates.md` follow from the table. */
export const AGGREGATES: Readonly<Record<AggregateFunction, Aggregate>> = entries;

export function isAggregate(name: string): name is AggregateFunction {
  return Object.hasOwn(AGGREGATES, name);
}

/** Whether an aggregate can be applied to anything: a whole node, an edge, a value. */
export function takesAnything(name: AggregateFunction): boolean {
  return AGGREGATES[name].takes === "a variable or property";
}

/** Whether an aggregate can be applied to a property or variable of the type. */
export function takes(name: AggregateFunction, argument: ExprType): boolean {
  return ARGUMENTS[AGGREGATES[name].takes](argument);
}

/** The type of the result of an aggregate. */
export function aggregateType(name: AggregateFunction, argument: ExprType): ExprType {
  return ANSWERS[AGGREGATES[name].answers](argument);
}

/** `sum and avg on numbers, …`: what each can be applied to. */
export function aggregateUses(): string {
  const names = Object.keys(entries) as AggregateFunction[];
  return Object.keys(ARGUMENTS)
    .map((argument) => {
      const those = names.filter((name) => AGGREGATES[name].takes === argument);
      return `${those.join(", ").replace(/, (\w+)$/, " and $1")} on ${argument}`;
    })
    .join(", ");
}

/** Sums of integers are exact in the widest type of their sign. */
function widestOf({ scalar }: ExprType): "I64" | "U64" | "F64" {
  if (scalar === "U32" || scalar === "U64") return "U64";
  return scalar === "I32" || scalar === "I64" ? "I64" : "F64";
}
