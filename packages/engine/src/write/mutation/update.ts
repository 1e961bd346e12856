import type { Property, PropertyId, Statement } from "@omnigraph/language";
import {
  type Column,
  type ColumnKey,
  columnType,
  columnOf,
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
import type { ValueAt } from "../../query/values/value-at.ts";
import { assignedBy } from "./assigned.ts";
import { predicateOf } from "./condition.ts";
import { matching, predicateNeeds } from "./matching.ts";
import type { Work } from "./work.ts";

export type Update = Extract<Statement, { kind: "update" }>;

/** Sets the assigned properties of every entity that matches, a whole column at a time. */
export async function update(work: Work, statement: Update): Promise<void> {
  const { type, where } = statement;
  const all = assignedBy(statement, (expr) => work.valueOf(expr), work.blobs);
  const predicate = predicateOf(type, where, (expr) => work.valueOf(expr));
  work.predicates.push(predicate);
  if (type.kind === "edge") work.count(type, work.edges.updateMatching(predicate, all));
  if (work.view.count(type) === 0) return;
  await work.need(predicateNeeds(predicate));
  const ordinals = matching(work.view, predicate);
  if (ordinals.length === 0) return;
  await work.need(wholeRows(type));
  const before = rowsOf(work.view, type).gather(ordinals);
  const keys = new Set(type.key?.map((property) => property.id));
  const assigned: [ColumnKey, Column][] = [];
  for (const { property, isConstant, valuesFor } of all) {
    const valueFor = valuesFor(({ id }) => readerOf(before, id));
    const columnOfType = columnType(property.type);
    if (keys.has(property.id)) keepsKey(type, property, valueFor, before);
    else if (isConstant)
      assigned.push([property.id, constantColumn(columnOfType, valueFor(0), before.length)]);
    else {
      const values = Array.from({ length: before.length }, (_, row) => valueFor(row));
      assigned.push([property.id, columnOf(columnOfType, values)]);
    }
  }
  work.matched.push({ type: type.id, rows: before });
  work.count(type, before.length);
  work.step([{ type: type.id, after: withColumns(before, assigned), before, updated: before.length }]);
}

function readerOf(rows: RowBatch, id: PropertyId): ValueAt {
  const column = columnIn(rows, id);
  return (row) => valueAt(column, row);
}

/** A key property may be assigned only the value that it already has. */
function keepsKey(type: Update["type"], property: Property, valueFor: ValueAt, before: RowBatch): void {
  const held = columnIn(before, property.id);
  for (let row = 0; row < before.length; row++) {
    if (satisfies(valueAt(held, row), "=", valueFor(row))) continue;
    throw keyImmutable(type, textAt(idTexts(before, "id"), row), property);
  }
}
