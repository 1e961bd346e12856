import { present, systemEnvironment } from "@omnigraph/base";
import { bindParameters, compileQuery, type TypeId } from "@omnigraph/language";
import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryEdit } from "../../../../tests/support/generators/edits.ts";
import {
  changesBetween,
  type Edit,
  edited,
  emptyModel,
  layerBetween,
  type Model,
  typesOf,
} from "../../../../tests/support/models/view-model.ts";
import { catalogOf } from "../../../../tests/support/graphs/write-graph.ts";
import { MemoryPool } from "../view/memory-pool.ts";
import { openView } from "../view/resident-view.ts";
import type { Piece } from "../view/source.ts";
import type { View } from "../view/view.ts";
import { execute } from "./execute.ts";
import { compilePlan, type Plan } from "./prepared-plan.ts";

const CATALOG = catalogOf(`
node Person { name: String @key  age: I32?  big: I64 @default(7)  ok: Bool? }
edge Knows: Person -> Person { since: I32? }
`);

const LOOKUPS = [
  "return { $p.age, $p.big as big, $p.ok }",
  "return { $p, $p.age }",
  "return { count($p) as n, sum($p.big) as total }",
  "return { $p.big } order { $p.age desc } limit 1",
  "return { $p.big } limit 0",
].flatMap((answer) => [
  `query q($n: String) { match { $p: Person { name: $n } } ${answer} }`,
  `query q($n: String) { match { $p: Person { name: $n } $p.age > 3 } ${answer} }`,
]);

const edits = fc.array(arbitraryEdit(2, { picks: 60, values: 60 }), { maxLength: 30 });

interface Case {
  /** In the layer that all the others stand on. */
  readonly oldest: readonly Edit[];
  /** In a layer of what differs from the oldest. */
  readonly newer: readonly Edit[];
  /** In commits up to the opened snapshot. */
  readonly committed: readonly Edit[];
  /** In a commit after it. */
  readonly later: readonly Edit[];
  readonly leaveOut: boolean;
}

function viewOf({ oldest, newer, committed, later, leaveOut }: Case): View {
  const none = emptyModel(CATALOG);
  const first = edited(CATALOG, none, oldest);
  const second = edited(CATALOG, first, newer);
  const third = edited(CATALOG, second, committed);
  const last = edited(CATALOG, third, later);
  const sizes = (model: Model): ReadonlyMap<TypeId, number> =>
    new Map(typesOf(CATALOG).map((type) => [type.id, present(model.get(type.name), "rows").size]));
  const source = {
    name: "drawn",
    count: (id: TypeId) => present(sizes(third).get(id), "size"),
    pieces: async (id: TypeId): Promise<readonly Piece[]> => {
      const type = present(CATALOG.typeById.get(id), "type");
      const changes = changesBetween(CATALOG, second, third, leaveOut).filter((part) => part.type === id);
      return [
        layerBetween(type, none, first, leaveOut),
        layerBetween(type, first, second, leaveOut),
        { kind: "changes", changes },
      ];
    },
  };
  const view = openView(CATALOG, source, new MemoryPool(1 << 30));
  return view.advance(changesBetween(CATALOG, third, last, leaveOut), sizes(last));
}

async function answer(plan: Plan, view: View, name: string): Promise<readonly unknown[]> {
  const parameters = bindParameters(plan.query.parameters, { n: name });
  return (await execute(plan, view, parameters, { clock: systemEnvironment.clock })).rows();
}

test("a row looked up in storage equals a resident one, whatever layers and commits hold of it", async () => {
  let found = 0;
  let missing = 0;
  const drawn = fc.record({
    oldest: edits,
    newer: edits,
    committed: edits,
    later: edits,
    leaveOut: fc.boolean(),
  });
  const property = fc.asyncProperty(
    drawn,
    fc.constantFrom(...LOOKUPS),
    fc.nat(25),
    async (graph, text, k) => {
      const { query: compiled } = compileQuery({ file: "q.gq", text }, CATALOG, undefined);
      if (compiled.kind !== "read") throw new TypeError("the look-ups are reads");
      const plan = compilePlan(compiled);
      const view = viewOf(graph);
      const name = `Person-${k}`;
      const cold = await answer(plan, view, name);
      expect(plan.coldRuns).toBe(1);
      expect(view.has(plan.ordered(view).needs)).toBe(false);
      await view.load(plan.ordered(view).needs);
      expect(cold).toEqual(await answer(plan, view, name));
      expect(plan.coldRuns).toBe(1);
      if (cold.length > 0) found++;
      else missing++;
    },
  );
  await fc.assert(property, { numRuns: 400 });
  expect(Math.min(found, missing)).toBeGreaterThan(40);
});

test("a type that is looked up often becomes resident", async () => {
  const { query: compiled } = compileQuery(
    { file: "q.gq", text: present(LOOKUPS[0], "look-up") },
    CATALOG,
    undefined,
  );
  if (compiled.kind !== "read") throw new TypeError("the look-ups are reads");
  const plan = compilePlan(compiled);
  const view = viewOf({ oldest: [], newer: [], committed: [], later: [], leaveOut: false });
  let runs = 0;
  while (!view.has(plan.ordered(view).needs) && runs < 100) {
    await answer(plan, view, "nobody");
    runs++;
  }
  expect(runs).toBeGreaterThan(1);
  expect(runs).toBeLessThan(20);
});
