import {
  type AnalyzedRead,
  analyzeRead,
  compilePlan,
  explainRead,
  MemoryPool,
  type View,
} from "@omnigraph/engine";
import {
  aggregatedBy,
  bindParameters,
  type Catalog,
  type Clause,
  compileQuery,
  type ReadQuery,
  operandsOf,
  variablesIn,
} from "@omnigraph/language";
import { isError, type Values } from "@omnigraph/base";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  boundBeside,
  type BranchSpec,
  type Step,
  type Traverse,
  type VertexSpec,
} from "../../packages/engine/src/query/plan/spec.ts";
import { arbitraryRead } from "../support/generators/arbitrary-query.ts";
import { catalogOf } from "../support/graphs/write-graph.ts";
import type { Model } from "../support/models/view-model.ts";
import { cases, patience } from "../support/running/cases.ts";
import { viewOf } from "./case-views.ts";
import { NaiveOverflow } from "./naive-values.ts";
import { CLOCK, naiveAnswer, naiveOutcome } from "./query-case.ts";
import { arbitraryEntities, arbitrarySchema, modelOf } from "./random-graph.ts";

const QUERIES = cases(600);
const PER_GRAPH = 6;

const drawn = arbitrarySchema().chain((schema) => {
  const catalog = catalogOf(schema);
  return fc.record({
    catalog: fc.constant(catalog),
    entities: arbitraryEntities(catalog),
    queries: fc.array(arbitraryRead(catalog), { minLength: PER_GRAPH, maxLength: PER_GRAPH }),
  });
});

/** How often each kind of comparison was made, so that none is never made. */
const compared = { steps: 0, scans: 0, counted: 0, answers: 0 };

/** The variables that a vertex brings with it: its own, and those of what is counted from it. */
function variablesOf({ variable, branches }: VertexSpec): readonly number[] {
  return [variable.index, ...branches.flatMap(branchVariables)];
}

function branchVariables({ link, edge, vertex }: BranchSpec): readonly number[] {
  return [...besideOf(link.traverse), ...(edge === null ? [] : variablesOf(edge)), ...variablesOf(vertex)];
}

/** The edge or the path that a traversal binds. */
function besideOf(traverse: Traverse): readonly number[] {
  const beside = boundBeside(traverse);
  return beside === null ? [] : [beside];
}

/** The variables that a step binds or counts. */
function boundBy(step: Step): readonly number[] {
  switch (step.kind) {
    case "bind":
    case "test":
      return variablesOf(step.vertex);
    case "expand":
      return branchVariables(step);
    case "close":
      return besideOf(step.link.traverse);
    case "factor":
      return step.steps.flatMap(boundBy);
    case "group-join":
      return [step.subquery.variable];
    case "optional":
      throw new TypeError("its matches are not those of clauses");
    case "guard":
    case "filter":
    case "anti-join":
      return [];
  }
}

/** The variables of a query's own pattern that a clause mentions. */
function mentioned(clause: Clause, { variables }: ReadQuery): readonly number[] {
  const all = ((): readonly number[] => {
    switch (clause.kind) {
      case "bind":
        return [clause.variable];
      case "traverse":
        return [clause.from, clause.to, ...besideOf(clause)];
      case "filter":
      case "is_null":
      case "and":
      case "or":
        return operandsOf(clause).flatMap(variablesIn);
      case "not":
      case "optional":
        return clause.clauses.flatMap((nested) => mentioned(nested, { variables } as ReadQuery));
      case "subquery":
        return [
          clause.variable,
          ...aggregatedBy(clause),
          ...clause.clauses.flatMap((nested) => mentioned(nested, { variables } as ReadQuery)),
        ];
    }
  })();
  return all.filter((index) => variables[index]?.depth === 0);
}

/** The number of matches of the clauses that need no other variables. */
function matchesOf(
  { catalog, model }: Graph,
  query: ReadQuery,
  bound: ReadonlySet<number>,
  parameters: Values,
): number {
  const clauses = query.clauses.filter((clause) =>
    mentioned(clause, query).every((index) => bound.has(index)),
  );
  const counting: ReadQuery = {
    ...query,
    clauses,
    columns: [],
    having: null,
    order: [],
    grouped: false,
    limit: null,
    offset: null,
  };
  return naiveAnswer(catalog, model, counting, parameters).all.length;
}

