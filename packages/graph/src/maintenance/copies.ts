import { type Environment, systemEnvironment } from "@omnigraph/base";
import { CopyTarget, type GraphLog, takesOneSync } from "@omnigraph/log";
import { type Backend, copyLayer, openBackend } from "@omnigraph/storage";
import type { BackupAnswer } from "@omnigraph/wire";
import type { BackupOptions } from "../api/backup.ts";
import { guarded } from "../calls/callers-code.ts";
import { checkArgument, optionsOf } from "../calls/check.ts";
import { TEXT } from "../calls/kinds.ts";
import { summaryOf } from "../history/summary.ts";
import { closeGraph, openAt } from "../open/open-graph.ts";
import { processSettings } from "../open/settings.ts";

/** The graph that is copied: its log, and what it is kept in. */
export interface Copied extends Pick<Backend, "objects" | "tables"> {
  readonly log: GraphLog;
  readonly environment: Environment;
}

/** How it is copied. */
export interface CopyCall extends BackupOptions {
  readonly signal?: AbortSignal;
  /** Whether there must not be a graph at the target yet. */
  readonly isNew: boolean;
}

/** Copies a graph to an address. Errors: those of `GraphLog.copyInto`, `store_uri_invalid`. */
export async function copyTo(from: Copied, to: string, call: CopyCall): Promise<BackupAnswer> {
  const target = await openBackend(to, systemEnvironment, {
    writable: true,
    oneSync: takesOneSync,
    s3: processSettings().s3,
  });
  try {
    const answer = await copyInto(from, to, target, call);
    await target.noteStore();
    return answer;
  } finally {
    await target.objects.close();
  }
}

/** As `Omnigraph.restore`. */
export async function restore(
  from: string,
  to: string,
  options: BackupOptions | undefined,
): Promise<BackupAnswer> {
  checkArgument("restore", "from", from, TEXT);
  checkArgument("restore", "to", to, TEXT);
  const asked = optionsOf("restore", options);
  const context = await openAt(from, { readOnly: true });
  const { calls, log, store: objects, tables, environment } = context;
  try {
    return await calls.run("maintenance.backup", asked, (signal) =>
      copyTo({ log, objects, tables, environment }, to, { ...asked, signal, isNew: true }),
    );
  } finally {
    await closeGraph(context);
  }
}

/**
 * Copies a graph into a store that is open. Errors: those of `GraphLog.copyInto`.
 *
 * @internal
 */
export async function copyInto(
  from: Copied,
  uri: string,
  { objects, holdsTables }: Pick<Backend, "objects" | "holdsTables">,
  { branches, verify = false, onProgress, signal, isNew }: CopyCall,
): Promise<BackupAnswer> {
  const report = guarded(onProgress, "what was copied stays, and the same call goes on from there");
  const target = await CopyTarget.open(objects, {
    environment: from.environment,
    verify,
    onPut: ({ copied, bytes }) => report({ objects: copied, bytes }),
  });
  // Several tables name the same content.
  const put = new Set<string>();
  const layerTarget = {
    holdsTables,
    isThere: (key: string, size: number | null) => put.has(key) || target.keeps(key, size),
    put: async (key: string, bytes: Uint8Array, isDerived: boolean) => {
      await (isDerived ? target.put(key, bytes, () => true) : target.put(key, bytes));
      put.add(key);
    },
  };
  const copied = await from.log.copyInto({
    target,
    isNew,
    chosen: branches ?? null,
    copyLayer: (entry) => copyLayer(entry, from, layerTarget),
    signal,
  });
  const { counts } = target;
  return {
    graph: from.log.id,
    uri,
    branches: copied.map(({ name, head }) => ({ name, head: summaryOf(head) })),
    objectsCopied: counts.copied,
    objectsKept: counts.kept,
    bytesCopied: counts.bytes,
    verified: verify,
  };
}
