import { opOfKey } from "@omnigraph/log";
import type { OptimizeAnswer } from "@omnigraph/wire";
import type { OptimizeOptions } from "../api/maintenance.ts";
import type { Branches } from "../branches/branches.ts";
import { guarded } from "../calls/callers-code.ts";
import { digestOf } from "../calls/digest.ts";
import { summaryOf } from "../history/summary.ts";
import type { GraphContext } from "../open/context.ts";
import { foldBranch } from "./fold-branch.ts";

/** As `Maintenance.optimize`. */
export async function optimize(
  context: GraphContext,
  branches: Branches,
  options: OptimizeOptions & { readonly signal: AbortSignal },
): Promise<OptimizeAnswer> {
  const { branch = "main", full = false, actor = context.actor, message = null, op, signal } = options;
  const report = guarded(options.onProgress, "nothing was changed");
  const { commit, types } = await branches.use(branch, ({ views }) =>
    foldBranch(context, views.branch, {
      op: op === undefined ? context.mint() : opOfKey(op),
      content: op === undefined ? null : digestOf("optimize", String(full)),
      actor,
      message,
      whole: full,
      signal,
      onType: ({ kind, name }) => report({ kind, typeName: name }),
    }),
  );
  return {
    branch,
    commit: commit === null ? null : summaryOf(commit),
    types: types.map(({ type, layers, layersAdded, layersRemoved, rowsWritten }) => ({
      kind: type.kind,
      typeName: type.name,
      tables: layers,
      tablesAdded: layersAdded,
      tablesRemoved: layersRemoved,
      rowsWritten,
    })),
  };
}
