import { type AggregateFunction, isAggregate } from "../../types/aggregates.ts";
import { scalarType } from "../../types/expr-types.ts";
import { printClauses, printResult } from "../format/print.ts";
import type { Clause, Expr, Subquery } from "../ir/typed-query.ts";
import { mentionsInBlock } from "../syntax/mentions.ts";
import type { ClauseNode, ExistenceNode, ExprNode } from "../syntax/tree.ts";
import { typeAggregateOf } from "./expressions.ts";
import type { QueryContext, Scope } from "./scope.ts";
import type { BlockCallNode, Subqueries } from "./site.ts";

const COUNT = scalarType("I64");
const BOOL = scalarType("Bool");

/** A typed block, of which further values can be typed. */
interface OpenBlock {
  readonly clauses: readonly Clause[];
  readonly scope: Scope;
  readonly subqueries: Subqueries;
}

/** The block whose expressions have the subqueries. */
interface Enclosing {
  readonly context: QueryContext;
  readonly scope: Scope;
  /** Its clauses, to which subqueries are added. */
  readonly clauses: Clause[];
}

/** Adds the subqueries of a block to its clauses; one that is written twice in the same words is one. */
export class SubqueryTyper implements Subqueries {
  readonly #enclosing: Enclosing;
  readonly #typeBlock: (nodes: readonly ClauseNode[]) => OpenBlock;
  /** What was typed already, by its text. */
  readonly #known = new Map<string, Expr>();

  /** `typeBlock` types a block within the enclosing one. */
  constructor(enclosing: Enclosing, typeBlock: (nodes: readonly ClauseNode[]) => OpenBlock) {
    this.#enclosing = enclosing;
    this.#typeBlock = typeBlock;
  }

  aggregate(node: BlockCallNode): Expr | null {
    const { context } = this.#enclosing;
    const text = printResult(node);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const { function: name, block, distinct, arguments: aggregated, span } = node;
    if (!isAggregate(name)) return null;
    this.#checkMentions(name, aggregated, block, span);
    const { clauses, scope, subqueries } = this.#typeBlock(block);
    if (name === "count" && aggregated.length === 0)
      return this.#add(text, clauses, { function: name, distinct, argument: null, type: COUNT });
    const typed = typeAggregateOf({ context, scope, place: "argument", subqueries }, node, name);
    if (typed === null) return null;
    const type = name === "count" ? COUNT : typed.type;
    return this.#add(text, clauses, { function: name, distinct, argument: typed.argument, type });
  }

  hasMatch({ keyword, clauses: nodes, span }: ExistenceNode): Expr {
    const text = `exists { ${printClauses(nodes).join(" ")} }`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#checkMentions(keyword, [], nodes, span);
    const { clauses } = this.#typeBlock(nodes);
    return this.#add(text, clauses, null);
  }

  #checkMentions(
    keyword: AggregateFunction | ExistenceNode["keyword"],
    aggregated: readonly ExprNode[],
    clauses: readonly ClauseNode[],
    span: ExistenceNode["span"],
  ): void {
    const { context, scope } = this.#enclosing;
    if ([...mentionsInBlock({ aggregated, clauses })].some(({ text }) => scope.find(text) !== undefined))
      return;
    context.error("T9", span, `\`${keyword}\` mentions no variable of the block around it`);
  }

  #add(text: string, clauses: readonly Clause[], aggregate: Subquery["aggregate"]): Expr {
    const { context, scope } = this.#enclosing;
    const type = aggregate?.type ?? BOOL;
    const variable = context.bindSubquery(scope, type);
    this.#enclosing.clauses.push({ kind: "subquery", variable, aggregate, clauses });
    const expr = { kind: "subquery", variable, type } as const;
    this.#known.set(text, expr);
    return expr;
  }
}
