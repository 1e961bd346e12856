import type { Value } from "@omnigraph/base";
import { formatDate, formatDateTime, parseDate, parseDateTime } from "../../types/dates.ts";
import type { ScalarName, ValueType } from "../../types/value-types.ts";
import { type ExprType, isNumber, isScalar, itemType } from "../../types/expr-types.ts";
import type { Expr } from "../ir/typed-query.ts";
import { NULL_TEST } from "../syntax/hints.ts";
import type { Scope } from "./scope.ts";
import { closest } from "../../text/suggest.ts";
import type { OperatorText } from "../syntax/tree.ts";
import type { LiteralNode } from "../../text/literal-tree.ts";

/** One side of a comparison or assignment. */
interface Operand {
  readonly kind: Expr["kind"];
  readonly type: ExprType;
  /** The value of a literal. */
  readonly value?: Value;
  /** The name of a parameter. */
  readonly name?: string;
}

/** The remedy for a value of the wrong type; undefined where nothing better than the remedy of the code is known. */
export function conversionRemedy(from: Operand, wanted: ExprType): string | undefined {
  if (from.type.scalar === null) return "Compare a property of it: a whole entity has no value.";
  if (wanted.list && !from.type.list) return "A list holds a value: `contains`, with the list on the left.";
  if (!isScalar(from.type) || !isScalar(wanted) || from.type.scalar === wanted.scalar) return undefined;
  if (from.kind === "now" && wanted.scalar === "Date") {
    return 'now() is a DateTime; give the day as a parameter, `$today: Date`, or as `date("2026-01-31")`.';
  }
  if (from.kind === "parameter") {
    return isNumber(wanted) && isNumber(from.type)
      ? undefined
      : `Declare the parameter with that type: \`$${from.name ?? "x"}: ${wanted.scalar ?? "Type"}\`.`;
  }
  return from.kind === "literal" ? writtenAs(from.value ?? null, from.type.scalar, wanted.scalar) : undefined;
}

/** The remedy for a comparison of types that do not fit: how to write one of the sides. */
export function comparisonRemedy(left: Operand, operator: OperatorText, right: Operand): string | undefined {
  const wanted = operator === "contains" && left.type.list ? itemType(left.type) : left.type;
  return conversionRemedy(right, wanted) ?? conversionRemedy(left, right.type);
}

/** The remedy for a literal that does not fit a property. */
export function literalRemedy(node: LiteralNode, type: ValueType): string | undefined {
  if (type.scalar === "Blob") return 'Load it: `{"type": …, "data": { …: "base64:…" }}`.';
  if (type.list || type.dimension !== null) return undefined;
  switch (node.kind) {
    case "string":
      return type.scalar === "String" ? enumRemedy(type) : writtenAs(node.value, "String", type.scalar);
    case "date":
      return writtenAs(parseDate(node.text), "Date", type.scalar);
    case "datetime":
      return writtenAs(parseDateTime(node.text), "DateTime", type.scalar);
    case "integer":
    case "float":
    case "boolean":
      return writtenAs(null, "I64", type.scalar);
    case "list":
      return undefined;
  }
}

function enumRemedy({ enumValues }: ValueType): string | undefined {
  if (enumValues === null) return undefined;
  return `Write one of them: ${enumValues.map((value) => JSON.stringify(value)).join(", ")}.`;
}

function writtenAs(value: Value, from: ScalarName, wanted: ScalarName | null): string | undefined {
  const text = typeof value === "string" ? value : null;
  switch (wanted) {
    case "Date":
      if (from === "DateTime" && typeof value === "number") {
        return `A Date has no time of day: write \`date("${formatDate(Math.floor(value / 86_400_000))}")\`.`;
      }
      return `Write the day as \`date("${text !== null && parseDate(text) !== null ? text : "2026-01-31"}")\`.`;
    case "DateTime":
      if (from === "Date" && typeof value === "number") {
        return `A DateTime has a time: write \`datetime("${formatDateTime(value * 86_400_000)}")\`.`;
      }
      return `Write the time as \`datetime("${text !== null && parseDateTime(text) !== null ? text : "2026-01-31T00:00:00Z"}")\`.`;
    case "String":
      return 'Put text in quotes: `"…"`.';
    case "Bool":
      return "Write `true` or `false`, without quotes.";
    case "I32":
    case "I64":
    case "U32":
    case "U64":
    case "F32":
    case "F64":
      return text !== null && /^-?[0-9]/u.test(text) ? "Write the number without quotes." : undefined;
    case "Blob":
    case null:
      return undefined;
  }
}

/** The remedy for a bare name where a value is needed. */
export function bareNameRemedy(name: string, scope: Scope): string {
  switch (name.toLowerCase()) {
    case "null":
      return NULL_TEST;
    case "true":
    case "false":
      return `Write \`${name.toLowerCase()}\`.`;
    case "as":
      return "The keyword is `as`, and a column's name a bare word behind it: `$x.p as name`.";
    case "distinct":
      return "Groups are distinct: `return { $p.city, count($p) as people }` has each city once.";
    default: {
      const property = scope.property(name);
      if (property !== null) return `Write \`${property}\` for the property.`;
      return `Write \`$x.${name}\` for a property, \`"${name}"\` for text.`;
    }
  }
}

/** The remedy for an order key that is no alias of a column. */
export function orderRemedy(name: string, aliases: Iterable<string>, scope: Scope): string {
  const meant = closest(name, aliases);
  if (meant !== null) return `Did you mean \`${meant}\`?`;
  const property = scope.property(name);
  if (property !== null) return `Write \`${property}\` for the property.`;
  return `Order by a property, \`$x.p\`, or give a returned column that name: \`$x.p as ${name}\`.`;
}
