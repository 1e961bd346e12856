import { isError } from "@omnigraph/base";
import { analyzeMutation, explainMutation, type PlanInput } from "@omnigraph/engine";
import { compileQuery } from "@omnigraph/language";
import type { ChangeSet } from "@omnigraph/storage";
import fc from "fast-check";
import { expect, it } from "vitest";
import { exportText, WriteGraph } from "../support/graphs/write-graph.ts";
import { cases, patience } from "../support/running/cases.ts";
import { naiveLoad } from "./naive-load.ts";
import { NaiveRefusal } from "./naive-entity.ts";
import { NaiveGraph } from "./naive-mutation.ts";
import { ORACLE_SCHEMA, write, type Write } from "./random-writes.ts";

const SEQUENCES = cases(120);

/** How often each kind of outcome was met, so that none is never met. */
const met = { touched: 0, nothing: 0, refused: 0, read: 0 };

const nameOf = ({ type, part, property }: PlanInput): string => `${type.name} ${part} ${property}`;

const sizesOf = (changes: ChangeSet): readonly unknown[] =>
  changes.map(({ type, after, before, updated }) => [type, after.length, before.length, updated]);

/** The number of entities that a mutation touches by the model, or why it is refused. */
function naiveRows(model: NaiveGraph, step: Extract<Write, { kind: "mutate" }>): number | string {
  const { query } = compileQuery({ file: "q.gq", text: step.source }, model.catalog);
  if (query.kind !== "mutation") throw new TypeError("a mutation is needed");
  try {
    const [nodes, edges] = model.mutate(query, {});
    return nodes + edges;
  } catch (error) {
    if (error instanceof NaiveRefusal) return "refused";
    throw error;
  }
}

async function checkMutation(
  graph: WriteGraph,
  model: NaiveGraph,
  step: Extract<Write, { kind: "mutate" }>,
): Promise<void> {
  let query;
  try {
    ({ query } = compileQuery({ file: "q.gq", text: step.source }, graph.catalog));
  } catch (error) {
    if (isError(error, "query_invalid")) return;
    throw error;
  }
  if (query.kind !== "mutation") throw new TypeError("a mutation is needed");
  const { view } = graph;
  const before = await exportText(view);
  graph.budget.dropAll();
  const planned = explainMutation(query, view);
  expect(explainMutation(query, view)).toEqual(planned);
  const expected = naiveRows(model, step);
  const analyzed = await analyzeMutation(query, view, {}, graph.environment).catch((error: unknown) => {
    if (isError(error)) return null;
    throw error;
  });
  expect(await exportText(view)).toBe(before);
  expect(analyzed === null ? "refused" : analyzed.totals.rows, step.source).toBe(expected);
  if (analyzed === null) {
    met.refused++;
    return;
  }
  met[analyzed.totals.rows > 0 ? "touched" : "nothing"]++;
  const statements = analyzed.steps.slice(0, -1);
  expect(statements.reduce((sum, { actual }) => sum + (actual?.rows ?? 0), 0)).toBe(expected);
  const unmeasured = (steps: typeof planned.steps): unknown =>
    steps.map((step) => ({ ...step, actual: null }));
  expect(unmeasured(analyzed.steps)).toEqual(unmeasured(planned.steps));
  const known = new Set(planned.inputs.map(nameOf));
  const read = analyzed.inputs.map(nameOf);
  expect(
    read.filter((name) => !known.has(name)),
    step.source,
  ).toEqual([]);
  met.read += read.length;
  const { changes } = await graph.mutate(step.source);
  expect(sizesOf(analyzed.changes)).toEqual(sizesOf(changes.rows));
}

it(
  "a mutation that is analyzed touches what the model says, reads nothing that its plan does not name, and changes nothing",
  async () => {
    const property = fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 10 }), async (steps) => {
      const graph = new WriteGraph(ORACLE_SCHEMA);
      const model = new NaiveGraph(graph.catalog);
      for (const step of steps) {
        if (step.kind === "mutate") await checkMutation(graph, model, step);
        else if (await loads(graph, step)) naiveLoad(model, step.text, step.mode);
      }
    });
    await fc.assert(property, { numRuns: SEQUENCES });
    for (const [kind, times] of Object.entries(met)) expect(times, kind).toBeGreaterThan(SEQUENCES / 10);
  },
  patience(SEQUENCES),
);

/** Whether a load is not refused. */
async function loads(graph: WriteGraph, { text, mode }: Extract<Write, { kind: "load" }>): Promise<boolean> {
  try {
    await graph.load(text, mode);
    return true;
  } catch (error) {
    if (isError(error)) return false;
    throw error;
  }
}
