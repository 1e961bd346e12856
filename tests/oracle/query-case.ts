import { isError, type JsonValue, type Value } from "@omnigraph/base";
import { compilePlan, execute, MemoryPool, type QueryResult, type View } from "@omnigraph/engine";
import { bindParameters, type Catalog, compileQuery, type ReadQuery } from "@omnigraph/language";
import { expect } from "vitest";
import { NaiveView } from "../support/models/naive-view.ts";
import { type Model, typesOf } from "../support/models/view-model.ts";
import { catalogOf } from "../support/graphs/write-graph.ts";
import { advancedView, starvedView, viewOf } from "./case-views.ts";
import { type NaiveAnswer, type NaiveEntity, NaiveReader } from "./naive-query.ts";
import { NaiveOverflow, UncertainOverflow } from "./naive-values.ts";
import { type DrawnEntity, modelOf } from "./random-graph.ts";

const NOW_MS = 1_700_000_000_000;
export const CLOCK = { nowMicros: () => NOW_MS * 1000, monotonicMs: () => 0, sleep: () => Promise.resolve() };

/** A graph, its past, and queries over it: all of it JSON, so that it can be kept. */
export interface QueryCase {
  readonly schema: string;
  readonly entities: readonly DrawnEntity[];
  /** What the graph was a commit ago. */
  readonly before: readonly DrawnEntity[];
  readonly queries: readonly {
    readonly text: string;
    readonly parameters: Readonly<Record<string, JsonValue>>;
  }[];
}

export type Outcome = "overflow" | { readonly rows: readonly (readonly Value[])[] };

/** Runs every query on every kind of view and compares with the naive reader. */
export async function checkCase({ schema, entities, before, queries }: QueryCase): Promise<void> {
  const catalog = catalogOf(schema);
  const model = modelOf(catalog, entities);
  const budget = new MemoryPool(2 ** 30);
  const fresh = viewOf(catalog, model, budget, "layer");
  const advanced = (pool: MemoryPool): Promise<View> =>
    advancedView(catalog, modelOf(catalog, before), model, pool);
  /** No row has room in memory. */
  const disk = new MemoryPool(1);
  const views: readonly Viewed[] = [
    ["layers", fresh, budget],
    ["rows on disk", fresh, disk],
    ["changes", viewOf(catalog, model, budget, "changes"), budget],
    ["advanced", await advanced(budget), budget],
    ["starved, advanced", await advanced(new MemoryPool(1)), disk],
    ["no structures", new NaiveView(catalog, model), disk],
  ];
  for (const { text, parameters } of queries) {
    const { query } = compileQuery({ file: "q.gq", text }, catalog);
    if (query.kind !== "read") throw new TypeError("a read is needed");
    const bound = bindParameters(query.parameters, parameters);
    const expected = naiveOutcome(catalog, model, query, bound);
    const plan = compilePlan(query);
    const outcomes = new Map<string, Outcome>();
    for (const [name, view, pool] of [
      ...views,
      ["evicted", fresh, budget] as const,
      ["cold", viewOf(catalog, model, new MemoryPool(2 ** 30), "layer"), budget] as const,
      ["starved", starvedView(catalog, model), disk] as const,
    ]) {
      if (name === "evicted") budget.dropAll();
      const limits = { clock: CLOCK, rows: pool.pages };
      const actual = await outcomeOf(async () => execute(plan, view, bound, limits), query);
      outcomes.set(name, actual);
      expectSame(actual, expected, query, `${name}: ${text} ${JSON.stringify(plan.print(view))}`);
    }
    // Where rows are kept changes nothing, not even what nobody asked for an order of.
    expect(shownOutcome(outcomes.get("rows on disk")), text).toEqual(shownOutcome(outcomes.get("layers")));
    expect(disk.pages.spill.used, `disk left over by ${text}`).toBe(0);
  }
}

/** A view, and the memory for rows. */
type Viewed = readonly [string, View, MemoryPool];

