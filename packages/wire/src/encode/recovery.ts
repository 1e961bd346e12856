import type { InterruptedWrite, RecoveryEntry, RecoveryOutcome } from "../answers/recovery.ts";
import type {
  InterruptedWriteJson,
  RecoveryEntryJson,
  RecoveryListJson,
  RecoveryOutcomeJson,
  RecoverySettledJson,
} from "../shapes.generated.ts";

/** `uri` is the graph's address as it was given. */
export function recoveryListJson(entries: readonly RecoveryEntry[], uri: string): RecoveryListJson {
  return { uri, entries: entries.map(recoveryEntryJson) };
}

export function recoveryEntryJson(entry: RecoveryEntry): RecoveryEntryJson {
  const { id, state, write, objects, bytes, problem } = entry;
  return { id, state, write: writeOf(write), objects: [...objects], bytes, problem };
}

export function recoveryOutcomeJson({ write, ...outcome }: RecoveryOutcome): RecoveryOutcomeJson {
  const { id, commit, problem } = outcome;
  return { id, write: writeOf(write), outcome: outcome.outcome, graph_commit_id: commit, problem };
}

/** `uri` as above. */
export function recoverySettledJson(outcomes: readonly RecoveryOutcome[], uri: string): RecoverySettledJson {
  return { uri, settled: outcomes.map(recoveryOutcomeJson) };
}

function writeOf(write: InterruptedWrite | null): InterruptedWriteJson | null {
  if (write === null) return null;
  return {
    op: write.op,
    kind: write.kind,
    graph_branch: write.branch,
    makes_branch: write.makesBranch,
    base_commit_id: write.base,
    actor_id: write.actor,
    message: write.message,
    authored_at: write.authoredAt,
    complete: write.isComplete,
    owner: write.owner === null ? null : { ...write.owner },
    orphaned: write.isOrphaned,
  };
}
