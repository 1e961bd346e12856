import { opOfKey } from "@omnigraph/log";
import type { OptimizeAnswer } from "@omnigraph/wire";
import type { OptimizeOptions, OptimizeProgress } from "../api/maintenance.ts";
import type { Branches } from "../branches/branches.ts";
import { guarded } from "../calls/callers-code.ts";
import { digestOf } from "../calls/digest.ts";
import { summaryOf } from "../history/summary.ts";
import type { GraphContext } from "../open/context.ts";
import { indexBranch } from "./index-branch.ts";
import { foldBranch, type FoldRequest } from "./fold-branch.ts";

/** As `Maintenance.optimize`. */
export async function optimize(
  context: GraphContext,
  branches: Branches,
  options: OptimizeOptions & { readonly signal: AbortSignal },
): Promise<OptimizeAnswer> {
  const { branch = "main", full = false, actor = context.actor, message = null, op, signal } = options;
  const told = (phase: OptimizeProgress["phase"], after: string): FoldRequest["onType"] => {
    const report = guarded(options.onProgress, after);
    return ({ kind, name }) => report({ phase, kind, typeName: name });
  };
  const operation = op ?? context.mint();
  const asked = {
    op: opOfKey(operation),
    content: op === undefined ? null : digestOf("optimize", String(full)),
    actor,
    message,
    whole: full,
    signal,
  };
  return branches.use(branch, async ({ views }) => {
    const folded = await foldBranch(context, views.branch, {
      ...asked,
      onType: told("write", "nothing was changed"),
    });
    const isRepeated = folded.commit !== null && folded.types.length === 0;
    const hasCommitted = folded.commit !== null;
    const late = hasCommitted ? { ...asked, op: context.mint(), content: null } : asked;
    const onType = told("index", hasCommitted ? "what was folded stays so" : "nothing was changed");
    const indexed = isRepeated
      ? null
      : await indexBranch(context, views.branch, { ...late, onType }, hasCommitted);
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
