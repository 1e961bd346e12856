import type { EdgeType } from "@omnigraph/language";
import { concatColumns, IdTable, textAt, type TypeChanges, asIdTexts, columnIn } from "@omnigraph/storage";
import type { Need } from "../../view/view.ts";
import { needOf } from "../../view/needs.ts";
import { entityName, type Report } from "../problem.ts";
import { type Candidate } from "./candidate.ts";

function isBounded(type: EdgeType): boolean {
  return type.cardinality.min > 0 || type.cardinality.max !== null;
}

/** Key tables and outgoing edges of the bounded edge types that change. */
export function cardinalityNeeds(candidate: Candidate): readonly Need[] {
  return candidate.changes.flatMap((changes) => {
    const type = candidate.typeOf(changes);
    if (type.kind !== "edge" || !isBounded(type) || candidate.view.count(type) === 0) return [];
    return [needOf(type, { out: true }), needOf(type.from, { keys: true })];
  });
}

/** Checks @card for every source whose edges change: at most max, and at least min unless the source itself is deleted. */
export function checkCardinality(candidate: Candidate, report: Report): boolean {
  for (const changes of candidate.changes) {
    const type = candidate.typeOf(changes);
    if (type.kind === "edge" && isBounded(type) && !checkType(candidate, type, changes, report)) return false;
  }
  return true;
}

/** Reports that a source would have this many edges of a type. */
export function cardinalityProblem(type: EdgeType, source: string, count: number): string {
  const { min, max } = type.cardinality;
  const bounds = `@card(${min}..${max ?? ""})`;
  return `${type.name}: ${entityName(type.from, source)} would have ${count} of them; ${bounds} does not allow that`;
}

function checkType(
  candidate: Candidate,
  type: EdgeType,
  { after, before }: TypeChanges,
  report: Report,
): boolean {
  const parts = [after, before].filter((rows) => rows.length > 0).map((rows) => columnIn(rows, "src"));
  if (parts.length === 0) return true;
  const sources = asIdTexts(concatColumns(parts));
  const firstRows = IdTable.of(sources).findAll(sources);
  const difference = new Int32Array(sources.length);
  for (let row = 0; row < sources.length; row++) difference[firstRows[row]!]! += row < after.length ? 1 : -1;
  const { view } = candidate;
  const edges = view.count(type) === 0 ? null : view.edges(type).neighbours("out");
  const nodes = edges === null ? null : view.nodes(type.from);
  const gone = candidate.deletedIds(type.from);
  const { min, max } = type.cardinality;
  for (let row = 0; row < sources.length; row++) {
    if (firstRows[row] !== row) continue;
    const source = textAt(sources, row);
    if (gone !== null && gone.find(source) >= 0) continue;
    const node = nodes?.find(source) ?? -1;
    const count = (edges === null || node < 0 ? 0 : edges.degree(node)) + difference[row]!;
    if (count >= min && (max === null || count <= max)) continue;
    const message = cardinalityProblem(type, source, count);
    const at = row < after.length ? row : -1;
    if (!report({ reason: "cardinality_violation", message, type, id: source, property: "from", row: at }))
      return false;
  }
  return true;
}
