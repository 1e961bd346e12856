import type { QueryCode } from "./codes.ts";
import {
  type ExprType,
  isInteger,
  isNumber,
  isScalar,
  isText,
  scalarType,
  showType,
} from "../../types/expr-types.ts";
import type { Expr } from "../ir/typed-query.ts";
import type { Site, TypeExpr } from "./site.ts";
import type { CallNode, ExprNode } from "../syntax/tree.ts";
import type { SearchFunction } from "../../types/functions.ts";

/** A search function as the checks of its calls need it. */
interface Search {
  /** The code of errors in its calls. */
  readonly code: QueryCode;
  /** Least and most arguments. */
  readonly arity: readonly [number, number];
  /** A predicate is Bool and stands anywhere but in an argument; a ranking is F64 and stands in return or order. */
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

/** The typed call of a search function: predicates are Bool, rankings and scores F64. Null after its errors. */
export function typeSearch(
  site: Site,
  node: CallNode,
  name: SearchFunction,
  typeExpr: TypeExpr,
): Expr | null {
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
    const message = `\`${name}\` ranks, and a ranking stands in return or order`;
    context.error(code, node.span, message);
    return null;
  }
  const typed =
    name === "rrf" ? typeRankings(site, node, typeExpr) : typeOperands(site, node, name, typeExpr);
  if (typed === null) return null;
  const type = scalarType(kind === "predicate" ? "Bool" : "F64");
  return { kind: "search", function: name, arguments: typed, type };
}

function placeAllows({ place }: Site, kind: Search["kind"]): boolean {
  return kind === "predicate" ? place !== "argument" : place === "return" || place === "order";
}

function typeOperands(
  site: Site,
  node: CallNode,
  name: SearchFunction,
  typeExpr: TypeExpr,
): readonly Expr[] | null {
  const typed = node.arguments.map((argument) => typeExpr({ ...site, place: "argument" }, argument));
  const sound = allTyped(typed);
  if (sound === null) return null;
  const problem = name === "nearest" ? nearestProblem(sound) : textProblem(sound, name);
  if (problem === null) return sound;
  site.context.error(SEARCHES[name].code, (node.arguments[problem.at] ?? node).span, problem.message);
  return null;
}

interface ArgumentProblem {
  readonly at: number;
  readonly message: string;
}

function textProblem([field, query, edits]: readonly Expr[], name: SearchFunction): ArgumentProblem | null {
  if (field?.kind !== "field" || field.field.kind !== "property" || !isText(field.type)) {
    return {
      at: 0,
      message: `\`${name}\` searches a String property${field === undefined ? "" : got(field)}`,
    };
  }
  if (query === undefined || !isText(query.type)) {
    return { at: 1, message: `\`${name}\` searches for a string${query === undefined ? "" : got(query)}` };
  }
  if (edits === undefined || (isScalar(edits.type) && isInteger(edits.type.scalar) && isConstant(edits)))
    return null;
  return { at: 2, message: `\`${name}\` allows a whole number of edits${got(edits)}` };
}

function nearestProblem([field, query]: readonly Expr[]): ArgumentProblem | null {
  if (field?.kind !== "field" || field.type.dimension === null) {
    return {
      at: 0,
      message: `\`nearest\` ranks by a vector property${field === undefined ? "" : got(field)}`,
    };
  }
  if (query !== undefined && isConstant(query)) {
    const { type } = query;
    if (isText(type)) return null;
    if (type.dimension === field.type.dimension) return null;
    if (query.kind === "literal" && isNumberList(type) && lengthOf(query) === field.type.dimension)
      return null;
  }
  const wanted = showType({ ...field.type, nullable: false });
  return {
    at: 1,
    message: `\`nearest\` compares with a ${wanted} or a string${query === undefined ? "" : got(query)}`,
  };
}

function typeRankings(site: Site, node: CallNode, typeExpr: TypeExpr): readonly Expr[] | null {
  const { context } = site;
  const [first, second, constant] = node.arguments;
  const typed: (Expr | null)[] = [];
  for (const ranking of [first, second]) {
    if (ranking === undefined) continue;
    if (ranking.kind === "call" && (ranking.function === "nearest" || ranking.function === "bm25")) {
      typed.push(typeExpr(site, ranking));
    } else {
      context.error("T21", ranking.span, "`rrf` fuses rankings: nearest(…) or bm25(…)");
      typed.push(null);
    }
  }
  if (constant !== undefined) typed.push(typeConstant(site, constant, typeExpr));
  return allTyped(typed);
}

/** The k of a fusion: a whole number from 1, or a parameter. */
function typeConstant(site: Site, node: ExprNode, typeExpr: TypeExpr): Expr | null {
  const typed = typeExpr({ ...site, place: "argument" }, node);
  if (typed === null) return null;
  const whole = isScalar(typed.type) && isInteger(typed.type.scalar) && isConstant(typed);
  if (whole && !(typed.kind === "literal" && Number(typed.value) < 1)) return typed;
  site.context.error("T21", node.span, "the constant of `rrf` is a whole number from 1");
  return null;
}

function isConstant(expr: Expr): boolean {
  return expr.kind === "literal" || expr.kind === "parameter";
}

function isNumberList(type: ExprType): boolean {
  return type.list && isNumber({ ...type, list: false });
}

function lengthOf(expr: Extract<Expr, { kind: "literal" }>): number {
  return Array.isArray(expr.value) ? expr.value.length : 0;
}

function got(expr: Expr): string {
  return `, not ${showType(expr.type)}`;
}

function allTyped(typed: readonly (Expr | null)[]): readonly Expr[] | null {
  const sound = typed.filter((expr) => expr !== null);
  return sound.length === typed.length ? sound : null;
}
