import { isError } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { CommitAddress } from "../address.ts";
import type { CommitChanges, CommitHeader, CommitRecord } from "../commit/header.ts";
import { type CommitState, type Derived, genesisHeader, next } from "../commit/next.ts";

const NO_CHANGES: CommitChanges = { kind: "rows", rows: [], replaced: [] };

/**
 * What a commit says of itself that does not follow from its parent, its second parent and its changes: each as a clause. `next` is a pure function, so every
 * member that it derives can be derived again.
 */
export function headerProblems(
  record: CommitRecord,
  changes: CommitRecord["changes"],
  parent: CommitState,
  theirs: CommitState | null,
): readonly string[] {
  const { header, address } = record;
  if (header.parents.length === 2 && theirs === null) return [];
  // Where the rows are does not follow without the changes; the place in the log does.
  if (changes.kind === "reclaimed") {
    const derived = derivedFrom(header, address, NO_CHANGES, parent, theirs);
    return typeof derived === "string" ? [derived] : placeDifferences(header, derived.header);
  }
  const derived = derivedFrom(header, address, changes, parent, theirs);
  return typeof derived === "string" ? [derived] : differences(header, derived.header);
}

/** As `headerProblems`, of the first commit of a graph. */
export function genesisProblems({ header }: CommitRecord): readonly string[] {
  if (header.kind !== "genesis") return [`the first commit of a graph is of kind ${header.kind}`];
  return differences(header, genesisHeader(header, header.schema, header.createdAt));
}

function derivedFrom(
  header: CommitHeader,
  address: CommitAddress,
  changes: CommitChanges,
  parent: CommitState,
  theirs: CommitState | null,
): Derived | string {
  const counts = countChanges(changes, header, parent.header);
  const { schema, keptOurs } = header;
  const draft = { changes, counts, schema, merge: { keptOurs } };
  try {
    return next(
      parent,
      { request: header, authoredAt: header.authoredAt, draft },
      address,
      header.createdAt,
      theirs,
    );
  } catch (cause) {
    if (!isError(cause, "internal")) throw cause;
    return changes.kind === "fold" ? "it folds pieces that its parent does not have" : cause.message;
  }
}

/** How the numbers of live rows change. For adopted tables that does not follow from the commit alone: a scan of the rows tells. */
function countChanges(
  changes: CommitChanges,
  { counts }: CommitHeader,
  before: CommitHeader,
): ReadonlyMap<TypeId, number> {
  if (changes.kind === "fold" || changes.kind === "fast_forward") return new Map();
  if (changes.kind === "layers")
    return new Map(Array.from(counts, ([type, count]) => [type, count - (before.counts.get(type) ?? 0)]));
  const differences = new Map<TypeId, number>();
  // A type may come without a row; then it has a count of 0.
  for (const type of counts.keys()) if (!before.counts.has(type)) differences.set(type, 0);
  for (const { type, after, before: old } of changes.rows)
    differences.set(type, (differences.get(type) ?? 0) + after.length - old.length);
  return differences;
}

function differences(found: CommitHeader, derived: CommitHeader): readonly string[] {
  return [
    ...placeDifferences(found, derived),
    ...difference("layout", found.layout, derived.layout),
    ...difference("tail", found.tail, derived.tail),
    ...difference("counts", sorted(found.counts), sorted(derived.counts)),
  ];
}

function placeDifferences(found: CommitHeader, derived: CommitHeader): readonly string[] {
  return [
    ...difference("id", found.id, derived.id),
    ...difference("first parent", found.parents[0] ?? null, derived.parents[0] ?? null),
    ...difference("second parent", found.parents[1] ?? null, derived.parents[1] ?? null),
    ...difference("depth", found.depth, derived.depth),
    ...difference("generation", found.generation, derived.generation),
    ...difference("created_at", found.createdAt, derived.createdAt),
    ...difference("schema", found.schema, derived.schema),
  ];
}

function difference(name: string, is: unknown, should: unknown): readonly string[] {
  if (JSON.stringify(is) === JSON.stringify(should)) return [];
  return [`it has ${name} ${JSON.stringify(is)}, where ${JSON.stringify(should)} follows`];
}

function sorted(counts: ReadonlyMap<TypeId, number>): readonly (readonly [TypeId, number])[] {
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