export function shownOutcome(outcome: Outcome | undefined): readonly string[] | "overflow" {
  return outcome === undefined || outcome === "overflow" ? "overflow" : shownRows(outcome.rows);
}

/** What a query answers by the naive reader. Throws `NaiveOverflow`. */
export function naiveAnswer(
  catalog: Catalog,
  model: Model,
  query: ReadQuery,
  parameters: Readonly<Record<string, Value>>,
): NaiveAnswer {
  const data = new Map(
    typesOf(catalog).map((type): [string, readonly NaiveEntity[]] => [
      type.name,
      [...(model.get(type.name)?.values() ?? [])].map((row) => ({
        id: String(row.get("id")),
        type,
        src: textOrNull(row.get("src")),
        dst: textOrNull(row.get("dst")),
        values: new Map(type.properties.map(({ id }) => [id, row.get(id) ?? null])),
      })),
    ]),
  );
  return new NaiveReader(data, query, parameters, NOW_MS).answer();
}

/** What the naive reader answers. */
interface Expected {
  readonly shown: Outcome;
  readonly all: readonly (readonly Value[])[];
  /** Whether the engine may come to a number that leaves its range, too. */
  readonly mayOverflow: boolean;
  /** Whether that is all that is known: a condition of some row leaves its range, if it is computed there. */
  readonly isUncertain: boolean;
}

export function naiveOutcome(
  catalog: Catalog,
  model: Model,
  query: ReadQuery,
  parameters: Readonly<Record<string, Value>>,
): Expected {
  try {
    const { rows, all, mayOverflow } = naiveAnswer(catalog, model, query, parameters);
    return { shown: { rows }, all, mayOverflow, isUncertain: false };
  } catch (error) {
    if (!(error instanceof NaiveOverflow)) throw error;
    const isUncertain = error instanceof UncertainOverflow;
    return { shown: "overflow", all: [], mayOverflow: true, isUncertain };
  }
}

function textOrNull(value: Value | undefined): string | null {
  return typeof value === "string" ? value : null;
}

export async function outcomeOf(run: () => Promise<QueryResult>, query: ReadQuery): Promise<Outcome> {
  try {
    const result = await run();
    const columns = query.columns.map((_, at) => result.values(at));
    result.release();
    return {
      rows: Array.from({ length: result.length }, (_, row) => columns.map((values) => values[row] ?? null)),
    };
  } catch (error) {
    if (isError(error, "number_overflow")) return "overflow";
    throw error;
  }
}

/** Both zeros alike: which of them stands for a group is free. */
function shown(value: Value): string {
  if (typeof value === "number") return String(value + 0);
  if (typeof value === "bigint") return String(value);
  if (value instanceof Float32Array) return `vector ${value.join(" ")}`;
  if (typeof value === "object" && value !== null) return `[${value.map(shown).join(", ")}]`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function shownRows(rows: readonly (readonly Value[])[]): readonly string[] {
  return rows.map((row) => row.map(shown).join(" | "));
}

export function expectSame(actual: Outcome, expected: Expected, query: ReadQuery, about: string): void {
  const isCut = query.limit !== null || query.offset !== null;
  if (expected.isUncertain || (expected.shown === "overflow" && isCut)) return;
  if (actual === "overflow" && expected.mayOverflow) return;
  if (actual === "overflow" || expected.shown === "overflow") {
    expect(actual, about).toEqual(expected.shown);
    return;
  }
  const rows = shownRows(actual.rows);
  const wanted = shownRows(expected.shown.rows);
  if (query.order.length > 0) {
    expect(rows, about).toEqual(wanted);
    return;
  }
  if (!isCut) expect(rows.toSorted(), about).toEqual(wanted.toSorted());
  else {
    expect(rows.length, about).toBe(wanted.length);
    const left = shownRows(expected.all).slice();
    for (const row of rows) {
      const at = left.indexOf(row);
      expect(at, `${about}: ${row} is no match, or answered too often`).toBeGreaterThanOrEqual(0);
      left.splice(at, 1);
    }
  }
}
