import { isError, type JsonValue, parseJson, writeJson } from "@omnigraph/base";
import { evaluateMutation, MemoryPool, type View, type WriteDraft } from "@omnigraph/engine";
import { bindParameters, type Catalog, compileQuery, type MutationQuery } from "@omnigraph/language";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryMutation } from "../support/generators/arbitrary-mutation.ts";
import { cases, keep, patience, repros, reproText } from "../support/running/cases.ts";
import { catalogOf, fixedEnvironment, rowsOf } from "../support/graphs/write-graph.ts";
import { advancedView, starvedView, viewOf, warmed } from "./case-views.ts";
import { arbitraryEntities, arbitrarySchema, type DrawnEntity, modelOf } from "./random-graph.ts";

const MUTATIONS = cases(1200);
const PER_GRAPH = 6;

interface WriteCase {
  readonly schema: string;
  readonly entities: readonly DrawnEntity[];
  readonly before: readonly DrawnEntity[];
  readonly mutations: readonly {
    readonly text: string;
    readonly parameters: Readonly<Record<string, JsonValue>>;
  }[];
}

const drawnCase: fc.Arbitrary<WriteCase> = arbitrarySchema().chain((schema) => {
  const catalog = catalogOf(schema);
  return fc.record({
    schema: fc.constant(schema),
    entities: arbitraryEntities(catalog),
    before: arbitraryEntities(catalog),
    mutations: fc.array(arbitraryMutation(catalog), { minLength: PER_GRAPH, maxLength: PER_GRAPH }),
  });
});

/** What a mutation comes to on a view, in words; the order of rows is that of the view. */
async function outcome(query: MutationQuery, view: View, parameters: WriteCase["mutations"][number]) {
  const bound = bindParameters(query.parameters, parameters.parameters);
  try {
    const draft = await evaluateMutation(query, view, bound, fixedEnvironment());
    const { affectedNodes, affectedEdges, commits } = draft;
    return { affectedNodes, affectedEdges, commits, changes: changed(view.catalog, draft) };
  } catch (error) {
    if (isError(error) && error.reason !== "internal") return error.reason;
    throw error;
  }
}

function changed(catalog: Catalog, { changes }: WriteDraft): readonly string[] {
  return changes.rows
    .flatMap(({ type: id, before, after }) => {
      const type = catalog.typeById.get(id);
      if (type === undefined) return [`no type ${id}`];
      const words = (sign: string, batch: typeof before): string[] =>
        rowsOf(type, batch).map((row) => `${sign} ${type.name} ${writeJson(row)}`);
      return [...words("-", before), ...words("+", after)];
    })
    .toSorted();
}

async function checkCase({ schema, entities, before, mutations }: WriteCase): Promise<void> {
  const catalog = catalogOf(schema);
  const model = modelOf(catalog, entities);
  const budget = new MemoryPool(2 ** 30);
  const warm = await warmed(viewOf(catalog, model, budget, "layer"));
  const advanced = await advancedView(catalog, modelOf(catalog, before), model, budget);
  for (const mutation of mutations) {
    const { query } = compileQuery({ file: "q.gq", text: mutation.text }, catalog);
    if (query.kind !== "mutation") throw new TypeError("a mutation is needed");
    const expected = await outcome(query, warm, mutation);
    const others: readonly (readonly [string, View])[] = [
      ["advanced", advanced],
      ["cold, of layers", viewOf(catalog, model, budget, "layer")],
      ["cold, of commits", viewOf(catalog, model, budget, "changes")],
      ["starved", starvedView(catalog, model)],
    ];
    for (const [name, view] of others)
      expect(await outcome(query, view, mutation), `${name}: ${writeJson(mutation)}`).toEqual(expected);
  }
}

describe("mutations on views that nothing was read of", () => {
  it(
    `${MUTATIONS} random mutations, with parameters that are null among them, come to what they come to on a warm view`,
    { timeout: patience(MUTATIONS) },
    async () => {
      const property = fc.asyncProperty(drawnCase, checkCase);
      const run = await fc.check(property, { numRuns: Math.ceil(MUTATIONS / PER_GRAPH) });
      if (run.counterexample !== null)
        keep(`cold-write-${run.seed}.json`, writeJson(run.counterexample[0], 2));
      if (run.failed) throw new Error(fc.defaultReportMessage(run), { cause: run.errorInstance });
    },
  );

  it.each(repros("cold-write"))("the kept case %s replays without a failure", async (file) => {
    // Written by this suite.
    await checkCase(parseJson(reproText(file)) as unknown as WriteCase);
  });

  it("a condition on null matches nothing and commits nothing, whatever its type and place", async () => {
    const schema = "node P { name: String @key  age: I32? } edge K: P -> P { since: Date? }";
    const data: DrawnEntity[] = [
      { type: "P", id: "a", data: { name: "a", age: 1 } },
      { type: "K", id: "e", ends: ["a", "a"], data: { since: "2020-01-01" } },
    ];
    await checkCase({
      schema,
      entities: data,
      before: [],
      mutations: [
        "update P set { age: 2 } where name = $t",
        "update P set { age: 2 } where age >= $n",
        "delete P where name = $t",
        "delete K where from = $t",
        "delete K where to != $t",
        "delete K where since < $d",
        'insert P { name: "b" } delete P where name = $t',
      ].map((text) => ({ text: `query q($t: String?, $n: I32?, $d: Date?) { ${text} }`, parameters: {} })),
    });
  });
});
