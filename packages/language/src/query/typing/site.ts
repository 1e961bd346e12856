import type { Expr } from "../ir/typed-query.ts";
import type { QueryContext, Scope } from "./scope.ts";
import type { ExprNode } from "../syntax/tree.ts";

/** The place of an expression, which decides the functions that it may use. */
type Place = "filter" | "return" | "order" | "argument" | "assignment";

/** What typing an expression needs besides its node. */
export interface Site {
  readonly context: QueryContext;
  readonly scope: Scope;
  readonly place: Place;
  /** Whether it is an operand of something computed. */
  readonly nested?: boolean;
  /** What bare names stand for: the returned columns by their aliases. */
  readonly columns?: ReadonlyMap<string, Expr>;
}

/** Types any expression; passed to functions that type parts of one. */
export type TypeExpr = (site: Site, node: ExprNode) => Expr | null;
