import { compilePlan, execute, MemoryPool, type View } from "@omnigraph/engine";
import { bindParameters, compileQuery, type ReadQuery, type TypeId } from "@omnigraph/language";
import { changesBetween, type Model, typesOf } from "../support/models/view-model.ts";
import { catalogOf } from "../support/graphs/write-graph.ts";
import { viewOf } from "./case-views.ts";
import { CLOCK, expectSame, naiveOutcome, outcomeOf, type QueryCase } from "./query-case.ts";
import { type DrawnEntity, modelOf } from "./random-graph.ts";
import { SEARCHED_SCHEMA } from "./random-searches.ts";

/** A graph commit by commit, and searches that are asked at each of them. */
export interface SearchHistory {
  readonly commits: readonly (readonly DrawnEntity[])[];
  readonly queries: QueryCase["queries"];
  /** An overlay of more rows is folded, one of more segments is flattened. */
  readonly overlayRows: number;
  readonly segments: number;
  /** Bytes of memory. */
  readonly memory: number;
}

const CATALOG = catalogOf(SEARCHED_SCHEMA);

/** Which commit the model is asked about, for one that the view shows. */
export type Asked = (commit: number) => number;

/** Searches every commit as a view that is advanced comes to it, and all of them once more in the end; compares with the naive scorer. */
export async function checkHistory(history: SearchHistory, asked: Asked = (commit) => commit): Promise<void> {
  const { commits, queries, overlayRows, segments, memory } = history;
  const models = commits.map((entities) => modelOf(CATALOG, entities));
  const pool = new MemoryPool(memory);
  const [first = new Map()] = models;
  const views = [
    viewOf(CATALOG, first, pool, "layer", undefined, { overlayRows, segments, eagerRows: 2 ** 20 }),
  ];
  const ask = async (commit: number): Promise<void> => {
    for (const query of queries)
      await checkQuery(views[commit]!, models[asked(commit)]!, query, pool, `commit ${commit}`);
  };
  await ask(0);
  for (let commit = 1; commit < models.length; commit++) {
    const [from, to] = [models[commit - 1]!, models[commit]!];
    views.push(views[commit - 1]!.advance(changesBetween(CATALOG, from, to, true), countsOf(to)));
    await ask(commit);
  }
  for (let commit = 0; commit < models.length; commit++) await ask(commit);
}

function countsOf(model: Model): ReadonlyMap<TypeId, number> {
  return new Map(typesOf(CATALOG).map(({ id, name }) => [id, model.get(name)?.size ?? 0]));
}

async function checkQuery(
  view: View,
  model: Model,
  { text, parameters }: QueryCase["queries"][number],
  pool: MemoryPool,
  about: string,
): Promise<void> {
  const query = readOf(text);
  const bound = bindParameters(query.parameters, parameters);
  const limits = { clock: CLOCK, rows: pool.pages };
  const plan = compilePlan(query);
  const actual = await outcomeOf(async () => execute(plan, view, bound, limits), query);
  expectSame(actual, naiveOutcome(CATALOG, model, query, bound), query, `${about}: ${text}`);
}

function readOf(text: string): ReadQuery {
  const { query } = compileQuery({ file: "q.gq", text }, CATALOG);
  if (query.kind !== "read") throw new TypeError("a read is needed");
  return query;
}
