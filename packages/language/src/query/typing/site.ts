import type { Expr } from "../ir/typed-query.ts";
import type { QueryContext, Scope } from "./scope.ts";
import type { CallNode, ClauseNode, ExistenceNode, ExprNode } from "../syntax/tree.ts";

/** The place of an expression, which decides the functions that it may use. */
type Place = "filter" | "return" | "order" | "argument" | "assignment";

/** An aggregate over the matches of a block. */
export type BlockCallNode = CallNode & { readonly block: readonly ClauseNode[] };

/** Types the blocks in the expressions of a block: each becomes a clause of that, and the expression reads its value. */
export interface Subqueries {
  /** `count { … }`, `sum(…) { … }`; null after its errors. */
  aggregate(node: BlockCallNode): Expr | null;
  /** Whether the block of `exists { … }`, `not exists { … }` or `not { … }` has a match. */
  hasMatch(node: ExistenceNode): Expr;
}

/** What typing an expression needs besides its node. */
export interface Site {
  readonly context: QueryContext;
  readonly scope: Scope;
  readonly place: Place;
  /** Null where no block can stand. */
  readonly subqueries: Subqueries | null;
  /** Whether it is an operand of something computed. */
  readonly nested?: boolean;
  /** What bare names stand for: the returned columns by their aliases. */
  readonly columns?: ReadonlyMap<string, Expr>;
}

/** Types any expression; passed to functions that type parts of one. */
export type TypeExpr = (site: Site, node: ExprNode) => Expr | null;
