import { counted } from "@omnigraph/base";
import type { Catalog, EdgeType, EntityType, NodeType, Statement, Where } from "@omnigraph/language";
import type { PlanStep, StepActual } from "../../query/explain/plan-step.ts";
import { conditionShare } from "../../query/plan/estimate.ts";
import type { View } from "../../view/view.ts";
import type { Run } from "../mutation/evaluate.ts";
import { pathOf, restOf } from "../mutation/matching.ts";
import { edgesAt } from "./statement-needs.ts";
import { assignedText, conditionText } from "./words.ts";

/** What was measured of each run of statements and of the checks behind them. */
export interface MutationMeasures {
  readonly runs: readonly StepActual[];
  readonly check: StepActual;
}

/** The statements of a mutation in words, with the entities that each is expected to touch, and the checks behind them. */
export function mutationTree(
  runs: readonly Run[],
  view: View,
  measures?: MutationMeasures,
): readonly PlanStep[] {
  const tree = new MutationTree(view);
  const steps = runs.map((run, at) => ({ ...tree.run(run), actual: measures?.runs[at] ?? null }));
  return [...steps, { ...checks(runs, view.catalog), actual: measures?.check ?? null }];
}

class MutationTree {
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  run(run: Run): PlanStep {
    if (run.kind !== "inserts") return run.kind === "update" ? this.#update(run) : this.#delete(run);
    const inserts = run.inserts.map((insert) => this.#insert(insert));
    const [only, ...others] = inserts;
    if (only !== undefined && others.length === 0) return only;
    return step("insert", counted(inserts.length, "row"), [], inserts.length, inserts);
  }

  #insert(insert: Extract<Statement, { kind: "insert_node" | "insert_edge" }>): PlanStep {
    const { type } = insert;
    const isLookedUp = type.key !== null || insert.id !== null;
    const same = isLookedUp
      ? [step("look_up", `${type.name} with the same ${type.key === null ? "id" : "key"}`, [], null)]
      : [];
    return step(insert.upsert ? "upsert" : "insert", type.name, assignedText(insert), 1, same);
  }

  #update(update: Extract<Statement, { kind: "update" }>): PlanStep {
    const { type, where } = update;
    const found = this.#matched(type, where);
    return step("update", type.name, assignedText(update), found, [this.#finding(type, where, found)]);
  }

  #delete({ type, where }: Extract<Statement, { kind: "delete" }>): PlanStep {
    const found = this.#matched(type, where);
    const edges =
      type.kind === "edge"
        ? []
        : edgesAt(this.#view.catalog, type).map((edge) => this.#incident(edge, type, found));
    const gone = edges.reduce((sum, { estimate }) => sum + (estimate?.rows ?? 0), found);
    return step("delete", type.name, [], gone, [this.#finding(type, where, found), ...edges]);
  }

  /** How the entities that match are found. */
  #finding(type: EntityType, where: Where, found: number): PlanStep {
    const { kind, settled } = pathOf(type, where);
    const operator = kind === "all" ? "scan" : kind === "end" ? "expand" : "look_up";
    const way = settled[0]?.field.kind === "src" ? "out" : "in";
    return step(
      operator,
      kind === "end" ? `${type.name} ${way}` : type.name,
      where.map(conditionText),
      found,
    );
  }

  /** The edges of a type that go with nodes. */
  #incident(edge: EdgeType, type: NodeType, nodes: number): PlanStep {
    const ends = Number(edge.from === type) + Number(edge.to === type);
    const way = ends === 2 ? "both" : edge.from === type ? "out" : "in";
    const degree = (ends * this.#view.count(edge)) / Math.max(this.#view.count(type), 1);
    return step("expand", `${edge.name} ${way}`, [], Math.min(nodes * degree, this.#view.count(edge)));
  }

  /** The number of entities that are expected to match. */
  #matched(type: EntityType, where: Where): number {
    const path = pathOf(type, where);
    const share = restOf(path, where).reduce((product, condition) => product * conditionShare(condition), 1);
    return this.#started(type, path) * share;
  }

  #started(type: EntityType, { kind, settled }: ReturnType<typeof pathOf<Where[number]>>): number {
    const count = this.#view.count(type);
    if (kind === "all") return count;
    if (kind !== "end" || type.kind === "node") return Math.min(1, count);
    return settled.reduce(
      (edges, { field }) => edges / Math.max(this.#view.count(field.kind === "src" ? type.from : type.to), 1),
      count,
    );
  }
}

/** The constraints that are checked on the whole once all statements are done. */
function checks(runs: readonly Run[], catalog: Catalog): PlanStep {
  const statements = runs.flatMap((run): readonly Statement[] =>
    run.kind === "inserts" ? run.inserts : [run],
  );
  const written = new Set(statements.flatMap(({ kind, type }) => (kind === "delete" ? [] : [type])));
  const changed = new Set([
    ...written,
    ...statements.flatMap(({ type }) => (type.kind === "node" ? edgesAt(catalog, type) : [type])),
  ]);
  const conditions = [
    ...[...written].flatMap((type) => (type.kind === "edge" ? [`ends of ${type.name}`] : [])),
    ...[...written].flatMap((type) =>
      type.uniques.map(({ members }) => `@unique(${namesOf(type, members)}) of ${type.name}`),
    ),
    ...[...changed].flatMap((type) =>
      type.kind === "edge" && isBounded(type) ? [`@card of ${type.name}`] : [],
    ),
  ];
  return step("check", "", conditions, null);
}

function namesOf(type: EntityType, members: readonly string[]): string {
  const names = members.map(
    (member) => type.properties.find(({ id }) => id === member)?.name ?? `@${member}`,
  );
  return names.join(", ");
}

function isBounded({ cardinality: { min, max } }: EdgeType): boolean {
  return min > 0 || max !== null;
}

function step(
  operator: PlanStep["operator"],
  text: string,
  conditions: readonly string[],
  rows: number | null,
  steps: readonly PlanStep[] = [],
): PlanStep {
  return {
    operator,
    text,
    conditions,
    estimate: rows === null ? null : { rows, matches: rows },
    actual: null,
    steps,
  };
}
