import type { Environment } from "@omnigraph/base";
import { checkRows, MemoryPool } from "@omnigraph/engine";
import {
  type Catalog,
  type ConditionalStep,
  type MigrationStep,
  planMigration,
  ulidMint,
} from "@omnigraph/language";
import type { CommitRecord, GraphLog } from "@omnigraph/log";
import type { LayerStore } from "@omnigraph/storage";
import { LogSnapshotSource } from "../history/snapshot-source.ts";

/** Rows that a step names where they are in its way. */
const NAMED_ROWS = 10;

interface Parts {
  readonly log: GraphLog;
  readonly tables: LayerStore;
  readonly environment: Environment;
}

interface Desired {
  readonly file: string;
  readonly text: string;
  readonly allowDataLoss: boolean;
}

/** The steps from the schema of a commit to another one; those that its rows do not allow are unsupported, and name them. */
export async function migrationSteps(
  parts: Parts,
  commit: CommitRecord,
  accepted: Catalog,
  { file, text, allowDataLoss }: Desired,
  signal: AbortSignal,
): Promise<readonly MigrationStep[]> {
  const snapshot = await parts.log.snapshot(commit, signal);
  const { steps } = planMigration(
    accepted,
    { file, text },
    {
      mint: ulidMint(parts.environment),
      isPopulated: ({ id }) => snapshot.count(id) > 0,
      allowDataLoss,
    },
  );
  const rows = new LogSnapshotSource(snapshot, parts.log, parts.tables);
  const decided: MigrationStep[] = [];
  for (const step of steps) decided.push(await decide(step, rows, signal));
  return decided;
}

async function decide(
  { step, requires }: ConditionalStep,
  rows: LogSnapshotSource,
  signal: AbortSignal,
): Promise<MigrationStep> {
  if (requires === null) return step;
  const { catalog, entity, code, problem } = requires;
  const found: string[] = [];
  const memory = new MemoryPool(Infinity);
  for await (const row of checkRows(catalog, rows, memory, NAMED_ROWS + 1, signal)) found.push(row.problem);
  if (found.length === 0) return step;
  const more = found.length > NAMED_ROWS ? "; and more" : "";
  const reason = `${problem}: ${found.slice(0, NAMED_ROWS).join("; ")}${more}`;
  return { kind: "unsupported_change", entity, reason, code };
}
