import type { Value } from "@omnigraph/base";
import type { EdgeType, EntityType, NodeType, Statement } from "@omnigraph/language";
import { EMPTY_BATCH, type RowBatch, type TypeChanges } from "@omnigraph/storage";
import type { Need } from "../../view/view.ts";
import { needOf, wholeRows } from "../../view/needs.ts";
import { rowsOf } from "../../view/rows-of.ts";
import { predicateOf } from "./condition.ts";
import { matching, predicateNeeds } from "./matching.ts";
import type { Work } from "./work.ts";

export type Delete = Extract<Statement, { kind: "delete" }>;

/** Deletes the entities that match, and with a node all of its edges. */
export async function remove(work: Work, { type, where }: Delete): Promise<void> {
  const predicate = predicateOf(type, where, (expr) => work.valueOf(expr));
  work.predicates.push(predicate);
  if (type.kind === "edge") work.count(type, work.edges.removeMatching(predicate));
  if (work.view.count(type) === 0) return;
  await work.need(predicateNeeds(predicate));
  const ordinals = matching(work.view, predicate);
  if (ordinals.length > 0) await removeAt(work, type, ordinals);
}

/** Deletes entities of a type, given by ordinal, and with a node all of its edges. */
export async function removeAt(work: Work, type: EntityType, ordinals: Uint32Array): Promise<void> {
  const own = await deletion(work, type, ordinals);
  const changes = [own];
  if (type.kind === "node") {
    work.deleted.push({ type: type.id, rows: own.before });
    changes.push(...(await cascade(work, type, ordinals)));
  }
  for (const change of changes) work.matched.push({ type: change.type, rows: change.before });
  work.step(changes);
}

async function deletion(work: Work, type: EntityType, ordinals: Uint32Array): Promise<TypeChanges> {
  await work.need(wholeRows(type));
  const before: RowBatch = rowsOf(work.view, type).gather(ordinals);
  work.count(type, before.length);
  return { type: type.id, after: EMPTY_BATCH, before, updated: 0 };
}

/** Deletions of the edges at these nodes, by type. */
async function cascade(work: Work, type: NodeType, nodes: Uint32Array): Promise<readonly TypeChanges[]> {
  if (!work.edges.isEmpty) {
    const rows = work.view.nodes(type);
    const ids = new Set<Value>(Array.from(nodes, (node) => rows.idAt(node)));
    work.affectedEdges += work.edges.removeAt(type, ids);
  }
  const changes: TypeChanges[] = [];
  for (const edge of work.view.catalog.edges.values()) {
    if ((edge.from.id !== type.id && edge.to.id !== type.id) || work.view.count(edge) === 0) continue;
    await work.need(incidentNeeds(edge, type));
    const ordinals = incident(work, edge, type, nodes);
    if (ordinals.length > 0) changes.push(await deletion(work, edge, ordinals));
  }
  return changes;
}

function incidentNeeds(edge: EdgeType, type: NodeType): readonly Need[] {
  return [needOf(edge, { out: edge.from.id === type.id, in: edge.to.id === type.id })];
}

/** Ordinals of the edges of one type at these nodes, ascending, each once. */
function incident(work: Work, edge: EdgeType, type: NodeType, nodes: Uint32Array): Uint32Array {
  const rows = work.view.edges(edge);
  const found = new Set<number>();
  for (const node of nodes) {
    if (edge.from.id === type.id)
      for (const ordinal of rows.neighbours("out").of(node).edges) found.add(ordinal);
    if (edge.to.id === type.id)
      for (const ordinal of rows.neighbours("in").of(node).edges) found.add(ordinal);
  }
  return Uint32Array.from(found).sort();
}
