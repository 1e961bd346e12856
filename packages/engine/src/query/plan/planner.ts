import { present } from "@omnigraph/base";
import {
  aggregatedBy,
  type Clause,
  type Predicate,
  type ReadQuery,
  type Subquery,
  type Variable,
  type VariableIndex,
} from "@omnigraph/language";
import type { Need } from "../../view/view.ts";
import { type Block, type PlannedNegation, type PlannedSubquery, readBlock, specOf } from "./block.ts";
import { foldBranches } from "./branches.ts";
import { readsOfStep } from "./carried.ts";
import type { CountOf } from "./estimate.ts";
import { boundBy, type LateClause, phasesOf } from "./optional.ts";
import type { Step } from "./spec.ts";
import { orderSteps } from "./steps.ts";

/** The steps of a plan, ordered for graphs of a certain size. */
export interface Ordered {
  readonly steps: readonly Step[];
  /** Steps that run before these, and find the entities that fusions rank; null where nothing is fused. */
  readonly candidates: readonly Step[] | null;
  readonly needs: readonly Need[];
}

type OptionalStep = Extract<Step, { kind: "optional" }>;

export class Planner {
  readonly #query: ReadQuery;
  readonly #countOf: CountOf;

  constructor(query: ReadQuery, countOf: CountOf) {
    this.#query = query;
    this.#countOf = countOf;
  }

  /** The steps that give the rows of the query on which further conditions hold, with the variables that are read of them. */
  plan(reads: ReadonlySet<VariableIndex>, more: readonly Predicate[]): readonly Step[] {
    const { clauses, variables } = this.#query;
    const { certain, optional, late } = phasesOf([...clauses, ...more], variables);
    const conditions = late.map((clause) => this.#planLate(clause));
    const needed = new Set([...reads, ...conditions.flatMap(readsOfStep)]);
    const blocks: OptionalStep[] = [];
    // From the last one to the first: what a block reads, those before it must bind.
    for (const clauses of optional.toReversed()) {
      const step = this.#planOptional(clauses, needed);
      blocks.unshift(step);
      for (const read of step.reads) needed.add(read);
    }
    const steps = this.#ordered(
      this.#read(certain, () => false, 0),
      needed,
    );
    return [...steps, ...blocks, ...conditions];
  }

  #ordered(block: Block, needed: ReadonlySet<VariableIndex>): readonly Step[] {
    for (const read of needed) {
      const vertex = block.vertices.get(read);
      if (vertex !== undefined) vertex.required = true;
    }
    foldBranches(block, this.#countOf);
    return orderSteps(block, this.#countOf);
  }

  #planOptional(clauses: readonly Clause[], needed: ReadonlySet<VariableIndex>): OptionalStep {
    const own = boundBy(clauses);
    const block = this.#read(clauses, ({ index }) => !own.has(index), 0);
    const reads = outerOf(block);
    const binds = [...own].filter((index) => needed.has(index));
    return { kind: "optional", steps: this.#ordered(block, needed), reads, binds, carried: [] };
  }

  /** A condition that reads what an optional block binds. */
  #planLate(clause: LateClause): Step {
    if (clause.kind === "subquery") return this.#planLateSubquery(clause);
    if (clause.kind !== "not") return { kind: "filter", filter: clause };
    const planned = this.#planNegation(clause.clauses, 1);
    if (planned.kind === "steps") return { kind: "anti-join", ...planned.negation };
    const { variable } = planned.vertex;
    const negations = [planned.vertex];
    return {
      kind: "test",
      vertex: { variable, anchor: null, filters: [], loops: [], branches: [], negations },
    };
  }

  #planLateSubquery(clause: Subquery): Step {
    const variable = present(this.#query.variables[clause.variable], "variable of a subquery");
    return {
      kind: "group-join",
      ...this.#planSubquery(clause, 1),
      vertex: { variable, anchor: null, filters: [], loops: [], branches: [], negations: [] },
      carried: [],
    };
  }

  #read(clauses: readonly Clause[], isOuter: (variable: Variable) => boolean, depth: number): Block {
    return readBlock(clauses, {
      variables: this.#query.variables,
      isOuter,
      planNegation: (nested) => this.#planNegation(nested, depth + 1),
      planSubquery: (nested) => this.#planSubquery(nested, depth + 1),
    });
  }

  #planSubquery(subquery: Subquery, depth: number): PlannedSubquery {
    const { clauses } = subquery;
    const isOuter = (variable: Variable): boolean => variable.depth < depth;
    const block = this.#read(clauses, isOuter, depth);
    const aggregated = aggregatedBy(subquery);
    const steps = this.#ordered(block, new Set(aggregated));
    const variables = this.#query.variables;
    const read = aggregated.filter((index) => isOuter(present(variables[index], "variable")));
    return { subquery, steps, reads: [...new Set([...outerOf(block), ...read])] };
  }

  #planNegation(clauses: readonly Clause[], depth: number): PlannedNegation {
    const block = this.#read(clauses, (variable) => variable.depth < depth, depth);
    foldBranches(block, this.#countOf);
    const [only, ...others] = block.vertices.values();
    const extra = block.guards.length + block.joins.length + block.negations.length + block.traverses.size;
    if (only?.outer === true && others.length === 0 && extra === 0)
      return { kind: "vertex", vertex: specOf(only) };
    return { kind: "steps", negation: { steps: orderSteps(block, this.#countOf), reads: outerOf(block) } };
  }
}

function outerOf({ vertices }: Block): readonly VariableIndex[] {
  return [...vertices.values()].filter(({ outer }) => outer).map(({ variable }) => variable.index);
}
