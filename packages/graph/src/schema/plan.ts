import { checkRows, MemoryPool, type SnapshotSource } from "@omnigraph/engine";
import {
  type Catalog,
  type ConditionalStep,
  type MigrationStep,
  planMigration,
  type RowCondition,
  type TypeId,
} from "@omnigraph/language";
import type { CommitRecord, GraphLog } from "@omnigraph/log";
import type { LayerStore } from "@omnigraph/storage";
import { LogSnapshotSource } from "../history/snapshot-source.ts";

/** Rows that a step names where they are in its way. */
export const NAMED_ROWS = 10;

interface Parts {
  readonly log: GraphLog;
  readonly tables: LayerStore;
}

/** The schema that a graph is to have. */
export interface Desired {
  readonly file: string;
  readonly text: string;
  readonly allowDataLoss: boolean;
}

/** A migration from the schema of a commit. */
export interface PlannedMigration {
  /** The schema that it leads to. */
  readonly catalog: Catalog;
  /** Those that the rows do not allow are unsupported, and name them. */
  readonly steps: readonly MigrationStep[];
  /** Types whose rows were looked at. */
  readonly looked: ReadonlySet<TypeId>;
}

/** The steps from the accepted schema, which is that of a commit, to another one. Errors: `schema_invalid`. */
export async function plannedMigration(
  parts: Parts,
  commit: CommitRecord,
  accepted: Catalog,
  { file, text, allowDataLoss }: Desired,
  signal?: AbortSignal,
): Promise<PlannedMigration> {
  const snapshot = await parts.log.snapshot(commit, signal);
  const looked = new Set<TypeId>();
  const isPopulated = ({ id }: { readonly id: TypeId }): boolean => {
    looked.add(id);
    return snapshot.count(id) > 0;
  };
  const draft = planMigration(accepted, { file, text }, { isPopulated, allowDataLoss });
  const rows = new LogSnapshotSource(snapshot, parts.log, parts.tables);
  for (const { requires } of draft.steps)
    for (const type of requires?.catalog.typeById.keys() ?? []) looked.add(type);
  return { catalog: draft.catalog, steps: await decided(draft.steps, rows, signal), looked };
}

/** The steps; those that rows do not allow are unsupported, and name them. */
export async function decided(
  steps: readonly ConditionalStep[],
  rows: SnapshotSource,
  signal?: AbortSignal,
): Promise<readonly MigrationStep[]> {
  const found: MigrationStep[] = [];
  for (const step of steps) found.push(await decide(step, rows, signal));
  return found;
}

/** Whether every step can be taken. */
export function isSupported(steps: readonly MigrationStep[]): boolean {
  return steps.every(({ kind }) => kind !== "unsupported_change");
}

async function decide(
  { step, requires }: ConditionalStep,
  rows: SnapshotSource,
  signal: AbortSignal | undefined,
): Promise<MigrationStep> {
  for (let condition = requires; condition !== null; condition = condition.next ?? null) {
    const refused = await refusal(condition, rows, signal);
    if (refused !== null) return refused;
  }
  return step;
}

/** The step in place of one whose rows are not as they must be; null where they are. */
async function refusal(
  { catalog, entity, code, problem }: RowCondition,
  rows: SnapshotSource,
  signal: AbortSignal | undefined,
): Promise<MigrationStep | null> {
  const found: string[] = [];
  const memory = new MemoryPool(Infinity);
  for await (const row of checkRows(catalog, rows, memory, NAMED_ROWS + 1, signal)) found.push(row.problem);
  if (found.length === 0) return null;
  const more = found.length > NAMED_ROWS ? "; and more" : "";
  const reason = `${problem}: ${found.slice(0, NAMED_ROWS).join("; ")}${more}`;
  return { kind: "unsupported_change", entity, reason, code };
}
