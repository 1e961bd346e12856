import {
  type ExprType,
  isFloat,
  isInteger,
  isNumber,
  isUnsigned,
  scalarType,
  showType,
} from "../../types/expr-types.ts";
import { SCALAR_FUNCTIONS, type ScalarFunction } from "../../types/scalar-functions.ts";
import { computed } from "../ir/expressions.ts";
import type { Expr } from "../ir/typed-query.ts";
import type { ArithmeticOperator, CallNode, ExprNode } from "../syntax/tree.ts";
import type { Site, TypeExpr } from "./site.ts";

type Arithmetic = Extract<ExprNode, { kind: "binary" | "negative" }>;

/** The typed sum, difference, product, quotient or negative of numbers; null after its errors. */
export function typeArithmetic(site: Site, node: Arithmetic, typeExpr: TypeExpr): Expr | null {
  const [operation, nodes] =
    node.kind === "negative"
      ? (["negative", [node.operand]] as const)
      : ([node.operator, [node.left, node.right]] as const);
  const typed = typeOperands(site, nodes, typeExpr);
  if (typed === null) return null;
  const wrong = typed.findIndex(({ type }) => !isNumber(type));
  if (wrong >= 0) {
    const written = operation === "negative" ? "-" : operation;
    const message = `\`${written}\` takes numbers, not ${showType(typed[wrong]!.type)}`;
    site.context.error(
      "T7",
      nodes[wrong]!.span,
      message,
      "Compute with properties and parameters that are numbers.",
    );
    return null;
  }
  const types = signed(typed);
  const nullable = types.some((type) => type.nullable) || (operation === "/" && !isNonzero(typed[1]));
  const type = operation === "negative" ? signedType(types) : numberType(operation, types);
  return computed({ kind: "computed", operation, arguments: typed, type: { ...type, nullable } });
}

/** The typed call of a function of values; null after its errors. */
export function typeFunction(
  site: Site,
  node: CallNode,
  name: ScalarFunction,
  typeExpr: TypeExpr,
): Expr | null {
  const { takes, arity, answer } = SCALAR_FUNCTIONS[name];
  const [least, most] = arity;
  const count = node.arguments.length;
  if (count < least || count > most) {
    const wanted = least === most ? `${least}` : `${least} or more`;
    const message = `\`${name}\` takes ${wanted} ${wanted === "1" ? "value" : "values"}, not ${count}`;
    site.context.error("Q-FUNCTION", node.span, message);
    return null;
  }
  const typed = typeOperands(site, node.arguments, typeExpr);
  if (typed === null) return null;
  const type = answer(signed(typed));
  if (type !== null) return computed({ kind: "computed", operation: name, arguments: typed, type });
  const given = typed.map((argument) => showType(argument.type)).join(" and ");
  site.context.error("Q-FUNCTION", node.span, `\`${name}\` takes ${takes}, not ${given}`);
  return null;
}

function typeOperands(site: Site, nodes: readonly ExprNode[], typeExpr: TypeExpr): readonly Expr[] | null {
  const typed = nodes.map((node) => typeExpr({ ...site, nested: true }, node));
  const sound = typed.filter((expr) => expr !== null);
  return sound.length === typed.length ? sound : null;
}

/** The types of values. A whole literal from 0 is signed or not, as what it stands beside. */
function signed(typed: readonly Expr[]): readonly ExprType[] {
  const beside = typed.filter((expr) => !isNatural(expr));
  const isBesideUnsigned = beside.length > 0 && beside.every(({ type }) => isUnsigned(type.scalar));
  return typed.map((expr) => (isBesideUnsigned && isNatural(expr) ? scalarType("U64") : expr.type));
}

function isNatural(expr: Expr): boolean {
  if (expr.kind !== "literal" || !isInteger(expr.type.scalar)) return false;
  const { value } = expr;
  return (typeof value === "number" || typeof value === "bigint") && value >= 0;
}

function isNonzero(expr: Expr | undefined): boolean {
  return expr?.kind === "literal" && Number(expr.value) !== 0;
}

/** A difference of numbers without a sign can be below zero. */
function numberType(operator: ArithmeticOperator, types: readonly ExprType[]): ExprType {
  if (operator === "/") return scalarType("F64");
  const isNatural = types.every(({ scalar }) => isUnsigned(scalar));
  return isNatural && operator !== "-" ? scalarType("U64") : signedType(types);
}

function signedType(types: readonly ExprType[]): ExprType {
  return scalarType(types.some(({ scalar }) => isFloat(scalar)) ? "F64" : "I64");
}
