import { type Environment, LIMITS, unreachable, type Values } from "@omnigraph/base";
import type { MutationQuery, Statement } from "@omnigraph/language";
import { Residency } from "../../view/residency.ts";
import type { View } from "../../view/view.ts";
import { Candidate } from "../constraints/candidate.ts";
import { validate } from "../constraints/validate.ts";
import type { ExternalBlobs } from "../blob.ts";
import type { WriteDraft } from "../draft.ts";
import { footprintOf } from "../footprint.ts";
import { NO_READS } from "../reads.ts";
import { rowDraft } from "../row-draft.ts";
import { refusal } from "../problem.ts";
import { remove } from "./delete.ts";
import { type Insert, insertRun } from "./insert.ts";
import { update } from "./update.ts";
import { Work } from "./work.ts";

/** Settings of the evaluation of a write. */
export interface EvaluateOptions {
  readonly signal?: AbortSignal | undefined;
  /** Above this many rows or bytes a draft is staged as tables. Default: the limits of the system. */
  readonly inlineRows?: number | undefined;
  readonly inlineBytes?: number | undefined;
  /** Addresses below which values of Blobs may lie. Default: none. */
  readonly externalBlobs?: ExternalBlobs | undefined;
}

/**
 * Runs the statements of a mutation in order on a view, each seeing the changes of those before it, and checks every constraint on the result.
 * It has no effect: the draft says what a commit would change. It waits only if parts of the view must be loaded.
 * Errors: `value_invalid`, `key_conflict`, `key_immutable`, `unique_violation`, `endpoint_missing`, `cardinality_violation`.
 */
export async function evaluateMutation(
  query: MutationQuery,
  view: View,
  parameters: Values,
  environment: Environment,
  options: EvaluateOptions = {},
): Promise<WriteDraft> {
  const { signal, externalBlobs = [] } = options;
  const work = new Work(view, parameters, environment, new Residency(signal), externalBlobs);
  try {
    for (const run of runsOf(query.statements)) await runOne(work, run);
    return await draftOf(work, view, options);
  } finally {
    work.residency.release();
  }
}

/** Does what a run of statements says. Errors: as `evaluateMutation`. */
export async function runOne(work: Work, run: Run): Promise<void> {
  switch (run.kind) {
    case "inserts":
      return insertRun(work, run.inserts);
    case "update":
      return update(work, run);
    case "delete":
      return remove(work, run);
    default:
      return unreachable(run);
  }
}

/** The draft of what was done. Errors: as `evaluateMutation`. */
export async function draftOf(work: Work, view: View, options: EvaluateOptions): Promise<WriteDraft> {
  const rows = work.net();
  const [first, ...others] = await validate(
    new Candidate(view, rows),
    LIMITS.loadProblems.value,
    work.residency,
  );
  if (first !== undefined) throw refusal([first, ...others]);
  const { predicates, matched, deleted, affectedNodes, affectedEdges } = work;
  return {
    ...rowDraft(view.catalog, rows, { ...options, contents: work.blobs.contents }),
    affectedNodes,
    affectedEdges,
    commits: affectedNodes + affectedEdges > 0,
    ...footprintOf(view.catalog, rows, { ...NO_READS, predicates, matched, deleted }),
    onConflict: predicates.length > 0 ? "conflict" : "evaluate_again",
  };
}

/** Statements that are done at once: one, or consecutive inserts. */
export type Run =
  | { readonly kind: "inserts"; readonly inserts: readonly Insert[] }
  | Exclude<Statement, Insert>;

/** Groups consecutive inserts into runs, because no view is needed between them. */
export function runsOf(statements: readonly Statement[]): readonly Run[] {
  const runs: Run[] = [];
  let inserts: Insert[] = [];
  for (const statement of statements) {
    if (statement.kind === "insert_node" || statement.kind === "insert_edge") {
      if (inserts.length === 0) runs.push({ kind: "inserts", inserts });
      inserts.push(statement);
      continue;
    }
    inserts = [];
    runs.push(statement);
  }
  return runs;
}
