import { unreachable } from "@omnigraph/base";
import type { Property } from "../../schema/catalog/catalog.ts";
import type { SearchFunction } from "../../types/functions.ts";
import {
  type ExprType,
  isInteger,
  isNumber,
  isScalar,
  isText,
  scalarType,
  showType,
} from "../../types/expr-types.ts";
import type { Ranking, SearchExpr, SearchInput } from "../ir/search.ts";
import type { Expr } from "../ir/typed-query.ts";
import type { CallNode, ExprNode } from "../syntax/tree.ts";
import type { QueryCode } from "./codes.ts";
import type { Site, TypeExpr } from "./site.ts";

/** A search function as the checks of its calls need it. */
interface Search {
  /** The code of errors in its calls. */
  readonly code: QueryCode;
  /** Least and most arguments. */
  readonly arity: readonly [number, number];
  /** A predicate is Bool and stands anywhere but in an argument; a ranking is a number and stands in return or order. */
  readonly kind: "predicate" | "ranking";
}

const SEARCHES: Readonly<Record<SearchFunction, Search>> = {
  search: { code: "T19", arity: [2, 2], kind: "predicate" },
  fuzzy: { code: "T19", arity: [2, 3], kind: "predicate" },
  match_text: { code: "T20", arity: [2, 2], kind: "predicate" },
  bm25: { code: "T20", arity: [2, 2], kind: "ranking" },
  nearest: { code: "T15", arity: [2, 2], kind: "ranking" },
  rrf: { code: "T21", arity: [2, 3], kind: "ranking" },
};

/** The typed call of a search function: predicates are Bool, scores and distances F32, fusions F64. Null after its errors. */
export function typeSearch(
  site: Site,
  node: CallNode,
  name: SearchFunction,
  typeExpr: TypeExpr,
): SearchExpr | null {
  const { context } = site;
  const { code, arity, kind } = SEARCHES[name];
  const [least, most] = arity;
  const count = node.arguments.length;
  if (count < least || count > most) {
    const takes = least === most ? `${least}` : `${least} or ${most}`;
    context.error(code, node.span, `\`${name}\` takes ${takes} arguments, not ${count}`);
    return null;
  }
  if (!placeAllows(site, kind)) {
    const message =
      site.nested === true
        ? `nothing is computed of \`${name}\``
        : `\`${name}\` ranks, and a ranking stands in return or order`;
    context.error(code, node.span, message);
    return null;
  }
  return name === "rrf" ? typeFusion(site, node, typeExpr) : typeSearched(site, node, name, typeExpr);
}

function placeAllows({ place, nested }: Site, kind: Search["kind"]): boolean {
  if (nested === true) return false;
  return kind === "predicate" ? place !== "argument" : place === "return" || place === "order";
}

function typeSearched(
  site: Site,
  node: CallNode,
  name: Exclude<SearchFunction, "rrf">,
  typeExpr: TypeExpr,
): SearchExpr | null {
  const typed = node.arguments.map((argument) => typeExpr({ ...site, place: "argument" }, argument));
  const [field = null, query = null, edits = null] = typed;
  if (field === null || query === null || typed.includes(null)) return null;
  const isVector = name === "nearest";
  const searched = searchedField(field, isVector);
  const refused = (at: number, message: string, got: Expr): null => {
    const text = `\`${name}\` ${message}, not ${showType(got.type)}`;
    site.context.error(SEARCHES[name].code, (node.arguments[at] ?? node).span, text);
    return null;
  };
  if (searched === null)
    return refused(0, isVector ? "ranks by a vector property" : "searches a String property", field);
  const input = isVector ? vectorInput(query, field.type) : textInput(query);
  if (input === null) {
    const wanted = `compares with a ${showType({ ...field.type, nullable: false })} or a string`;
    return refused(1, isVector ? wanted : "searches for a string, written or of a parameter", query);
  }
  const isNullable = field.type.nullable || input.type.nullable;
  const head = { kind: "search", ...searched, query: input } as const;
  switch (name) {
    case "search":
    case "match_text":
      return { ...head, function: name, type: scalarType("Bool", isNullable) };
    case "fuzzy": {
      const number = edits === null ? null : countInput(edits, 0);
      if (edits !== null && number === null) return refused(2, "allows a whole number of edits", edits);
      return { ...head, function: name, edits: number, type: scalarType("Bool", isNullable) };
    }
    case "bm25":
      return { ...head, function: name, type: scalarType("F32", isOptional(site, node)) };
    case "nearest":
      return { ...head, function: name, type: scalarType("F32", isNullable) };
    default:
      return unreachable(name);
  }
}

