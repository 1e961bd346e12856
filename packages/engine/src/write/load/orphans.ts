import type { NodeType, TypeId } from "@omnigraph/language";
import { textAt, idTexts } from "@omnigraph/storage";
import type { Need } from "../../view/view.ts";
import { type Candidate } from "../constraints/candidate.ts";
import { endIds, needOf } from "../../view/needs.ts";
import { entityName } from "../problem.ts";
import type { LoadProblems } from "./problems.ts";

/** Edge types that a load does not replace while it replaces a type of their ends: their edges may lose an end. */
function stayingTypes(candidate: Candidate, replaced: ReadonlySet<TypeId>) {
  return [...candidate.catalog.edges.values()].filter(
    (edge) =>
      !replaced.has(edge.id) &&
      candidate.view.count(edge) > 0 &&
      [edge.from, edge.to].some((node) => replaced.has(node.id) && candidate.deletedIds(node) !== null),
  );
}

/** What `checkOrphans` reads of the view. */
export function orphanNeeds(candidate: Candidate, replaced: ReadonlySet<TypeId>): readonly Need[] {
  return stayingTypes(candidate, replaced).flatMap((edge) => [
    needOf(edge, { out: true, in: true, ids: true }),
    ...endIds(edge),
    needOf(edge.from, { keys: true }),
    needOf(edge.to, { keys: true }),
  ]);
}

/** Refuses a replacement that deletes nodes but not all of their edges, and lists those edges. */
export function checkOrphans(
  candidate: Candidate,
  replaced: ReadonlySet<TypeId>,
  problems: LoadProblems,
): void {
  const { view } = candidate;
  for (const edge of stayingTypes(candidate, replaced)) {
    const rows = view.edges(edge);
    for (const [node, direction, end] of [
      [edge.from, "out", "from"] as const,
      [edge.to, "in", "to"] as const,
    ]) {
      const neighbours = rows.neighbours(direction);
      for (const [id, ordinal] of deletedNodes(candidate, node)) {
        for (const ordinalOfEdge of neighbours.of(ordinal).edges) {
          const edgeId = rows.idAt(ordinalOfEdge);
          const message = `${entityName(edge, edgeId)} stays, but ${end} names ${entityName(node, id)}, which the load takes away`;
          problems.add({
            line: null,
            reason: "endpoint_missing",
            message,
            type: edge,
            id: edgeId,
            property: end,
          });
          if (problems.full) return;
        }
      }
    }
  }
}

function* deletedNodes(candidate: Candidate, type: NodeType): Iterable<readonly [string, number]> {
  const changes = candidate.of(type);
  if (changes === null || changes.before.length === changes.updated) return;
  const ids = idTexts(changes.before, "id");
  const rows = candidate.view.nodes(type);
  for (let row = changes.updated; row < changes.before.length; row++) {
    const id = textAt(ids, row);
    yield [id, rows.find(id)];
  }
}
