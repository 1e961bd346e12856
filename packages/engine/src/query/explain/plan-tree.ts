import type { Expr, ReadQuery, RowCount, SearchExpr } from "@omnigraph/language";
import type { CountOf } from "../plan/estimate.ts";
import type { Outputs } from "../plan/outputs.ts";
import type { Ordered } from "../plan/planner.ts";
import { type BranchSpec, entityTypeOrNull, type Step, type VertexSpec } from "../plan/spec.ts";
import type { WantedRows } from "../plan/wanted-rows.ts";
import type { AnswerOperator } from "../sinks/answer-operator.ts";
import { answerRows, candidates, type Flow, ONE_ROW, stepFlow, waysOf } from "./estimates.ts";
import type { PlanStep, StepActual } from "./plan-step.ts";
import { Words } from "./words.ts";

/** What was measured of the steps of a run, if there was one. */
export interface Measures {
  ofStep(step: Step): StepActual | null;
  readonly ofAnswer: StepActual | null;
}

/** How the answer is made of the rows of the last step. */
interface PlannedAnswer {
  readonly operator: AnswerOperator;
  readonly outputs: Outputs;
  readonly wanted: WantedRows;
}

interface Sequence {
  readonly steps: readonly PlanStep[];
  /** What the last step is expected to give. */
  readonly flow: Flow;
}

const NOTHING_MEASURED: Measures = { ofStep: () => null, ofAnswer: null };

/** The steps of a plan in words, with their estimates and what was measured of them. */
export class PlanTree {
  readonly #query: ReadQuery;
  readonly #words: Words;
  readonly #countOf: CountOf;
  readonly #measures: Measures;

  constructor(query: ReadQuery, countOf: CountOf, measures: Measures = NOTHING_MEASURED) {
    this.#query = query;
    this.#words = new Words(query);
    this.#countOf = countOf;
    this.#measures = measures;
  }

  /** The steps in the order in which they run. */
  steps(steps: readonly Step[]): readonly PlanStep[] {
    return this.#sequence(steps, null).steps;
  }

