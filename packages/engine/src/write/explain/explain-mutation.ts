import type { Environment, Values } from "@omnigraph/base";
import type { MutationQuery } from "@omnigraph/language";
import { batchBytes, type ChangeSet } from "@omnigraph/storage";
import { distinctInputs, inputsOf, type PlanInput } from "../../query/explain/inputs.ts";
import type { RunTotals } from "../../query/explain/measured-run.ts";
import type { PlanStep, StepActual } from "../../query/explain/plan-step.ts";
import { Residency } from "../../view/residency.ts";
import type { Need, Residence, View } from "../../view/view.ts";
import { draftOf, type EvaluateOptions, runOne, runsOf } from "../mutation/evaluate.ts";
import { Work } from "../mutation/work.ts";
import { mutationTree } from "./mutation-tree.ts";
import { statementNeeds } from "./statement-needs.ts";

/** How a mutation is evaluated over a view. */
export interface ExplainedMutation {
  /** The statements in their order, then the checks. */
  readonly steps: readonly PlanStep[];
  /** What it may read, or what it has read. */
  readonly inputs: readonly PlanInput[];
}

/** How a mutation was evaluated, and what a commit would change. */
export interface AnalyzedMutation extends ExplainedMutation {
  readonly totals: RunTotals & { readonly rows: number };
  readonly changes: ChangeSet;
}

/** The plan of a mutation over a view. Nothing is read but the numbers of entities. */
export function explainMutation(query: MutationQuery, view: View): ExplainedMutation {
  const needs = query.statements.flatMap((statement) => statementNeeds(statement, view.catalog));
  return {
    steps: mutationTree(runsOf(query.statements), view),
    inputs: inputsRead(needs, view.residence(needs), view),
  };
}

/** Evaluates a mutation over a view as `evaluateMutation` does, and answers what each statement came to. It has no effect. Errors: as `evaluateMutation`. */
export async function analyzeMutation(
  query: MutationQuery,
  view: View,
  parameters: Values,
  environment: Environment,
  options: EvaluateOptions = {},
): Promise<AnalyzedMutation> {
  const { clock } = environment;
  const began = clock.monotonicMs();
  const residency = new NotedResidency(environment, options.signal);
  const work = new Work(view, parameters, environment, residency, options.externalBlobs ?? []);
  const timed = async (act: () => Promise<unknown>): Promise<StepActual> => {
    const start = clock.monotonicMs();
    const before = work.affectedNodes + work.affectedEdges;
    await act();
    const rows = work.affectedNodes + work.affectedEdges - before;
    return { rows, matches: rows, milliseconds: clock.monotonicMs() - start };
  };
  try {
    const runs = runsOf(query.statements);
    const measured: StepActual[] = [];
    for (const run of runs) measured.push(await timed(() => runOne(work, run)));
    let changes: ChangeSet = [];
    const check = await timed(async () => {
      changes = (await draftOf(work, view, options)).changes.rows;
    });
    const rows = work.affectedNodes + work.affectedEdges;
    return {
      steps: mutationTree(runs, view, { runs: measured, check: { ...check, rows, matches: rows } }),
      inputs: residency.inputs(view),
      totals: {
        rows,
        milliseconds: clock.monotonicMs() - began,
        loadMilliseconds: residency.milliseconds,
        memoryBytes: changes.reduce(
          (sum, { after, before }) => sum + batchBytes(after) + batchBytes(before),
          0,
        ),
        diskBytes: 0,
      },
      changes,
    };
  } finally {
    residency.release();
  }
}

/** Notes what is made resident, where it was before, and how long that took. */
class NotedResidency extends Residency {
  readonly #environment: Environment;
  readonly #needs: Need[] = [];
  readonly #before: Residence[] = [];
  milliseconds = 0;

  constructor(environment: Environment, signal?: AbortSignal) {
    super(signal);
    this.#environment = environment;
  }

  override async hold(view: View, needs: readonly Need[]): Promise<void> {
    const { clock } = this.#environment;
    this.#needs.push(...needs);
    this.#before.push(...view.residence(needs));
    const began = clock.monotonicMs();
    await super.hold(view, needs);
    this.milliseconds += clock.monotonicMs() - began;
  }

  /** What was held of a view, each structure once. */
  inputs(view: View): readonly PlanInput[] {
    return inputsRead(this.#needs, this.#before, view);
  }
}

/** Each structure once. Of a type without entities there is nothing to read. */
function inputsRead(needs: readonly Need[], before: readonly Residence[], view: View): readonly PlanInput[] {
  return distinctInputs(inputsOf(needs, before, view, false)).filter(({ type }) => view.count(type) > 0);
}
