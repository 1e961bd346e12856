import fc from "fast-check";
import { STRATEGIES, type Strategy } from "../support/models/history-calls.ts";
import { VALUE_TYPES } from "./migrations-types.ts";

/** What a property is declared to be; what its type does not allow is left out. */
export interface Declared {
  readonly type: string;
  readonly optional: boolean;
  /** Which of the values of its type; null: none. */
  readonly default: number | null;
  readonly unique: boolean;
  readonly range: string | null;
}

const CHANGES = [
  "add type",
  "drop type",
  "rename type",
  "add property",
  "drop property",
  "rename property",
  "type",
  "optional",
  "unique",
  "range",
  "default",
] as const;

/** One change of a schema. What it is about is named by position among what there is. */
export interface SchemaChange {
  readonly change: (typeof CHANGES)[number];
  readonly type: number;
  readonly property: number;
  readonly name: number;
  readonly declared: Declared;
}

/** A write of one row, or of what is at one node. */
export interface RowWrite {
  readonly write: "put" | "set" | "delete";
  readonly type: number;
  readonly row: number;
  readonly ends: readonly [number, number];
  /** Of the properties in order: which value; null; -1: left out. */
  readonly values: readonly (number | null)[];
}

export type MigrationStep =
  | { readonly kind: "migrate"; readonly branch: number; readonly changes: readonly SchemaChange[] }
  | { readonly kind: "write"; readonly branch: number; readonly write: RowWrite }
  | { readonly kind: "create"; readonly name: string; readonly from: number; readonly back: number | null }
  | {
      readonly kind: "merge";
      readonly source: number;
      readonly target: number;
      readonly strategy: Strategy | null;
    }
  | {
      readonly kind: "revert";
      readonly branch: number;
      readonly back: number;
      readonly strategy: Strategy | null;
    }
  | { readonly kind: "optimize"; readonly branch: number; readonly full: boolean }
  | { readonly kind: "reopen"; readonly isStaged: boolean };

export interface Migrations {
  readonly steps: readonly MigrationStep[];
  /** Seed of which old commits are looked at. */
  readonly probe: number;
}

const small = fc.nat({ max: 3 });
const declared: fc.Arbitrary<Declared> = fc.record({
  type: fc.constantFrom("I32", "I32", ...VALUE_TYPES),
  optional: fc.integer({ min: 0, max: 3 }).map((n) => n < 3),
  default: fc.option(small, { freq: 1 }),
  unique: fc.integer({ min: 0, max: 5 }).map((n) => n === 5),
  range: fc.constantFrom(null, null, null, "0..2", "1.."),
});

const change: fc.Arbitrary<SchemaChange> = fc.record({
  change: fc.constantFrom(...CHANGES, "add property", "drop property", "rename property"),
  type: small,
  property: small,
  name: small,
  declared,
});

const rowWrite: fc.Arbitrary<RowWrite> = fc.record({
  write: fc.constantFrom("put", "put", "set", "set", "delete"),
  type: small,
  row: fc.nat({ max: 2 }),
  ends: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })),
  values: fc.array(fc.oneof({ weight: 4, arbitrary: small }, fc.constantFrom(null, -1)), {
    minLength: 4,
    maxLength: 4,
  }),
});

const branch = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 1 }) }, small);
const back = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 2 }) }, fc.nat({ max: 11 }));

const strategy = fc.constantFrom(null, null, null, null, ...STRATEGIES);

const migrate = fc.record({
  kind: fc.constant("migrate" as const),
  branch,
  changes: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(change) },
    fc.array(change, { minLength: 2, maxLength: 3 }),
  ),
});
const write = fc.record({ kind: fc.constant("write" as const), branch, write: rowWrite });
const merge = fc.record({
  kind: fc.constant("merge" as const),
  source: branch,
  target: branch,
  strategy,
});
const revert = fc.record({ kind: fc.constant("revert" as const), branch, back, strategy });

const one: fc.Arbitrary<MigrationStep> = fc.oneof(
  { weight: 4, arbitrary: write },
  { weight: 3, arbitrary: migrate },
  { weight: 2, arbitrary: merge },
  { weight: 2, arbitrary: revert },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("create" as const),
      name: fc.constantFrom("b1", "b2", "b3"),
      from: branch,
      back: fc.option(back, { freq: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("optimize" as const), branch, full: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const), isStaged: fc.boolean() }) },
);

/** A migration on one side, what is done on the other, and their merge. */
const joined: fc.Arbitrary<readonly MigrationStep[]> = fc
  .tuple(merge, migrate, fc.array(fc.oneof(write, migrate), { minLength: 1, maxLength: 3 }))
  .map(([join, first, more]): readonly MigrationStep[] => [
    { ...first, branch: join.source },
    ...more.map((step, i): MigrationStep => ({ ...step, branch: i % 2 === 0 ? join.target : join.source })),
    join,
  ]);

/** A migration that is taken back, after a write or a fold, and now and then asked for again. */
const regret: fc.Arbitrary<readonly MigrationStep[]> = fc
  .tuple(
    migrate,
    fc.array(fc.oneof(write, migrate), { maxLength: 2 }),
    fc.option(fc.boolean()),
    strategy,
    fc.boolean(),
  )
  .map(([first, more, full, side, isAgain]): readonly MigrationStep[] => [
    first,
    ...more.map((step): MigrationStep => ({ ...step, branch: first.branch })),
    ...(full === null ? [] : [{ kind: "optimize" as const, branch: first.branch, full }]),
    { kind: "revert", branch: first.branch, back: more.length + (full === null ? 0 : 1), strategy: side },
    ...(isAgain ? [first] : []),
  ]);

/** A write of a row that is taken back only after its schema has changed, now and then after that was taken back itself. */
const late: fc.Arbitrary<readonly MigrationStep[]> = fc
  .tuple(write, write, migrate, fc.boolean(), strategy)
  .map(([put, next, { changes, branch: at }, isBack, side]): readonly MigrationStep[] => {
    const { type, row } = put.write;
    return [
      { ...put, branch: at, write: { ...put.write, write: "put" } },
      { ...next, branch: at, write: { ...next.write, type, row } },
      { kind: "migrate", branch: at, changes: changes.map((one) => ({ ...one, type })) },
      ...(isBack ? [{ kind: "revert", branch: at, back: 0, strategy: null } as const] : []),
      { kind: "revert", branch: at, back: isBack ? 2 : 1, strategy: side },
    ];
  });

const parts = fc.oneof(
  { weight: 4, arbitrary: one.map((step): readonly MigrationStep[] => [step]) },
  { weight: 3, arbitrary: joined },
  { weight: 2, arbitrary: regret },
  { weight: 2, arbitrary: late },
);

/** A branch, and about twelve steps on it and on others. */
export const migrations: fc.Arbitrary<Migrations> = fc.record({
  steps: fc
    .array(parts, { minLength: 2, maxLength: 6, size: "max" })
    .map((some): readonly MigrationStep[] => [
      { kind: "create", name: "b1", from: 0, back: null },
      ...some.flat(),
    ]),
  probe: fc.nat({ max: 1_000_000 }),
});