  /** How the entities are found that fusions rank, before the steps; nothing where there are none. */
  ranking(
    searches: readonly SearchExpr[],
    { candidates }: Ordered,
    { limit }: WantedRows,
  ): readonly PlanStep[] {
    if (candidates === null) return [];
    const fusions = searches.filter((search) => search.function === "rrf");
    return [
      {
        operator: "rank",
        text: fusions.map((fusion) => this.#words.search(fusion)).join(", "),
        conditions: Number.isFinite(limit) ? [`the first ${limit} of each ranking`] : [],
        estimate: null,
        actual: null,
        steps: this.steps(candidates),
      },
    ];
  }

  /** The steps, and behind them how the answer is made. */
  whole(steps: readonly Step[], answer: PlannedAnswer): readonly PlanStep[] {
    const { steps: before, flow } = this.#sequence(steps, null);
    return [...before, this.#answer(answer, flow)];
  }

  /** Steps for the rows that they are fed with; null where they begin by themselves. */
  #sequence(steps: readonly Step[], fed: Flow | null): Sequence {
    let flow = fed ?? ONE_ROW;
    const done: PlanStep[] = [];
    for (const [at, step] of steps.entries()) {
      const part = this.#part(step, flow);
      const next = stepFlow(step, flow, part.flow, this.#countOf);
      done.push({
        ...this.#described(step, at === 0 && fed === null, flow),
        ...(part.steps.length === 0 ? {} : { steps: part.steps }),
        estimate: next,
        actual: this.#measures.ofStep(step),
      });
      flow = next;
    }
    return { steps: done, flow };
  }

  /** The pattern that a step has within it. */
  #part(step: Step, flow: Flow): Sequence {
    if (step.kind === "factor") return this.#sequence(step.steps, null);
    if (step.kind === "anti-join" || step.kind === "optional" || step.kind === "group-join")
      return this.#sequence(step.steps, flow);
    return { steps: [], flow };
  }

  #described(
    step: Step,
    isFirst: boolean,
    flow: Flow,
  ): Pick<PlanStep, "operator" | "text" | "conditions" | "steps"> {
    const words = this.#words;
    switch (step.kind) {
      case "guard":
      case "filter":
        return { operator: step.kind, text: words.filter(step.filter), conditions: [], steps: [] };
      case "bind": {
        const first = step.vertex.anchor === null ? "scan" : "look_up";
        const operator = isFirst ? first : "cross";
        return { operator, text: words.typed(step.vertex), ...this.#within([step.vertex], step, flow) };
      }
      case "test":
        return {
          operator: "test",
          text: words.typed(step.vertex),
          ...this.#within([step.vertex], step, flow),
        };
      case "expand":
      case "close": {
        const checked = [step.edge, step.kind === "expand" ? step.vertex : null].filter(
          (spec) => spec !== null,
        );
        return { operator: step.kind, text: words.link(step.link), ...this.#within(checked, step, flow) };
      }
      case "factor":
        return { operator: "times", text: "", conditions: [], steps: [] };
      case "anti-join":
        return { operator: "without", text: "", conditions: [], steps: [] };
      case "optional":
        return { operator: "optional", text: "", conditions: [], steps: [] };
      case "group-join": {
        const { subquery, vertex } = step;
        const conditions = words.conditions(vertex);
        return { operator: "subquery", text: words.subquery(subquery), conditions, steps: [] };
      }
    }
  }

  /** The conditions of vertices that a step checks, and what it counts from them. */
  #within(vertices: readonly VertexSpec[], step: Step, flow: Flow): Pick<PlanStep, "conditions" | "steps"> {
    const { rows } = candidates(step, flow, this.#countOf);
    return {
      conditions: vertices.flatMap((vertex) => this.#words.conditions(vertex)),
      steps: vertices.flatMap((vertex) => this.#counted(vertex, rows)),
    };
  }

  /** What is counted from some entities, and what must not match from them. */
  #counted({ branches, negations }: VertexSpec, entities: number): readonly PlanStep[] {
    return [
      ...branches.map((branch) => this.#branch(branch, entities)),
      ...negations.map((negation): PlanStep => ({
        operator: "never",
        text: "",
        conditions: this.#words.conditions(negation),
        estimate: null,
        actual: null,
        steps: this.#counted(negation, entities),
      })),
    ];
  }

  #branch(branch: BranchSpec, entities: number): PlanStep {
    const ways = waysOf(branch, this.#countOf);
    const checked = [branch.edge, branch.vertex].filter((spec) => spec !== null);
    return {
      operator: "count",
      text: this.#words.link(branch.link),
      conditions: checked.flatMap((vertex) => this.#words.conditions(vertex)),
      estimate: { rows: entities * Math.min(1, ways), matches: entities * ways },
      actual: null,
      steps: checked.flatMap((vertex) => this.#counted(vertex, entities * ways)),
    };
  }

  #answer({ operator, outputs, wanted }: PlannedAnswer, flow: Flow): PlanStep {
    const { columns, order, limit, offset } = this.#query;
    const words = this.#words;
    const keys = outputs.kind === "groups" ? outputs.keys.map((key) => words.expr(key)) : [];
    const criteria = order.map(
      ({ expr, descending }) => `${words.expr(expr)} ${descending ? "desc" : "asc"}`,
    );
    const rows = answerRows(outputs, wanted, flow, (expr) => this.#read(expr));
    return {
      operator,
      text: columns.map(({ expr }) => words.expr(expr)).join(", "),
      conditions: [
        ...(keys.length === 0 ? [] : [`by ${keys.join(", ")}`]),
        ...(criteria.length === 0 ? [] : [`order ${criteria.join(", ")}`]),
        ...(limit === null ? [] : [`limit ${countText(limit)}`]),
        ...(offset === null ? [] : [`offset ${countText(offset)}`]),
      ],
      estimate: { rows, matches: rows },
      actual: this.#measures.ofAnswer,
      steps: [],
    };
  }

  #read(expr: Expr): ReturnType<Parameters<typeof answerRows>[3]> {
    if (expr.kind !== "entity" && expr.kind !== "field") return null;
    const variable = this.#query.variables[expr.variable];
    const type = variable === undefined ? null : entityTypeOrNull(variable);
    return type === null ? null : { type, count: this.#countOf(type) };
  }
}

function countText(count: RowCount): string {
  return typeof count === "number" ? String(count) : `$${count.name}`;
}

/** Steps as indented lines without numbers, for tests. */
export function planLines(steps: readonly PlanStep[], indent = ""): string[] {
  return steps.flatMap(({ operator, text, conditions, steps: within }) => [
    `${indent}${operator.replace("_", " ")}${text === "" ? "" : ` ${text}`}`,
    ...conditions.map((condition) => `${indent}  ${condition}`),
    ...planLines(within, `${indent}  `),
  ]);
}
