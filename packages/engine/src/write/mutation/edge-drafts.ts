import type { Value } from "@omnigraph/base";
import type { FieldComparison, EdgeType, NodeType, Property, TypeId } from "@omnigraph/language";
import { EMPTY_BATCH, type TypeChanges } from "@omnigraph/storage";
import { batchOf } from "../batch-of.ts";
import { satisfies } from "../compare.ts";
import { keyImmutable } from "../problem.ts";
import type { Assigned } from "./assigned.ts";
import { type Predicate, rowTest } from "./condition.ts";

/** An edge in the order of `columnKeys`: id, source, destination, properties. */
type EdgeRow = readonly Value[];

interface Drafts {
  readonly type: EdgeType;
  readonly rows: Map<string, EdgeRow>;
}

/**
 * The edges that a mutation has inserted so far. The views between statements do not have them, because their ends may be inserted later. Within a mutation
 * only updates and deletes read edges, and they look here too.
 */
export class EdgeDrafts {
  private readonly byType = new Map<TypeId, Drafts>();

  has(type: EdgeType, id: string): boolean {
    return this.byType.get(type.id)?.rows.has(id) ?? false;
  }

  /** The edge with an id; null where none was inserted. */
  row(type: EdgeType, id: string): EdgeRow | null {
    return this.byType.get(type.id)?.rows.get(id) ?? null;
  }

  add(type: EdgeType, id: string, row: EdgeRow): void {
    const drafts = this.byType.get(type.id);
    if (drafts === undefined) this.byType.set(type.id, { type, rows: new Map([[id, row]]) });
    else drafts.rows.set(id, row);
  }

  /** Removes the edges that match; returns their number. */
  removeMatching(predicate: Predicate): number {
    const matches = matcher(predicate);
    return this.remove((type, row) => type.id === predicate.type.id && matches(row));
  }

  /** Sets properties of the edges that match; returns their number. Throws `key_immutable`. */
  updateMatching(predicate: Predicate, assigned: readonly Assigned[]): number {
    const drafts = this.byType.get(predicate.type.id);
    if (drafts === undefined) return 0;
    const matches = matcher(predicate);
    let read: EdgeRow = [];
    const { type } = drafts;
    const values = assigned.map(({ property, valuesFor }) => {
      const valueAt = valuesFor((source) => {
        const at = position(type, { kind: "property", property: source });
        return () => read[at] ?? null;
      });
      return [property, valueAt] as const;
    });
    let updated = 0;
    for (const [id, row] of drafts.rows) {
      if (!matches(row)) continue;
      read = row;
      const own = values.map(([property, valueAt]) => [property, valueAt(0)] as const);
      drafts.rows.set(id, withValues(type, row, own));
      updated++;
    }
    return updated;
  }

  /** Removes the edges at these nodes; returns their number. */
  removeAt(type: NodeType, ids: ReadonlySet<Value>): number {
    return this.remove(
      (edge, [, from = null, to = null]) =>
        (edge.from.id === type.id && ids.has(from)) || (edge.to.id === type.id && ids.has(to)),
    );
  }

  /** The insertions that were not removed. */
  steps(): readonly TypeChanges[] {
    return [...this.byType.values()]
      .filter(({ rows }) => rows.size > 0)
      .map(({ type, rows }) => ({
        type: type.id,
        after: batchOf(type, [...rows.values()]),
        before: EMPTY_BATCH,
        updated: 0,
      }));
  }

  get isEmpty(): boolean {
    return this.byType.size === 0;
  }

  private remove(test: (type: EdgeType, row: EdgeRow) => boolean): number {
    let removed = 0;
    for (const { type, rows } of this.byType.values()) {
      for (const [id, row] of rows) {
        if (!test(type, row)) continue;
        rows.delete(id);
        removed++;
      }
    }
    return removed;
  }
}

function matcher(predicate: Predicate): (row: EdgeRow) => boolean {
  const { type } = predicate;
  return rowTest(predicate, (field) => {
    const at = type.kind === "edge" ? position(type, field) : -1;
    return (row: EdgeRow) => row[at] ?? null;
  });
}

function withValues(type: EdgeType, row: EdgeRow, values: readonly (readonly [Property, Value])[]): EdgeRow {
  const changed = [...row];
  for (const [property, value] of values) {
    const at = position(type, { kind: "property", property });
    const isOfKey = type.key?.some(({ id }) => id === property.id) === true;
    if (isOfKey && !satisfies(row[at] ?? null, "=", value))
      throw keyImmutable(type, String(row[0]), property);
    changed[at] = value;
  }
  return changed;
}

/** Index, in the row of an edge, of the value of a field. */
function position(type: EdgeType, field: FieldComparison["field"]): number {
  switch (field.kind) {
    case "id":
      return 0;
    case "src":
      return 1;
    case "dst":
      return 2;
    case "property":
      return 3 + type.properties.findIndex(({ id }) => id === field.property.id);
  }
}
