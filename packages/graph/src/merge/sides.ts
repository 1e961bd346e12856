import { present } from "@omnigraph/base";
import { changesUnder, type Sides } from "@omnigraph/engine";
import type { Catalog, TypeId } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import { idsIn, type NetChanges } from "../history/net-changes.ts";

/**
 * What both sides of a merge changed since the base. With several bases the first one is used, and `ambiguous` lists the entities that differ between the
 * bases. All of it as a schema has the rows.
 */
export async function sidesOf(
  net: NetChanges,
  bases: readonly CommitRecord[],
  ours: CommitRecord,
  theirs: CommitRecord,
  catalog: Catalog,
  signal?: AbortSignal,
): Promise<Sides> {
  const [first, ...others] = bases;
  const base = present(first, "merge base");
  const [ofOurs, ofTheirs] = await Promise.all([
    net.between(base, ours, signal),
    net.between(base, theirs, signal),
  ]);
  const ambiguous = new Map<TypeId, Set<string>>();
  for (const other of others) {
    for (const { type, after, before } of changesUnder(catalog, await net.diff(base, other, signal))) {
      const ids = ambiguous.get(type) ?? new Set<string>();
      ambiguous.set(type, ids);
      for (const rows of [after, before]) for (const id of idsIn(rows)) ids.add(id);
    }
  }
  return {
    ours: changesUnder(catalog, ofOurs),
    theirs: changesUnder(catalog, ofTheirs),
    ambiguous,
    isCrissCross: others.length > 0,
  };
}
