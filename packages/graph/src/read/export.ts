import { given } from "@omnigraph/base";
import { chosenTypes, exportRows, type ExportSink, type View } from "@omnigraph/engine";
import type { ExportOptions } from "../api/graph.ts";
import type { Branches } from "../branches/branches.ts";
import type { CommitView } from "../branches/branch-views.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import type { CallLimits } from "../calls/call-limits.ts";
import { handoff } from "../calls/handoff.ts";
import type { GraphContext } from "../open/context.ts";
import { contentAt } from "../open/exported-content.ts";

/** As `Omnigraph.export`. What it exports of the past is claimed until it ends, so that no cleanup takes it meanwhile. */
export async function* exportPieces(
  context: GraphContext,
  branches: Branches,
  options: ExportOptions,
  limits: CallLimits,
  permitTypes: PermitTypes,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signal } = limits;
  const { log } = context;
  const first = await limits.run(() => branches.commitView(options, signal));
  if (permitTypes !== undefined) {
    const reads = chosenTypes(first.view.catalog, options.types);
    await limits.run(() => permitTypes({ reads, changes: [] }));
  }
  const withContent = contentAt(context, first.commit, signal);
  const chosen = given({ types: options.types, signal, withContent });
  // The head of a branch is protected by its record; a handle for reading only can claim nothing.
  const isPast = options.at !== undefined && !log.readOnly;
  const pin = isPast ? await limits.run(() => log.starts.pin(first.commit, "export")) : null;
  try {
    yield* handoff<Uint8Array>((push) =>
      limits.run(() => exportCommit(branches, first, (view, sink) => exportRows(view, chosen, sink), push)),
    );
  } finally {
    await pin?.release();
  }
}

/** Exports a commit; again by a view that is opened anew, if cleanup has removed what the first one is made of before there was a piece. */
export async function exportCommit(
  branches: Branches,
  { commit, view }: CommitView,
  write: (view: View, sink: ExportSink) => Promise<void>,
  push: ExportSink,
): Promise<void> {
  let current: View | null = view;
  let failure: unknown = null;
  await branches.fresh(async () => {
    const from = current ?? (await branches.viewAt(commit));
    current = null;
    let hasPiece = false;
    try {
      await write(from, (piece) => {
        hasPiece = true;
        return push(piece);
      });
    } catch (thrown) {
      if (!hasPiece) throw thrown;
      failure = thrown;
    }
  });
  if (failure !== null) throw failure;
}
