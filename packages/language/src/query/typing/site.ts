import type { Expr } from "../ir/typed-query.ts";
import type { QueryContext, Scope } from "./scope.ts";
import type { ExprNode } from "../syntax/tree.ts";

/** Where an expression stands: that decides which functions it may use. */
type Place = "filter" | "return" | "order" | "argument";

/** What the typing of an expression needs to know besides the node. */
export interface Site {
  readonly context: QueryContext;
  readonly scope: Scope;
  readonly place: Place;
}

/** The typing of any expression, for what types the parts of one. */
export type TypeExpr = (site: Site, node: ExprNode) => Expr | null;