/** Whether what a search reads may not be bound: an optional block binds it. */
function isOptional(site: Site, node: ExprNode | undefined): boolean {
  if (node?.kind === "call") return isOptional(site, node.arguments[0]);
  return node?.kind === "property" && site.scope.find(node.variable.text)?.optional === true;
}

/** A property of a vector, or else of a text. */
function searchedField(
  expr: Expr,
  isVector: boolean,
): { readonly variable: number; readonly property: Property } | null {
  if (expr.kind !== "field" || expr.field.kind !== "property") return null;
  const fits = isVector ? expr.type.dimension !== null : isText(expr.type);
  return fits ? { variable: expr.variable, property: expr.field.property } : null;
}

function textInput(expr: Expr): SearchInput | null {
  return isInput(expr) && isText(expr.type) ? expr : null;
}

/** A literal list as a vector of 32-bit floats. */
function vectorInput(expr: Expr, { dimension }: ExprType): SearchInput | null {
  if (!isInput(expr)) return null;
  if (isText(expr.type) || expr.type.dimension === dimension) return expr;
  if (expr.kind !== "literal" || !Array.isArray(expr.value) || !isNumberList(expr.type)) return null;
  if (expr.value.length !== dimension) return null;
  const value = Float32Array.from(expr.value, Number);
  if (!value.every(Number.isFinite)) return null;
  return { kind: "literal", value, type: { ...scalarType("F32"), dimension } };
}

/** A whole number that is not below `least` where it is written. */
function countInput(expr: Expr, least: number): SearchInput | null {
  if (!isInput(expr) || !isScalar(expr.type) || !isInteger(expr.type.scalar)) return null;
  return expr.kind === "literal" && Number(expr.value) < least ? null : expr;
}

function typeFusion(site: Site, node: CallNode, typeExpr: TypeExpr): SearchExpr | null {
  const { context } = site;
  const [first, second, constant] = node.arguments;
  const rankings = [first, second].map((ranking) => typeRanking(site, ranking ?? node, typeExpr));
  const k = constant === undefined ? null : typeConstant(site, constant, typeExpr);
  const [one = null, other = null] = rankings;
  if (one === null || other === null || (constant !== undefined && k === null)) return null;
  if (one.variable !== other.variable) {
    const message = "`rrf` fuses rankings of one variable, and these are of two";
    context.error("T21", (second ?? node).span, message, "Rank the same variable twice.");
    return null;
  }
  const { variable } = one;
  const type = scalarType("F64", isOptional(site, first));
  return { kind: "search", function: "rrf", variable, rankings: [one, other], constant: k, type };
}

function typeRanking(site: Site, node: ExprNode, typeExpr: TypeExpr): Ranking | null {
  if (node.kind !== "call" || (node.function !== "nearest" && node.function !== "bm25")) {
    site.context.error("T21", node.span, "`rrf` fuses rankings: nearest(…) or bm25(…)");
    return null;
  }
  const typed = typeSearch(site, node, node.function, typeExpr);
  return typed?.function === "nearest" || typed?.function === "bm25" ? typed : null;
}

/** The k of a fusion: a whole number from 1, or a parameter. */
function typeConstant(site: Site, node: ExprNode, typeExpr: TypeExpr): SearchInput | null {
  const typed = typeExpr({ ...site, place: "argument" }, node);
  if (typed === null) return null;
  const input = countInput(typed, 1);
  if (input === null) site.context.error("T21", node.span, "the constant of `rrf` is a whole number from 1");
  return input;
}

function isInput(expr: Expr): expr is SearchInput {
  return expr.kind === "literal" || expr.kind === "parameter";
}

function isNumberList(type: ExprType): boolean {
  return type.list && isNumber({ ...type, list: false });
}
