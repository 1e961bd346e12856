import type { EdgeType, EntityType, UniqueConstraint } from "@omnigraph/language";
import { IdTable, textAt, type TypeChanges, valueAt, columnIn, idTexts } from "@omnigraph/storage";
import type { Need } from "../../view/view.ts";
import { satisfies } from "../compare.ts";
import { needOf } from "../../view/needs.ts";
import { type Candidate } from "./candidate.ts";
import { isProperty } from "../../view/uniques/unique-index.ts";

/** Up to this many changed edges are compared with the other edges of their source; above it, indexing all tuples is cheaper. */
const FEW = 1024;

/** An edge of the view with the same tuple as a row. */
export interface Holder {
  readonly row: number;
  readonly ordinal: number;
}

/** Whether a constraint on edges includes their source, so that only the edges of one node have to be compared. */
export function isBySource(type: EntityType, unique: UniqueConstraint, rows: number): type is EdgeType {
  return type.kind === "edge" && rows <= FEW && unique.members.includes("src");
}

/** What `holdersBySource` reads of the view. */
export function bySourceNeeds(
  type: EdgeType,
  unique: UniqueConstraint,
  { before }: TypeChanges,
): readonly Need[] {
  const columns = new Set(unique.members.filter(isProperty));
  return [
    needOf(type, { out: true, columns, ids: before.length > 0 }),
    needOf(type.from, { keys: true }),
    needOf(type.to, { keys: true }),
  ];
}

/** The edges with the same tuple as a row, found among the edges of its source; those that the write changes are ignored. */
export function holdersBySource(
  { view }: Candidate,
  type: EdgeType,
  unique: UniqueConstraint,
  { after, before }: TypeChanges,
): readonly Holder[] {
  const sources = idTexts(after, "src");
  const targets = idTexts(after, "dst");
  const byTarget = unique.members.includes("dst");
  const properties = unique.members.filter(isProperty);
  const edges = view.edges(type);
  const neighbours = edges.neighbours("out");
  const cells = properties.map((property) => edges.column(property));
  const changed = before.length === 0 ? null : IdTable.of(idTexts(before, "id"));
  const holders: Holder[] = [];
  for (let row = 0; row < after.length; row++) {
    const source = view.nodes(type.from).find(textAt(sources, row));
    const target = byTarget ? view.nodes(type.to).find(textAt(targets, row)) : -1;
    if (source < 0 || (byTarget && target < 0)) continue;
    const own = properties.map((property) => valueAt(columnIn(after, property), row));
    if (own.includes(null)) continue;
    const near = neighbours.of(source);
    for (let i = 0; i < near.edges.length; i++) {
      const ordinal = near.edges[i]!;
      if (byTarget && near.targets[i] !== target) continue;
      if (!own.every((value, k) => satisfies(cells[k]?.value(ordinal) ?? null, "=", value))) continue;
      if ((changed?.find(edges.idAt(ordinal)) ?? -1) < 0) holders.push({ row, ordinal });
    }
  }
  return holders;
}
