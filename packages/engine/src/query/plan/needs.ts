import { present, unreachable } from "@omnigraph/base";
import {
  childrenOf,
  type EntityType,
  type Expr,
  operandsOf,
  partsOf,
  type Predicate,
  type PropertyId,
  type ReadQuery,
  type SearchExpr,
  type TypeId,
  type VariableIndex,
} from "@omnigraph/language";
import type { Need } from "../../view/view.ts";
import { hitOf, type IdEquality, idEquality } from "./expressions.ts";
import { aggregateSpec, type Outputs } from "./outputs.ts";
import {
  type BranchSpec,
  edgeHeading,
  entityType,
  entityTypeOrNull,
  type Link,
  type Step,
  type Traverse,
  type VertexSpec,
} from "./spec.ts";

interface Draft {
  readonly type: EntityType;
  readonly columns: Set<PropertyId>;
  readonly terms: Set<PropertyId>;
  keys: boolean;
  ids: boolean;
  out: boolean;
  in: boolean;
  ends: boolean;
}

/** Collects the parts of the view that the operators of a plan read. */
class NeedCollector {
  readonly #drafts = new Map<TypeId, Draft>();
  readonly #query: ReadQuery;

  constructor(query: ReadQuery) {
    this.#query = query;
  }

  finish(): readonly Need[] {
    return [...this.#drafts.values()];
  }

  expr(expr: Expr): void {
    switch (expr.kind) {
      case "entity":
        if (!this.#isPath(expr.variable)) this.#of(expr.variable).ids = true;
        break;
      case "field": {
        const draft = this.#of(expr.variable);
        if (expr.field.kind === "type") break;
        if (expr.field.kind === "id") draft.ids = true;
        else if (expr.field.kind === "property") draft.columns.add(expr.field.property.id);
        else this.#end(draft, expr.field.kind);
        break;
      }
      case "subquery":
        break;
      case "path":
        // The search that finds the paths needs the ids of its nodes itself.
        break;
      case "search":
        this.#search(expr);
        break;
      case "aggregate":
      case "computed":
      case "outcome":
      case "fixed":
        for (const part of childrenOf(expr)) this.expr(part);
        break;
      case "literal":
      case "parameter":
      case "now":
        break;
      default:
        unreachable(expr);
    }
  }

  /** A search answers null where nothing is to be searched, so it reads that too. */
  #search(search: SearchExpr): void {
    this.#searched(search);
    if (search.function === "search" || search.function === "match_text" || search.function === "fuzzy") {
      if (search.property.type.nullable) this.#of(search.variable).columns.add(search.property.id);
    }
  }

  #searched(search: SearchExpr): void {
    if (search.function === "rrf") {
      this.#of(search.variable).ids = true;
      for (const ranking of search.rankings) this.#searched(ranking);
    } else if (search.function === "nearest") this.#of(search.variable).columns.add(search.property.id);
    else this.#of(search.variable).terms.add(search.property.id);
  }

