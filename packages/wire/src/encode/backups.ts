import type { BackupAnswer } from "../answers/backups.ts";
import type { BackupJson } from "../shapes.generated.ts";
import { commitJson } from "./commits.ts";

/** `from` is the address of the graph as it was given. */
export function backupJson(answer: BackupAnswer, from: string): BackupJson {
  return {
    graph: answer.graph,
    from,
    to: answer.uri,
    branches: answer.branches.map(({ name, head }) => ({ name, head: commitJson(head) })),
    objects_copied: answer.objectsCopied,
    objects_kept: answer.objectsKept,
    bytes_copied: answer.bytesCopied,
    verified: answer.verified,
  };
}
