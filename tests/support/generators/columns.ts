import type { Value } from "@omnigraph/base";
import type { ScalarName } from "@omnigraph/language";
import { SCALARS } from "../../../packages/language/src/types/value-types.ts";
import {
  type Column,
  type ColumnKey,
  columnOf,
  type ColumnType,
  idColumn,
  type RowBatch,
  sliceColumn,
  valueAt,
} from "@omnigraph/storage";
import fc from "fast-check";
import { numberedUlid } from "../graphs/entity-types.ts";

/** Any type of a column. */
export function columnTypes(): fc.Arbitrary<ColumnType> {
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .constantFrom(...SCALARS)
        .map((scalar): ColumnType => ({ scalar, list: false, dimension: null })),
    },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom(...SCALARS)
        .map((scalar): ColumnType => ({ scalar, list: true, dimension: null })),
    },
    {
      weight: 2,
      arbitrary: fc
        .integer({ min: 1, max: 9 })
        .map((dimension): ColumnType => ({ scalar: "F32", list: false, dimension })),
    },
  );
}

function longs(min: bigint, max: bigint): fc.Arbitrary<Value> {
  const safe = (value: bigint): Value => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
  return fc.oneof(
    fc.bigInt({ min, max }).map(safe),
    fc.constantFrom(min, max, 0n, 1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n).map(safe),
    fc.integer({ min: min < 0n ? -1000 : 0, max: 1000 }),
  );
}

/** Any value of a scalar type; floats are finite. */
export function scalarValues(scalar: ScalarName): fc.Arbitrary<Value> {
  switch (scalar) {
    case "String":
    case "Blob":
      return fc.oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom("", "a", "b", "é", "日本語", "😀", "\0"),
        fc.string({ maxLength: 200 }),
      );
    case "Bool":
      return fc.boolean();
    case "I32":
    case "Date":
      return fc.integer();
    case "U32":
      return fc.integer({ min: 0, max: 2 ** 32 - 1 });
    case "F32":
      return fc.float({ noNaN: true, noDefaultInfinity: true });
    case "F64":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "I64":
      return longs(-(2n ** 63n), 2n ** 63n - 1n);
    case "U64":
      return longs(0n, 2n ** 64n - 1n);
    case "DateTime":
      return fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });
  }
}

/** Every value of a column; null where there is none. */
export function valuesOf(column: Column): readonly Value[];
export function valuesOf(column: Column | null): readonly Value[] | null;
export function valuesOf(column: Column | null): readonly Value[] | null {
  return column === null ? null : Array.from({ length: column.length }, (_, i) => valueAt(column, i));
}

/** Any value of a type, null now and then. */
export function columnValues(type: ColumnType): fc.Arbitrary<Value> {
  return fc.option(presentValues(type), { freq: 4, nil: null });
}

function presentValues(type: ColumnType): fc.Arbitrary<Value> {
  if (type.dimension !== null) {
    const components = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
      minLength: type.dimension,
      maxLength: type.dimension,
    });
    return components.map((values) => Float32Array.from(values));
  }
  return type.list
    ? fc.array(fc.option(scalarValues(type.scalar), { freq: 8, nil: null }), { maxLength: 5 })
    : scalarValues(type.scalar);
}

/** Which of some rows are null: none, all, few, most, in runs, at the ends of bytes and words. */
export function nullPatterns(length: number): fc.Arbitrary<readonly boolean[]> {
  const every = (isNull: (row: number) => boolean): readonly boolean[] =>
    Array.from({ length }, (_, row) => isNull(row));
  return fc.oneof(
    fc.constantFrom(
      every(() => false),
      every(() => true),
    ),
    fc.nat({ max: 40 }).map((step) => every((row) => row % (step + 1) === 0)),
    fc.nat({ max: 40 }).map((step) => every((row) => row % (step + 1) !== 0)),
    fc.integer({ min: 1, max: 70 }).map((run) => every((row) => Math.floor(row / run) % 2 === 0)),
    fc.array(fc.boolean(), { minLength: length, maxLength: length }),
  );
}

/** A type with rows of it; some columns are all null, some long enough for a dictionary. */
export function typedValues(): fc.Arbitrary<{
  readonly type: ColumnType;
  readonly values: readonly Value[];
}> {
  return columnTypes().chain((type) =>
    fc
      .oneof(
        { weight: 5, arbitrary: fc.array(columnValues(type), { maxLength: 40 }) },
        { weight: 1, arbitrary: fc.array(fc.constant(null), { maxLength: 40 }) },
        {
          weight: 2,
          arbitrary: fc
            .tuple(
              fc.array(columnValues(type), { minLength: 1, maxLength: 4 }),
              fc.array(fc.nat(), { minLength: 64, maxLength: 200 }),
            )
            .map(([few, picks]) => picks.map((pick) => few[pick % few.length] ?? null)),
        },
      )
      .map((values) => ({ type, values })),
  );
}

/** Batches of random columns; where some are skipped, columns are slices of longer ones. */
export function batches(
  rows: { readonly min: number; readonly max: number; readonly skipped: number },
  columns: number,
): fc.Arbitrary<RowBatch> {
  return fc
    .tuple(
      fc.integer({ min: rows.min, max: rows.max }),
      fc.array(typedValues(), { maxLength: columns }),
      fc.nat({ max: rows.skipped }),
    )
    .map(([length, drafts, skip]) => {
      const made = new Map<ColumnKey, Column>([["id", idColumn(Array.from({ length }, (_, i) => `e${i}`))]]);
      drafts.forEach(({ type, values }, n) => {
        const padded = Array.from(
          { length: length + skip },
          (_, i) => values[i % Math.max(values.length, 1)] ?? null,
        );
        made.set(numberedUlid(n) as ColumnKey, sliceColumn(columnOf(type, padded), skip, skip + length)); // Cast: it stands for a property of a catalog.
      });
      return { length, columns: made };
    });
}
