import { present, type Value } from "@omnigraph/base";
import {
  canonicalKeyText,
  type EdgeType,
  type EntityType,
  type Condition,
  type FilterOperator,
  type Property,
} from "@omnigraph/language";
import { type Column, isNull, sameBytes, valueAt } from "@omnigraph/storage";
import { formulaTest } from "../../query/predicates/formula-test.ts";
import { asKeyValue } from "../../query/predicates/key-value.ts";
import { endIds, endKeys, needOf } from "../../view/needs.ts";
import { rowsOf } from "../../view/rows-of.ts";
import type { Cells, Need, View } from "../../view/view.ts";
import { satisfies } from "../compare.ts";
import { type Comparison, fieldsOf, leafTest, type Predicate, type Test } from "./condition.ts";

/** The rows that are looked at: one, the edges at one node (or from it to another one), or all. */
type Start =
  | { readonly kind: "none" }
  | { readonly kind: "id"; readonly id: string }
  | {
      readonly kind: "end";
      readonly edge: EdgeType;
      readonly direction: "out" | "in";
      readonly near: string;
      readonly far: string | null;
    }
  | { readonly kind: "all" };

/** How the rows that match are found: where to look, and the conditions that this does not settle. */
interface Access {
  readonly start: Start;
  readonly rest: readonly Test[];
}

/** How the rows that match are found, whatever the values are: by the id or the key, at a node, or among all; and the conditions that this settles. */
interface Path<C> {
  readonly kind: "id" | "key" | "end" | "all";
  readonly settled: readonly Compared<C>[];
}

type Tested = Condition | Test;
type Compared<C> = Extract<C, { readonly kind: "comparison" }>;

function isComparison<C extends Tested>(condition: C): condition is Compared<C> {
  return condition.kind === "comparison";
}

/** The conditions on a key are in the order of its properties; of those on ends the first is that of the node where edges are looked for. */
export function pathOf<C extends Tested>(type: EntityType, conditions: readonly C[]): Path<C> {
  const equal = (holds: (field: Comparison["field"]) => boolean): readonly Compared<C>[] =>
    conditions
      .filter(isComparison)
      .filter(({ field, operator }) => operator === "=" && holds(field))
      .slice(0, 1);
  const byId = equal(({ kind }) => kind === "id");
  if (byId.length > 0) return { kind: "id", settled: byId };
  if (type.kind === "edge") {
    const ends = (["src", "dst"] as const).flatMap((end) => equal(({ kind }) => kind === end));
    return { kind: ends.length > 0 ? "end" : "all", settled: ends };
  }
  const key = type.key ?? [];
  const parts = key.flatMap(({ id }) =>
    equal((field) => field.kind === "property" && field.property.id === id),
  );
  const isWhole = key.length > 0 && parts.length === key.length;
  return isWhole ? { kind: "key", settled: parts } : { kind: "all", settled: [] };
}

/** The conditions that a path does not settle. */
export function restOf<C extends Tested>({ settled }: Path<C>, conditions: readonly C[]): readonly C[] {
  return conditions.filter((condition) => !(isComparison(condition) && settled.includes(condition)));
}

function accessOf({ type, tests }: Predicate): Access {
  if (tests.some((test) => test.kind === "comparison" && test.operand === null))
    return { start: { kind: "none" }, rest: [] };
  const path = pathOf(type, tests);
  return { start: startOf(type, path), rest: restOf(path, tests) };
}

function startOf(type: EntityType, { kind, settled }: Path<Test>): Start {
  const [first, second] = settled;
  switch (kind) {
    case "id":
      return { kind, id: String(first?.operand) };
    case "key": {
      const types = (type.kind === "node" ? (type.key ?? []) : []).map((property) => property.type);
      const values = settled.map(({ operand }, k) => asKeyValue(operand, types[k]!.scalar));
      return values.includes(null) ? { kind: "none" } : { kind: "id", id: canonicalKeyText(values, types) };
    }
    case "end":
      return {
        kind,
        edge: edgeOf(type),
        direction: first?.field.kind === "src" ? "out" : "in",
        near: String(first?.operand),
        far: second === undefined ? null : String(second.operand),
      };
    case "all":
      return { kind };
  }
}

/** What must be resident before `matching` runs. */
export function predicateNeeds(predicate: Predicate): readonly Need[] {
  const { type, tests } = predicate;
  return accessOf(predicate).start.kind === "none" ? [] : whereNeeds(type, tests);
}

/** As `predicateNeeds`, whatever the values are. */
export function whereNeeds(type: EntityType, conditions: readonly Tested[]): readonly Need[] {
  const path = pathOf(type, conditions);
  return [
    ...pathNeeds(type, path),
    ...restOf(path, conditions)
      .flatMap(fieldsOf)
      .flatMap((field) => fieldNeeds(type, field)),
  ];
}

function pathNeeds(type: EntityType, { kind, settled }: Path<Tested>): readonly Need[] {
  switch (kind) {
    case "id":
    case "key":
      return [needOf(type, { keys: true })];
    case "end": {
      const isSource = settled[0]?.field.kind === "src";
      return [needOf(type, { out: isSource, in: !isSource }), ...endKeys(edgeOf(type))];
    }
    case "all":
      return [needOf(type, {})];
  }
}

