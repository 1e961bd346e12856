import {
  changesUnder,
  checkRows,
  hasValuesOf,
  MemoryPool,
  type Side,
  type SnapshotSource,
} from "@omnigraph/engine";
import {
  type Catalog,
  encodeSchema,
  type EntityType,
  type MergedSchema,
  mergeSchemas,
  type MigrationStep,
  type SchemaConflict,
  schemaOfType,
  stepsBetween,
  type TypeId,
} from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import type { ChangeSet } from "@omnigraph/storage";
import type { GraphContext } from "../open/context.ts";
import { LogSnapshotSource } from "../history/snapshot-source.ts";
import { decided, NAMED_ROWS } from "../schema/plan.ts";

type UnsupportedStep = Extract<MigrationStep, { readonly kind: "unsupported_change" }>;

/** The commits whose schemas a merge joins. */
export interface SchemaCommits {
  readonly base: CommitRecord;
  readonly ours: CommitRecord;
  readonly theirs: CommitRecord;
}

/** The merge of the schemas of commits. */
export interface SchemaMerge extends MergedSchema {
  readonly ours: Catalog;
  readonly theirs: Catalog;
}

/** Merges the schemas of commits. `changes` has what both sides changed since the base, each under its own schema: values of what the other dropped are a conflict. A revert brings back what was dropped. */
export async function mergedSchema(
  { catalogs }: GraphContext,
  commits: SchemaCommits,
  changes: () => Promise<Readonly<Record<Side, ChangeSet>>>,
  { prefer, isRevert }: { readonly prefer: Side | null; readonly isRevert: boolean },
  signal: AbortSignal | undefined,
): Promise<SchemaMerge> {
  const [base, ours, theirs] = (await Promise.all(
    [commits.base, commits.ours, commits.theirs].map(({ header }) => catalogs.read(header.schema, signal)),
  )) as [Catalog, Catalog, Catalog];
  if (ours.hash === theirs.hash) return { catalog: ours, conflicts: [], ours, theirs };
  const sides = await changes();
  const merged = mergeSchemas(
    { base, ours, theirs },
    {
      prefer,
      hasEdited: (side, type, property) => {
        const change = sides[side].find((one) => one.type === type);
        if (change === undefined) return false;
        return property === null ? change.after.length > 0 : hasValuesOf(change, property);
      },
    },
  );
  if (merged.conflicts.length > 0) return { ...merged, ours, theirs };
  const both = [ours, theirs];
  const impossible = [
    ...(isRevert ? [] : comingBack(merged.catalog, both)),
    ...unreadable(merged.catalog, both),
  ];
  if (impossible.length > 0) return { catalog: ours, conflicts: impossible, ours, theirs };
  return { ...merged, ours, theirs };
}

/**
 * What one side dropped, also before the two parted, and the other has brought back by a revert: the rows that the side wrote without it do not say what they would have of it.
 */
function comingBack(catalog: Catalog, sides: readonly Catalog[]): readonly SchemaConflict[] {
  const gone = new Set<string>(sides.flatMap(({ retired }) => retired));
  const conflict = (type: EntityType, property: string | null): SchemaConflict => {
    const { kind: typeKind, name: typeName } = type;
    const what = `${typeKind} ${typeName}${property === null ? "" : `: ${property}`}`;
    const message = `${what} was dropped, and brought back on one side alone: revert the drop on the other branch as well`;
    return { typeKind, typeName, property, message };
  };
  return [...catalog.typeById.values()].flatMap((type) => {
    if (gone.has(type.id)) return [conflict(type, null)];
    return type.properties.filter(({ id }) => gone.has(id)).map(({ name }) => conflict(type, name));
  });
}

/** What of a side's rows could not be read by a merged schema: no strategy decides that. */
function unreadable(catalog: Catalog, sides: readonly Catalog[]): readonly SchemaConflict[] {
  const options = { isPopulated: () => false, allowDataLoss: false };
  const steps = sides.flatMap((side) => stepsBetween(side, catalog, options)).map(({ step }) => step);
  return steps.flatMap((step) => (step.kind === "unsupported_change" ? [conflictOf(catalog, step)] : []));
}

