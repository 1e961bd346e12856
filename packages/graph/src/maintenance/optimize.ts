import type { EntityType } from "@omnigraph/language";
import { opOfKey } from "@omnigraph/log";
import type { OptimizeAnswer } from "@omnigraph/wire";
import type { OptimizeOptions } from "../api/maintenance.ts";
import type { Branches } from "../branches/branches.ts";
import { guarded } from "../calls/callers-code.ts";
import { digestOf } from "../calls/digest.ts";
import { summaryOf } from "../history/summary.ts";
import type { GraphContext } from "../open/context.ts";
import { indexBranch } from "./index-branch.ts";
import { foldBranch } from "./fold-branch.ts";

/** As `Maintenance.optimize`. */
export async function optimize(
  context: GraphContext,
  branches: Branches,
  options: OptimizeOptions & { readonly signal: AbortSignal },
): Promise<OptimizeAnswer> {
  const { branch = "main", full = false, actor = context.actor, message = null, op, signal } = options;
  const report = guarded(options.onProgress, "nothing was changed");
  const reportLate = guarded(options.onProgress, "what was folded stays so");
  const operation = op ?? context.mint();
  const asked = {
    op: opOfKey(operation),
    content: op === undefined ? null : digestOf("optimize", String(full)),
    actor,
    message,
    whole: full,
    signal,
    onType: ({ kind, name }: EntityType): void => report({ kind, typeName: name }),
  };
  return branches.use(branch, async ({ views }) => {
    const folded = await foldBranch(context, views.branch, asked);
    const isRepeated = folded.commit !== null && folded.types.length === 0;
    const hasCommitted = folded.commit !== null;
    const late = {
      ...asked,
      op: context.mint(),
      content: null,
      onType: ({ kind, name }: EntityType): void => reportLate({ kind, typeName: name }),
    };
    const indexed = isRepeated
      ? null
      : await indexBranch(context, views.branch, hasCommitted ? late : asked, hasCommitted);
    const commit = folded.commit ?? indexed?.commit ?? null;
    return {
      operation,
      branch,
      commit: commit === null ? null : summaryOf(commit),
      problem: indexed?.problem ?? null,
      types: folded.types.map(({ type, layers, layersAdded, layersRemoved, rowsWritten }) => ({
        kind: type.kind,
        typeName: type.name,
        tables: layers,
        tablesAdded: layersAdded,
        tablesRemoved: layersRemoved,
        rowsWritten,
        indexesBuilt: indexed?.built.get(type.id) ?? [],
        indexesPending: indexed?.pending.get(type.id) ?? [],
      })),
    };
  });
}