function fieldNeeds(type: EntityType, field: Comparison["field"]): readonly Need[] {
  switch (field.kind) {
    case "property":
      return [needOf(type, { columns: new Set([field.property.id]) })];
    case "id":
      return [needOf(type, { ids: true })];
    case "src":
    case "dst":
      return [needOf(type, { ends: true }), ...endIds(edgeOf(type))];
  }
}

function edgeOf(type: EntityType): EdgeType {
  return present(type.kind === "edge" ? type : null, `edge type ${type.name}`);
}

/** Ordinals of the rows that match, ascending. */
export function matching(view: View, predicate: Predicate): Uint32Array {
  const { start, rest } = accessOf(predicate);
  let ordinals = startOrdinals(view, predicate.type, start);
  for (const test of rest) {
    if (ordinals.length === 0) break;
    ordinals = ordinals.filter(ordinalTest(view, predicate.type, test, ordinals.length));
  }
  return ordinals;
}

const NONE = new Uint32Array(0);

function startOrdinals(view: View, type: EntityType, start: Start): Uint32Array {
  switch (start.kind) {
    // Nothing was made resident for this case, so no rows of the view may be read.
    case "none":
      return NONE;
    case "id": {
      const ordinal = rowsOf(view, type).find(start.id);
      return ordinal < 0 ? NONE : Uint32Array.of(ordinal);
    }
    case "end":
      return edgesAt(view, start);
    case "all":
      return rowsOf(view, type).liveOrdinals();
  }
}

function edgesAt(view: View, { edge, direction, near, far }: Extract<Start, { kind: "end" }>): Uint32Array {
  const [nearType, farType] = direction === "out" ? [edge.from, edge.to] : [edge.to, edge.from];
  const node = view.nodes(nearType).find(near);
  if (node < 0) return NONE;
  const { edges, targets } = view.edges(edge).neighbours(direction).of(node);
  if (far === null) return edges.slice().sort();
  const other = view.nodes(farType).find(far);
  return other < 0 ? NONE : edges.filter((_, k) => targets[k] === other).sort();
}

type OrdinalTest = (ordinal: number) => boolean;

/** The test of one condition, for so many rows. */
function ordinalTest(view: View, type: EntityType, test: Test, count: number): OrdinalTest {
  return formulaTest(test, (leaf): OrdinalTest => {
    if (leaf.kind !== "comparison" || leaf.field.kind !== "property" || !isPlain(leaf))
      return leafTest(leaf, (field) => fieldReader(view, type, field));
    const { property } = leaf.field;
    return propertyTest(rowsOf(view, type).column(property.id), property, leaf, count);
  });
}

/** Whether a comparison is of the value with the operand, the one way round. */
function isPlain({ operator, operand, negated }: Comparison): boolean {
  return operand !== null && !negated && !(operator === "contains_item" && Array.isArray(operand));
}

function fieldReader(view: View, type: EntityType, field: Comparison["field"]): (row: number) => Value {
  switch (field.kind) {
    case "property": {
      const cells = rowsOf(view, type).column(field.property.id);
      return (row) => cells.value(row);
    }
    case "id": {
      const rows = rowsOf(view, type);
      return (row) => rows.idAt(row);
    }
    case "src":
    case "dst": {
      const ends = view.edges(edgeOf(type)).endIds(field.kind);
      return (row) => ends.idAt(row);
    }
  }
}

/** Scalar types whose values doubles represent exactly, so that a scan may compare doubles. */
const AS_DOUBLE = new Set(["Bool", "I32", "U32", "F32", "F64", "Date", "DateTime"]);

function propertyTest(
  cells: Cells,
  { type: { scalar, list } }: Property,
  { operator, operand }: Comparison,
  count: number,
): OrdinalTest {
  if (!list && AS_DOUBLE.has(scalar) && typeof operand !== "string" && typeof operand !== "bigint") {
    const bound = Number(operand);
    // NaN stands for null and is unequal to everything, but `!=` must not match it either.
    return (row) => {
      const value = cells.number(row);
      return value === value && satisfies(value, operator, bound);
    };
  }
  const { base } = cells;
  const test = base === null ? null : textTest(base, operator, operand, count);
  if (base === null || test === null) return (row) => satisfies(cells.value(row), operator, operand);
  const { length } = base;
  return (row) =>
    row < length && (cells.clean || !cells.isPatched(row))
      ? test(row)
      : satisfies(cells.value(row), operator, operand);
}

/** A test of a text column that makes few strings: each dictionary entry is tested once, equality compares bytes. Null where this gains nothing for so many rows. */
function textTest(
  column: Column,
  operator: FilterOperator,
  operand: Value,
  count: number,
): OrdinalTest | null {
  if (column.kind === "dictionary" && column.dictionary.length <= count) {
    const { codes, dictionary } = column;
    const hits = new Uint8Array(dictionary.length);
    for (let code = 0; code < hits.length; code++)
      hits[code] = Number(satisfies(valueAt(dictionary, code), operator, operand));
    return (row) => !isNull(column, row) && hits[codes[row]!] === 1;
  }
  if (column.kind !== "text" || operator !== "=" || typeof operand !== "string") return null;
  const wanted = new TextEncoder().encode(operand);
  const { bytes, offsets } = column;
  return (row) => {
    const from = offsets[row]!;
    return (
      offsets[row + 1]! - from === wanted.length &&
      sameBytes(bytes, from, wanted, 0, wanted.length) &&
      !isNull(column, row)
    );
  };
}
