import type { AnswerValue } from "@omnigraph/language";
import type {
  BranchSummary,
  ChangeCause,
  ChangeCount,
  ChangedEntity,
  CommitSummary,
  EntityImage,
  EntityRef,
  LoadAnswer,
  MergeConflict,
  QueryAnswer,
  UnusedResolution,
} from "@omnigraph/wire";
import fc from "fast-check";

export const text = fc.string({ unit: "binary", maxLength: 8 });
export const texts = fc.array(text, { maxLength: 3 });
export const maybe = fc.option(text);
export const count = fc.maxSafeNat();
export const beyond = fc.oneof(fc.bigInt(2n ** 53n, 2n ** 64n - 1n), fc.bigInt(-(2n ** 63n), -(2n ** 53n)));
/** What rows and images hold: integers that no double holds for sure are bigints. */
const { value } = fc.letrec<{ value: AnswerValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }),
    fc.constant(-0),
    beyond,
    text,
    fc.array(tie("value"), { maxLength: 3 }),
  ),
}));
const values = fc.dictionary(fc.oneof(text, fc.constantFrom("__proto__", "toJSON")), value, { maxKeys: 4 });

export const commit: fc.Arbitrary<CommitSummary> = fc.record({
  id: text,
  branch: fc.oneof(text, fc.constant("main")),
  depth: count,
  parent: maybe,
  mergedParent: maybe,
  actor: maybe,
  createdAt: count,
  kind: fc.constantFrom("genesis", "mutation", "load", "merge", "revert", "seal"),
  message: maybe,
});
export const kind = fc.constantFrom("node", "edge");
const image: fc.Arbitrary<EntityImage> = fc.record({
  properties: values,
  endpoints: fc.option(fc.record({ from: text, to: text })),
});
export const change: fc.Arbitrary<ChangedEntity> = fc.record({
  kind,
  type: fc.record({ id: text, name: text }),
  id: text,
  op: fc.constantFrom("insert", "update", "delete"),
  before: fc.option(image),
  after: fc.option(image),
});
export const cause: fc.Arbitrary<ChangeCause> = fc.record({
  commit: text,
  parent: maybe,
  mergedParent: maybe,
  branch: text,
  actor: maybe,
  authoredAt: count,
  createdAt: count,
});
const entity: fc.Arbitrary<EntityRef> = fc.record({ kind, type: text, id: text });
const conflict: fc.Arbitrary<MergeConflict> = fc.record({
  kind: fc.constantFrom("divergent_update", "orphan_edge", "unique_violation"),
  entityKind: kind,
  type: text,
  id: maybe,
  properties: texts,
  with: fc.array(entity, { maxLength: 2 }),
  message: text,
  base: fc.option(image),
  ours: fc.option(image),
  theirs: fc.option(image),
});
export const conflicts = fc.array(conflict, { maxLength: 2 });
export const unused: fc.Arbitrary<UnusedResolution> = fc
  .tuple(entity, text)
  .map(([one, message]) => ({ ...one, message }));
export const counts: fc.Arbitrary<readonly ChangeCount[]> = fc.array(
  fc.record({ kind, type: text, inserted: count, updated: count, deleted: count }),
  { maxLength: 2 },
);
export const outcome = fc.constantFrom("already_up_to_date", "fast_forward", "merged");
const loaded = fc.array(fc.record({ name: text, entities: fc.nat() }), { maxLength: 3 });
export const load: fc.Arbitrary<LoadAnswer> = fc.record({
  branch: text,
  branchCreated: fc.boolean(),
  mode: fc.constantFrom("append", "merge", "overwrite"),
  nodes: loaded,
  edges: loaded,
  timesCut: fc.oneof(fc.constant(0), count),
  commit,
});
export const query: fc.Arbitrary<QueryAnswer> = fc.record({
  queryName: text,
  branch: text,
  snapshot: maybe,
  columns: texts,
  rows: fc.array(values, { maxLength: 3 }),
  sums: fc.constant([]),
  commit: text,
  warnings: texts,
});
export const branch: fc.Arbitrary<BranchSummary> = fc.record(
  {
    name: text,
    head: text,
    forkedFrom: maybe,
    problem: fc.record({
      reason: fc.constantFrom("log_torn", "object_corrupt"),
      message: text,
      details: fc.record({ place: text }),
    }),
  },
  { requiredKeys: ["name", "head", "forkedFrom"] },
);