function conflictOf(catalog: Catalog, { entity, reason }: UnsupportedStep): SchemaConflict {
  const [typeName = "", property = null] = entity.split(".");
  const typeKind = catalog.nodes.has(typeName) ? "node" : "edge";
  return { typeKind, typeName, property, message: `${entity}: ${reason}` };
}

/** What a draft takes along of a merged schema, whose object is put before the commit: nothing where it is that of ours. */
export async function schemaOf(
  { log }: GraphContext,
  { catalog, ours }: Pick<SchemaMerge, "catalog" | "ours">,
): Promise<{ readonly schema?: string }> {
  return catalog.hash === ours.hash ? {} : { schema: await log.schemas.put(encodeSchema(catalog)) };
}

/**
 * What keeps the rows of a merge from having the merged schema: a constraint that one side added is checked on all that the merge comes to, not only on the rows
 * that the other side changed. `from`: the schema that the changed rows are of, where that is of neither side.
 */
export async function brokenBy(
  context: GraphContext,
  { catalog, ours, theirs }: SchemaMerge,
  head: CommitRecord,
  changes: ChangeSet,
  { from, signal }: { readonly from?: Catalog; readonly signal: AbortSignal | undefined },
): Promise<readonly SchemaConflict[]> {
  const old = new Set(from === undefined ? [] : tightened(changes, from, catalog));
  if (ours.hash === theirs.hash && old.size === 0) return [];
  const rows = await resultOf(context, head, catalog, changes, signal);
  const isPopulated = ({ id }: EntityType): boolean => rows.count(id) > 0;
  const conflicts = new Map<string, SchemaConflict>();
  for (const side of [ours, theirs]) {
    const steps = stepsBetween(side, catalog, { isPopulated, allowDataLoss: false, joins: true });
    for (const step of await decided(steps, rows, signal)) {
      if (step.kind !== "unsupported_change") continue;
      const conflict = conflictOf(catalog, step);
      conflicts.set(conflict.message, conflict);
    }
  }
  for (const type of catalog.typeById.values()) {
    // Rows of a type that comes back: nobody looked after their ends meanwhile.
    const isBack = !ours.typeById.has(type.id) && (head.header.counts.get(type.id) ?? 0) > 0;
    if (!isBack && !old.has(type.id)) continue;
    const { kind: typeKind, name: typeName } = type;
    const memory = new MemoryPool(Infinity);
    for await (const { problem } of checkRows(schemaOfType(type), rows, memory, NAMED_ROWS, signal)) {
      const message = `${typeKind} ${typeName}: what comes back does not fit the schema any more: ${problem}`;
      conflicts.set(message, { typeKind, typeName, property: null, message });
    }
  }
  return [...conflicts.values()];
}

/** The types that have changes, and of which a schema demands more than an earlier one did. */
function tightened(changes: ChangeSet, before: Catalog, catalog: Catalog): readonly TypeId[] {
  const options = { isPopulated: () => true, allowDataLoss: false };
  return changes.flatMap(({ type: id }) => {
    const [old, now] = [before, catalog].map(({ typeById }) => typeById.get(id));
    if (old === undefined || now === undefined) return [];
    const steps = stepsBetween(schemaOfType(old), schemaOfType(now), options);
    return steps.some(({ step, requires }) => requires !== null || step.kind === "unsupported_change")
      ? [id]
      : [];
  });
}

/** The rows that a merge comes to: those of the head with its changes. */
async function resultOf(
  { log, tables }: GraphContext,
  head: CommitRecord,
  catalog: Catalog,
  changes: ChangeSet,
  signal: AbortSignal | undefined,
): Promise<SnapshotSource> {
  const snapshot = await log.snapshot(head, signal);
  const before = new LogSnapshotSource(snapshot, log, tables);
  const byType = new Map(changesUnder(catalog, changes).map((change) => [change.type, change]));
  return {
    name: head.header.id,
    count: (type) => {
      const change = byType.get(type);
      return before.count(type) + (change === undefined ? 0 : change.after.length - change.before.length);
    },
    pieces: async (type, stop) => {
      const change = byType.get(type);
      const pieces = await before.pieces(type, stop);
      return change === undefined ? pieces : [...pieces, { kind: "changes", changes: [change] }];
    },
  };
}
