import { given } from "@omnigraph/base";
import { chosenTypes, exportRows } from "@omnigraph/engine";
import type { ExportOptions } from "../api/graph.ts";
import type { Branches } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import type { CallLimits } from "../calls/call-limits.ts";
import { handoff } from "../calls/handoff.ts";

/** As `Omnigraph.export`. */
export async function* exportPieces(
  branches: Branches,
  options: ExportOptions,
  limits: CallLimits,
  permitTypes: PermitTypes,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signal } = limits;
  const { view } = await limits.run(() => branches.commitView(options, signal));
  if (permitTypes !== undefined) {
    const reads = chosenTypes(view.catalog, options.types);
    await limits.run(() => permitTypes({ reads, changes: [] }));
  }
  const chosen = given({ types: options.types, signal });
  const write = (push: (piece: Uint8Array) => Promise<void>): Promise<void> => exportRows(view, chosen, push);
  yield* handoff<Uint8Array>((push) => limits.run(() => write(push)));
}
