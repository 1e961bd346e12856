import type { AnswerValue, MigrationStep, NamedConstraint, ValueType } from "@omnigraph/language";
import type {
  BranchSummary,
  ChangeBlock,
  ChangeCause,
  ChangeCount,
  ChangedEntity,
  CommitSummary,
  EntityImage,
  EntityRef,
  LoadAnswer,
  MergeAnswer,
  MergeConflict,
  MutationAnswer,
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

const type: fc.Arbitrary<ValueType> = fc.record({
  scalar: fc.constantFrom("String", "I64", "F32"),
  list: fc.boolean(),
  nullable: fc.boolean(),
  dimension: fc.option(count),
  enumValues: fc.option(texts),
});
const bound = fc.option(fc.oneof(count, beyond));
const constraint: fc.Arbitrary<NamedConstraint> = fc.oneof(
  fc.record({ kind: fc.constantFrom("index", "unique", "key", "implements"), members: texts }),
  fc.record({ kind: fc.constant("range"), property: text, min: bound, max: bound }),
  fc.record({ kind: fc.constant("check"), property: text, pattern: text }),
  fc.record({ kind: fc.constant("cardinality"), min: count, max: fc.option(count) }),
);
const annotation = fc.record({
  name: text,
  value: fc.oneof(text, fc.boolean(), beyond, fc.constant(undefined)),
  named: fc.dictionary(fc.constantFrom("model", "size"), text),
});
const typeStep = { typeKind: kind, typeName: text };
const propertyStep = { ...typeStep, propertyName: text };
const drop = { mode: fc.constantFrom("soft", "hard"), code: fc.option(fc.constant("OG-DS-102")) };
export const step: fc.Arbitrary<MigrationStep> = fc.oneof(
  fc.record({ kind: fc.constant("add_type"), ...typeStep }),
  fc.record({ kind: fc.constant("rename_type"), from: text, ...typeStep }),
  fc.record({ kind: fc.constant("drop_type"), ...drop, ...typeStep }),
  fc.record({ kind: fc.constant("add_property"), propertyType: type, ...propertyStep }),
  fc.record({ kind: fc.constant("rename_property"), from: text, ...propertyStep }),
  fc.record({ kind: fc.constant("drop_property"), ...drop, ...propertyStep }),
  fc.record({ kind: fc.constant("extend_enum"), addedValues: texts, ...propertyStep }),
  fc.record({ kind: fc.constant("change_property_type"), from: type, to: type, ...propertyStep }),
  fc.record({ kind: fc.constantFrom("add_constraint", "drop_constraint"), constraint, ...typeStep }),
  fc.record({
    kind: fc.constant("update_type_metadata"),
    annotations: fc.array(annotation, { maxLength: 3 }),
    ...typeStep,
  }),
  fc.record({
    kind: fc.constant("update_property_metadata"),
    annotations: fc.array(annotation, { maxLength: 3 }),
    ...propertyStep,
  }),
  fc.record({
    kind: fc.constant("unsupported_change"),
    entity: text,
    reason: text,
    code: fc.option(fc.constant("OG-MF-106")),
  }),
);

export const block: fc.Arbitrary<ChangeBlock> = fc.record({
  cause,
  schemaSteps: fc.array(step, { maxLength: 1 }),
  changes: fc.array(change, { maxLength: 3 }),
});

export const mutation: fc.Arbitrary<MutationAnswer> = fc.record({
  queryName: text,
  branch: text,
  affectedNodes: count,
  affectedEdges: count,
  actor: maybe,
  commit: fc.option(commit),
  warnings: texts,
});
export const merge: fc.Arbitrary<MergeAnswer> = fc.record({
  source: text,
  target: text,
  outcome,
  actor: maybe,
  commit: fc.option(commit),
  resolved: conflicts,
  branchDeleted: fc.option(fc.boolean()),
  branchDeleteError: maybe,
});

export const commitPage = fc.record({ commits: fc.array(commit, { maxLength: 2 }), nextPageToken: maybe });

export const snapshot = fc.record({
  branch: text,
  commit,
  datasets: fc.array(fc.record({ kind, typeName: text, path: text, version: count, count }), {
    maxLength: 2,
  }),
});
