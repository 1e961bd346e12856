import type { Value } from "@omnigraph/base";
import type { Property, Statement } from "@omnigraph/language";
import {
  type Column,
  type ColumnKey,
  columnType,
  constantColumn,
  type RowBatch,
  textAt,
  valueAt,
  withColumns,
  columnIn,
  idTexts,
} from "@omnigraph/storage";
import { satisfies } from "../compare.ts";
import { wholeRows } from "../../view/needs.ts";
import { keyImmutable } from "../problem.ts";
import { rowsOf } from "../../view/rows-of.ts";
import { predicateOf } from "./condition.ts";
import { checked } from "./insert.ts";
import { matching, predicateNeeds } from "./matching.ts";
import type { Work } from "./work.ts";

export type Update = Extract<Statement, { kind: "update" }>;

/** Sets the assigned properties of every entity that matches, a whole column at a time. */
export async function update(work: Work, { type, assignments, where }: Update): Promise<void> {
  const values = assignments.map(
    ({ property, value }) => [property, checked(type, property, work.valueOf(value))] as const,
  );
  const predicate = predicateOf(type, where, (expr) => work.valueOf(expr));
  work.predicates.push(predicate);
  if (type.kind === "edge") work.count(type, work.edges.updateMatching(predicate, values));
  if (work.view.count(type) === 0) return;
  await work.need(predicateNeeds(predicate));
  const ordinals = matching(work.view, predicate);
  if (ordinals.length === 0) return;
  await work.need(wholeRows(type));
  const before = rowsOf(work.view, type).gather(ordinals);
  const keys = new Set(type.key?.map((property) => property.id));
  const assigned: [ColumnKey, Column][] = [];
  for (const [property, value] of values) {
    if (keys.has(property.id)) keepsKey(type, property, value, before);
    else assigned.push([property.id, constantColumn(columnType(property.type), value, before.length)]);
  }
  work.matched.push({ type: type.id, rows: before });
  work.count(type, before.length);
  work.step([{ type: type.id, after: withColumns(before, assigned), before, updated: before.length }]);
}

/** A key property may be assigned only the value that it already has. */
function keepsKey(type: Update["type"], property: Property, value: Value, before: RowBatch): void {
  const held = columnIn(before, property.id);
  for (let row = 0; row < before.length; row++) {
    if (satisfies(valueAt(held, row), "=", value)) continue;
    throw keyImmutable(type, textAt(idTexts(before, "id"), row), property);
  }
}
