import type { EntityType } from "@omnigraph/language";
import {
  type CountOf,
  fanOut,
  conditionShare,
  NEGATION_SHARE,
  passingShare,
  startRows,
} from "../plan/estimate.ts";
import type { Outputs, RowExpr } from "../plan/outputs.ts";
import { type BranchSpec, type Link, soughtType, type Step, type VertexSpec } from "../plan/spec.ts";
import type { WantedRows } from "../plan/wanted-rows.ts";

/** What passes from one step to the next. A row stands for several matches of the pattern where parts of it are only counted. */
export interface Flow {
  readonly rows: number;
  readonly matches: number;
}

/** What the first step of a plan gets: one row without bindings. */
export const ONE_ROW: Flow = { rows: 1, matches: 1 };

/** Part of the entities of a type that differ in a property of which nothing is known. */
const DISTINCT_SHARE = 0.1;

/** What a step is expected to give for what it gets; `part` is what the steps in it are expected to give. Docs/guide/explain.md has the formulas. */
export function stepFlow(step: Step, flow: Flow, part: Flow, countOf: CountOf): Flow {
  switch (step.kind) {
    case "guard":
      return flow;
    case "bind":
      return counted(step.vertex, times(flow, startRows(step.vertex, countOf)), countOf);
    case "test":
      return counted(step.vertex, times(flow, passingShare(step.vertex, countOf)), countOf);
    case "expand":
      return counted(step.vertex, times(flow, reached(step.link, step.edge, step.vertex, countOf)), countOf);
    case "close":
      return times(flow, closing(step.link, step.edge, countOf));
    case "filter":
      return times(flow, conditionShare(step.filter));
    case "factor":
      return branched(flow, part.matches);
    case "anti-join":
      return times(flow, NEGATION_SHARE);
    case "group-join":
      return times(flow, passingShare(step.vertex, countOf));
    case "optional":
      return { rows: Math.max(flow.rows, part.rows), matches: Math.max(flow.matches, part.matches) };
  }
}

/** What passes to the branches of a vertex, before these are counted. */
export function candidates(step: Step, flow: Flow, countOf: CountOf): Flow {
  switch (step.kind) {
    case "bind":
    case "test":
    case "expand":
      return stepFlow({ ...step, vertex: { ...step.vertex, branches: [] } }, flow, ONE_ROW, countOf);
    case "guard":
    case "close":
    case "filter":
    case "factor":
    case "anti-join":
    case "optional":
    case "group-join":
      return flow;
  }
}

/** Expected number of matches of a branch for one entity. */
export function waysOf({ link, edge, vertex }: BranchSpec, countOf: CountOf): number {
  const nested = vertex.branches.map((branch) => waysOf(branch, countOf));
  return nested.reduce((product, ways) => product * ways, reached(link, edge, vertex, countOf));
}

/** What the answer is expected to have, for what the last step gives. */
export function answerRows(
  outputs: Outputs,
  { limit, offset }: WantedRows,
  { matches }: Flow,
  typeOf: TypeOf,
): number {
  const shown = (rows: number): number => Math.min(Math.max(0, rows - offset), limit);
  if (outputs.kind === "rows") return shown(matches);
  const groups = outputs.keys.reduce((product, key) => product * distinct(key, typeOf), 1);
  return shown(Math.min(groups, Math.max(matches, outputs.keys.length === 0 ? 1 : 0)));
}

/** The type of the entity that an expression reads, with the number of its entities. */
type TypeOf = (expr: RowExpr) => { readonly type: EntityType; readonly count: number } | null;

/** Expected number of values that an expression has. */
function distinct(expr: RowExpr, typeOf: TypeOf): number {
  const read = typeOf(expr);
  if (read === null) return 1;
  const { type, count } = read;
  if (expr.kind === "field" && expr.field.kind === "type") return 1;
  if (expr.kind !== "field" || expr.field.kind !== "property") return count;
  const { property } = expr.field;
  const missing = property.type.nullable ? 1 : 0;
  if (property.type.enumValues !== null) return Math.min(count, property.type.enumValues.length + missing);
  if (property.type.scalar === "Bool") return Math.min(count, 2 + missing);
  const isKey = type.kind === "node" && type.key?.length === 1 && type.key[0]?.id === property.id;
  return isKey ? count : Math.min(count, Math.max(1, count * DISTINCT_SHARE));
}

/** Expected number of nodes, or of edges where the edge is bound, that pass from one node. */
function reached(link: Link, edge: VertexSpec | null, vertex: VertexSpec, countOf: CountOf): number {
  const edgeShare = edge === null ? 1 : passingShare(edge, countOf);
  return fanOut(link, countOf) * edgeShare * passingShare(vertex, countOf);
}

/** Expected number of rows for a row both of whose ends are bound. */
function closing(link: Link, edge: VertexSpec | null, countOf: CountOf): number {
  const share = fanOut(link, countOf) / Math.max(countOf(soughtType(link)), 1);
  return edge === null ? Math.min(1, share) : share * passingShare(edge, countOf);
}

function times({ rows, matches }: Flow, factor: number): Flow {
  return { rows: rows * factor, matches: matches * factor };
}

/** Rows keep their number at most, and stand for more matches. */
function branched({ rows, matches }: Flow, ways: number): Flow {
  return { rows: rows * Math.min(1, ways), matches: matches * ways };
}

function counted({ branches }: VertexSpec, flow: Flow, countOf: CountOf): Flow {
  return branches.reduce((before, branch) => branched(before, waysOf(branch, countOf)), flow);
}