  #end(draft: Draft, end: "src" | "dst"): void {
    if (draft.type.kind !== "edge") return;
    draft.ends = true;
    this.#draft(end === "src" ? draft.type.from : draft.type.to).ids = true;
  }

  /** What breaks ties: the ids of an entity. Paths are compared by what their search has. */
  ties(variable: VariableIndex): void {
    if (!this.#isPath(variable)) this.#of(variable).ids = true;
  }

  #isPath(variable: VariableIndex): boolean {
    return this.#query.variables[variable]?.type.kind === "path";
  }

  steps(steps: readonly Step[]): void {
    for (const step of steps) this.#step(step);
  }

  #step(step: Step): void {
    switch (step.kind) {
      case "guard":
      case "filter":
        this.#filter(step.filter);
        break;
      case "bind":
      case "test":
        this.#vertex(step.vertex);
        break;
      case "expand":
        this.#hop(step);
        break;
      case "close":
        this.#link(step.link);
        // A path between two nodes is sought from both.
        if (step.link.traverse.path !== null) this.#traverse(step.link.traverse, "both");
        if (step.edge !== null) this.#vertex(step.edge);
        break;
      case "factor":
      case "anti-join":
      case "optional":
        this.steps(step.steps);
        break;
      case "group-join": {
        const { aggregate } = step.subquery;
        const argument = aggregate === null ? null : aggregateSpec(aggregate).argument;
        if (argument !== null) this.expr(argument);
        this.steps(step.steps);
        this.#vertex(step.vertex);
        break;
      }
      default:
        unreachable(step);
    }
  }

  #hop({ link, edge, vertex }: BranchSpec): void {
    this.#link(link);
    if (edge !== null) this.#vertex(edge);
    this.#vertex(vertex);
  }

  #vertex({ variable, anchor, filters, loops, branches, negations }: VertexSpec): void {
    const type = entityTypeOrNull(variable);
    if (type !== null) {
      const draft = this.#draft(type);
      if (anchor !== null) draft.keys = true;
    }
    for (const filter of filters) this.#filter(filter);
    for (const loop of loops) this.#traverse(loop, "out");
    for (const branch of branches) this.#hop(branch);
    for (const negation of negations) this.#vertex(negation);
  }

  #filter(filter: Predicate): void {
    for (const part of partsOf(filter)) {
      const byId = part.kind === "filter" ? idEquality(part) : null;
      const hit = part.kind === "filter" ? hitOf(part) : null;
      if (byId !== null) this.#identity(byId);
      else if (hit !== null) this.#searched(hit.search);
      else for (const operand of operandsOf(part)) this.expr(operand);
    }
  }

  #identity({ variable, field }: IdEquality): void {
    const draft = this.#of(variable);
    if (field === "id" || draft.type.kind !== "edge") {
      draft.keys = true;
      return;
    }
    draft.ends = true;
    this.#draft(field === "src" ? draft.type.from : draft.type.to).keys = true;
  }

  #link({ traverse, heading }: Link): void {
    this.#traverse(traverse, heading);
  }

  #traverse({ edges, fromType, toType, path }: Traverse, heading: Link["heading"]): void {
    for (const followed of edges) {
      const draft = this.#draft(followed.edge);
      const own = edgeHeading(heading, followed);
      if (own !== "in") draft.out = true;
      if (own !== "out") draft.in = true;
    }
    const paths = path === null ? null : present(this.#query.variables[path], "path").type;
    // Of several paths the ids of their nodes decide.
    if (paths?.kind === "path" && paths.traced) this.#draft(fromType).ids = true;
    this.#draft(fromType);
    this.#draft(toType);
  }

  #of(variable: VariableIndex): Draft {
    return this.#draft(entityType(present(this.#query.variables[variable], "variable")));
  }

  #draft(type: EntityType): Draft {
    const known = this.#drafts.get(type.id);
    if (known !== undefined) return known;
    const made: Draft = {
      type,
      columns: new Set(),
      terms: new Set(),
      keys: false,
      ids: false,
      out: false,
      in: false,
      ends: false,
    };
    this.#drafts.set(type.id, made);
    return made;
  }
}

/** The parts of the view that must be resident before the steps run and their rows are answered. */
export function needsOf(query: ReadQuery, steps: readonly Step[], outputs: Outputs): readonly Need[] {
  const needs = new NeedCollector(query);
  needs.steps(steps);
  if (outputs.kind === "rows") {
    for (const expr of [...outputs.columns, ...outputs.order.map(({ expr: key }) => key)]) needs.expr(expr);
    for (const variable of outputs.ties) needs.ties(variable);
  } else {
    for (const key of outputs.keys) needs.expr(key);
    for (const { argument } of outputs.aggregates) if (argument !== null) needs.expr(argument);
  }
  return needs.finish();
}