interface Graph {
  readonly catalog: Catalog;
  readonly model: Model;
  readonly view: View;
}

/** Conditions that a plan checks in steps of their own, once their variables are bound. */
const CONDITIONS: ReadonlySet<Step["kind"] | undefined> = new Set(["filter", "close", "anti-join", "test"]);

async function checkQuery(graph: Graph, query: ReadQuery, parameters: Values): Promise<void> {
  const { view } = graph;
  const plan = compilePlan(query);
  const limits = { clock: CLOCK };
  const before = explainRead(plan, view, parameters, limits);
  let explained: AnalyzedRead;
  try {
    explained = await analyzeRead(plan, view, parameters, limits);
  } catch (thrown) {
    if (isError(thrown, "number_overflow")) return;
    throw thrown;
  }
  const bare = (all: AnalyzedRead["steps"]): unknown =>
    all.map((step) => ({ ...step, actual: null, steps: bare(step.steps) }));
  expect(bare(before.steps)).toEqual(bare(explained.steps));
  // A sum that an offset leaves out may overflow unseen.
  const { shown } = naiveOutcome(graph.catalog, graph.model, query, parameters);
  if (shown === "overflow") return;
  const { steps } = plan.ordered(view);
  const answer = explained.steps.at(-1);
  expect(answer?.actual?.rows).toBe(shown.rows.length);
  expect(explained.totals.rows).toBe(answer?.actual?.rows);
  compared.answers++;
  // Whoever wants no more rows does not ask the steps before it.
  const given =
    query.limit !== null && typeof query.limit === "object" ? parameters[query.limit.name] : query.limit;
  const stopsEarly = given === 0 || (query.limit !== null && answer?.operator === "collect");
  const isNothing = explained.steps.some(
    ({ operator, steps: [last], actual }) => operator === "times" && last !== undefined && actual?.rows === 0,
  );
  if (stopsEarly || isNothing) return;
  const bound = new Set<number>();
  for (const [at, step] of steps.entries()) {
    // From there on a row is no match of clauses alone.
    if (step.kind === "optional") break;
    for (const index of boundBy(step)) bound.add(index);
    const { actual, operator, estimate, conditions, steps: within } = explained.steps[at]!;
    if (CONDITIONS.has(steps[at + 1]?.kind)) continue;
    const about = `step ${at} of ${JSON.stringify(explained.steps)}`;
    expect(actual?.matches, about).toBe(matchesOf(graph, query, bound, parameters));
    compared.steps++;
    if (actual?.matches !== actual?.rows) compared.counted++;
    if (operator !== "scan" || conditions.length + within.length > 0) continue;
    expect(estimate, about).toEqual({ rows: actual?.rows, matches: actual?.matches });
    compared.scans++;
  }
}

it(
  "each step of a plan gives as many matches as the naive reader finds for its part of the pattern, and scans are estimated exactly",
  { timeout: patience(QUERIES) },
  async () => {
    const property = fc.asyncProperty(drawn, async ({ catalog, entities, queries }) => {
      const model = modelOf(catalog, entities);
      const view = viewOf(catalog, model, new MemoryPool(2 ** 30), "layer");
      for (const { text, parameters } of queries) {
        const { query } = compileQuery({ file: "q.gq", text }, catalog);
        if (query.kind !== "read") throw new TypeError("a read is needed");
        const bound = bindParameters(query.parameters, parameters);
        try {
          await checkQuery({ catalog, model, view }, query, bound);
        } catch (error) {
          // Of a part of the pattern that the run did not come to.
          if (!(error instanceof NaiveOverflow)) throw error;
        }
      }
    });
    await fc.assert(property, { numRuns: Math.ceil(QUERIES / PER_GRAPH) });
    for (const [kind, times] of Object.entries(compared)) expect(times, kind).toBeGreaterThan(QUERIES / 150);
  },
);
