import { LIMITS } from "@omnigraph/base";
import type { Catalog, TypeId } from "@omnigraph/language";
import {
  type ChangeSet,
  idColumn,
  idTexts,
  idTextsFrom,
  IdTable,
  type Reliance,
  type RowBatch,
  textAt,
  type TypeChanges,
} from "@omnigraph/storage";
import type { Reads } from "./reads.ts";

type TypedRows = { readonly type: TypeId; readonly rows: RowBatch };

/**
 * What a write read besides the rows that it changed, as data: those say for themselves what they rely on. Conditions, and ids where there are too many, stand
 * as their whole type.
 */
export function relianceOf(
  catalog: Catalog,
  changes: ChangeSet,
  { predicates, matched, deleted, wholeTypes }: Reads,
): Reliance {
  const types = new Set<TypeId>([...wholeTypes, ...predicates.map(({ type }) => type.id)]);
  const edgesAt = (node: TypeId): readonly TypeId[] =>
    [...catalog.edges.values()]
      .filter(({ from, to }) => from.id === node || to.id === node)
      .map(({ id }) => id);
  const keys = idsBeside(matched, changes, ({ after, before }) => [after, before].filter(hasRows).map(idsIn));
  for (const type of keys.tooMany) types.add(type);
  const nodes = idsBeside(deleted, changes, ({ before, updated }) =>
    before.length > updated ? [idTextsFrom(idsIn(before), updated)] : [],
  );
  for (const node of nodes.tooMany) for (const type of edgesAt(node)) types.add(type);
  return { types: [...types], keys: keys.byType, nodes: nodes.byType, merges: false };
}

/** What a reliance says, as reads of its write: enough to find every conflict. */
export function readsOf({ types, keys, nodes }: Reliance): Reads {
  return { predicates: [], matched: rowsOf(keys), deleted: rowsOf(nodes), wholeTypes: new Set(types) };
}

function rowsOf(ids: ReadonlyMap<TypeId, readonly string[]>): readonly TypedRows[] {
  return [...ids].map(([type, texts]) => ({
    type,
    rows: { length: texts.length, columns: new Map([["id", idColumn(texts)]]) },
  }));
}

interface Listed {
  readonly byType: ReadonlyMap<TypeId, readonly string[]>;
  /** Types with more ids than are worth listing. */
  readonly tooMany: readonly TypeId[];
}

/** The ids of rows, by type, without those that the changes of their type cover. */
function idsBeside(
  rows: readonly TypedRows[],
  changes: ChangeSet,
  coveredBy: (changes: TypeChanges) => readonly ReturnType<typeof idTexts>[],
): Listed {
  const byType = new Map<TypeId, readonly string[]>();
  const tooMany: TypeId[] = [];
  for (const type of new Set(rows.map((one) => one.type))) {
    const own = rows.filter((one) => one.type === type && hasRows(one.rows)).map((one) => idsIn(one.rows));
    const covered = changes.filter((one) => one.type === type).flatMap(coveredBy);
    const ids = without(own, covered);
    if (ids === null) tooMany.push(type);
    else if (ids.length > 0) byType.set(type, ids);
  }
  return { byType, tooMany };
}

/** Null: there are too many. */
function without(
  own: readonly ReturnType<typeof idTexts>[],
  covered: readonly ReturnType<typeof idTexts>[],
): readonly string[] | null {
  const most = LIMITS.inlineRows.value;
  const total = (columns: typeof own): number => columns.reduce((sum, { length }) => sum + length, 0);
  if (total(own) - total(covered) > most) return null;
  const tables = covered.map((ids) => IdTable.of(ids));
  const left: string[] = [];
  for (const ids of own) {
    const found = tables.map((table) => table.findAll(ids));
    for (let row = 0; row < ids.length; row++) {
      if (found.some((rows) => rows[row]! >= 0)) continue;
      if (left.length === most) return null;
      left.push(textAt(ids, row));
    }
  }
  return left;
}

function hasRows({ length }: RowBatch): boolean {
  return length > 0;
}

function idsIn(rows: RowBatch): ReturnType<typeof idTexts> {
  return idTexts(rows, "id");
}
