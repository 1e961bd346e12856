import { isError, type Reason } from "@omnigraph/base";
import { compileQuery } from "@omnigraph/language";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cases, checkCases, patience, repro, repros } from "../support/running/cases.ts";
import { exportText, WriteGraph } from "../support/graphs/write-graph.ts";
import { naiveLoad } from "./naive-load.ts";
import { NaiveRefusal } from "./naive-entity.ts";
import { NaiveGraph } from "./naive-mutation.ts";
import { ORACLE_SCHEMA, write, type Write } from "./random-writes.ts";

const SEQUENCES = cases(300);

type Outcome = { readonly counts: string } | { readonly refused: Reason };

/** Refusals whose order within one mutation of several statements is free: each is found by a statement alone. */
const BY_STATEMENT: ReadonlySet<Reason> = new Set<Reason>([
  "value_invalid",
  "key_conflict",
  "key_immutable",
  "number_overflow",
]);

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

async function real(graph: WriteGraph, step: Write): Promise<Outcome> {
  try {
    if (step.kind === "load") {
      const { loaded } = await graph.load(step.text, step.mode);
      return {
        counts: JSON.stringify(
          loaded.map(({ type, entities }) => `${type.name} ${entities}`).toSorted(byText),
        ),
      };
    }
    const draft = await graph.mutate(step.source);
    return { counts: JSON.stringify([draft.affectedNodes, draft.affectedEdges]) };
  } catch (error) {
    if (isError(error)) return { refused: error.reason };
    throw error;
  }
}

function naive(graph: NaiveGraph, step: Write): Outcome {
  try {
    if (step.kind === "load")
      return {
        counts: JSON.stringify(
          Array.from(naiveLoad(graph, step.text, step.mode), ([name, count]) => `${name} ${count}`).toSorted(
            byText,
          ),
        ),
      };
    const { query } = compileQuery({ file: "q.gq", text: step.source }, graph.catalog);
    if (query.kind !== "mutation") throw new TypeError("a mutation is needed");
    return { counts: JSON.stringify(graph.mutate(query, {})) };
  } catch (error) {
    if (error instanceof NaiveRefusal) return { refused: error.reason };
    if (isError(error, "query_invalid")) return { refused: "query_invalid" };
    throw error;
  }
}

function expectAlike(actual: Outcome, expected: Outcome, step: Write): void {
  const bothByStatement =
    "refused" in actual &&
    "refused" in expected &&
    BY_STATEMENT.has(actual.refused) &&
    BY_STATEMENT.has(expected.refused) &&
    step.kind === "mutate";
  if (!bothByStatement) expect(actual).toEqual(expected);
}

/** The graph of a view as the model words it, by way of an export. */
async function linesOf(graph: WriteGraph): Promise<readonly string[]> {
  const read = new NaiveGraph(graph.catalog);
  naiveLoad(read, await graph.export(), "append");
  return read.lines();
}

async function replay(steps: readonly Write[]): Promise<void> {
  const graph = new WriteGraph(ORACLE_SCHEMA);
  const model = new NaiveGraph(graph.catalog);
  for (const step of steps) {
    const before = graph.view;
    const exported = await exportText(before);
    graph.budget.dropAll();
    expectAlike(await real(graph, step), naive(model, step), step);
    expect(await linesOf(graph)).toEqual(model.lines());
    expect(await exportText(before)).toBe(exported);
  }
}

const sequence = fc.array(write, { minLength: 1, maxLength: 12 });

describe("writes against the naive model", () => {
  it(
    `${SEQUENCES} random sequences give the same graphs and the same refusals`,
    () => checkCases("writes", sequence, SEQUENCES, replay),
    patience(SEQUENCES),
  );

  it.each(repros("writes"))("the kept case %s replays without a failure", (file) => replay(repro(file)));
});
