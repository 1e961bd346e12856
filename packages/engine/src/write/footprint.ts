import { present } from "@omnigraph/base";
import type { Catalog } from "@omnigraph/language";
import { type ChangeSet, type Draft, columnIn } from "@omnigraph/storage";
import { anyMatches } from "./mutation/condition.ts";
import { goneTokens, keyTokens, sourceTokens, touchTokens, uniqueTokens, writtenTokens } from "./tokens.ts";
import type { Reads } from "./reads.ts";
import { relianceOf } from "./reliance.ts";
import { TokenTable } from "./token-set.ts";
import { imageCount } from "../change-set/counts.ts";

/**
 * What a write relied on or wrote, as tokens: keys and unique tuples, ends of edges, deleted nodes, and sources of edges whose cardinality is
 * bounded.
 */
function readTokens(catalog: Catalog, changes: ChangeSet, reads: Reads): TokenTable {
  const tokens = new TokenTable(imageCount(changes) * 2);
  const add = (low: number, high: number): void => tokens.add(low, high);
  for (const { type: id, rows: matched } of reads.matched)
    keyTokens(present(catalog.typeById.get(id), `type ${id}`), matched, add);
  for (const { type: id, rows: deleted } of reads.deleted) {
    const type = present(catalog.typeById.get(id), `type ${id}`);
    if (type.kind === "node") touchTokens(type, columnIn(deleted, "id"), 0, deleted.length, add);
  }
  for (const { type: id, after, before, updated } of changes) {
    const type = present(catalog.typeById.get(id), `type ${id}`);
    keyTokens(type, after, add);
    keyTokens(type, before, add);
    uniqueTokens(type, after, add);
    if (type.kind === "node") {
      if (before.length > updated) touchTokens(type, columnIn(before, "id"), updated, before.length, add);
      continue;
    }
    if (after.length > 0) {
      goneTokens(type.from, columnIn(after, "src"), 0, after.length, add);
      goneTokens(type.to, columnIn(after, "dst"), 0, after.length, add);
    }
    if (type.cardinality.min > 0 || type.cardinality.max !== null) {
      sourceTokens(type, after, add);
      sourceTokens(type, before, add);
    }
  }
  return tokens;
}

/** What a draft says of its conflicts. */
export function footprintOf(
  catalog: Catalog,
  changes: ChangeSet,
  reads: Reads,
): Pick<Draft, "conflictsWith" | "reliesOn"> {
  return {
    conflictsWith: conflictTest(catalog, changes, reads),
    reliesOn: () => relianceOf(catalog, changes, reads),
  };
}

/** Decides which changes a write conflicts with. Its tokens are made at the first question, that is only after a lost race. */
export function conflictTest(
  catalog: Catalog,
  changes: ChangeSet,
  reads: Reads,
): (theirs: ChangeSet) => boolean {
  let tokens: TokenTable | null = null;
  return (theirs) => {
    for (const change of theirs) {
      // A type that is not in this schema: the schema has changed, and the evaluation may no longer be valid.
      if (!catalog.typeById.has(change.type) || reads.wholeTypes.has(change.type)) return true;
      if (
        reads.predicates.some(
          (predicate) => predicate.type.id === change.type && anyMatches(change.after, predicate),
        )
      )
        return true;
    }
    tokens ??= readTokens(catalog, changes, reads);
    return writesAny(catalog, theirs, tokens);
  };
}

/** Whether any token that a change writes is one that a write relies on. */
function writesAny(catalog: Catalog, theirs: ChangeSet, tokens: TokenTable): boolean {
  let found = false;
  for (const change of theirs) {
    writtenTokens(catalog, change, (low, high) => {
      found ||= tokens.has(low, high);
    });
    if (found) return true;
  }
  return false;
}
