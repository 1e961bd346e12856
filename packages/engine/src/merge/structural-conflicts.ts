import { present } from "@omnigraph/base";
import type { EdgeType, TupleMember } from "@omnigraph/language";
import { idColumn, type IdTable } from "@omnigraph/storage";
import type { RowRef } from "../change-set/picks.ts";
import type { Candidate } from "../write/constraints/candidate.ts";
import { cardinalityProblem } from "../write/constraints/cardinality.ts";
import { validate } from "../write/constraints/validate.ts";
import { entityName, type Problem } from "../write/problem.ts";
import type { Residency } from "../view/residency.ts";
import { type Conflict, type Entity, NO_IMAGES, type Side } from "./conflict.ts";
import { endOf, type MergeState, nameOf } from "./merge-state.ts";

/**
 * Conflicts in the result as a whole: edges without an end node, unique tuples held twice, nodes with too many or too few edges.
 * An edge that neither side changed since a base cannot lose an end: a side that deleted the node deleted the edge with it.
 */
export async function structuralConflicts(
  merge: MergeState,
  candidate: Candidate,
  residency: Residency,
): Promise<readonly Conflict[]> {
  const problems = await validate(candidate, Infinity, residency);
  const collector = new ConflictCollector(merge);
  for (const problem of problems) addProblem(collector, candidate, problem);
  for (const { edge, node } of orphansOfOurs(merge, candidate)) collector.addOrphan(edge, node);
  for (const { type, source } of nodesWithoutRequiredEdges(merge, candidate))
    collector.addCardinality(type, source, cardinalityProblem(type, source, 0), candidate);
  return collector.conflicts();
}

function addProblem(collector: ConflictCollector, candidate: Candidate, problem: Problem): void {
  const { reason, type, row, message } = problem;
  const id = present(problem.id, "id of a problem");
  if (reason === "unique_violation") {
    const holder = { type, id: present(problem.holder, "holder of a tuple") };
    collector.addHolders(
      { type, id },
      holder,
      present(problem.tuple, "members of a tuple"),
      message,
      candidate,
    );
  }
  if (type.kind !== "edge") return;
  if (reason === "endpoint_missing") {
    const { after } = present(candidate.of(type), `changes of ${type.name}`);
    const [node, end] = problem.property === "from" ? [type.from, "src" as const] : [type.to, "dst" as const];
    collector.addOrphan({ type, id }, { type: node, id: endOf({ batch: after, row }, end) });
  }
  // Edges of a missing node are reported as orphans instead.
  if (reason === "cardinality_violation" && candidate.exist(type.from, idColumn([id]))[0] === 1)
    collector.addCardinality(type, id, message, candidate);
}

/** Edges that the merge leaves as in ours, at nodes that it deletes. */
function* orphansOfOurs(
  merge: MergeState,
  candidate: Candidate,
): Iterable<{ readonly edge: Entity; readonly node: Entity }> {
  for (const one of merge.types) {
    const { type } = one;
    if (type.kind !== "edge") continue;
    const ends = (
      [
        [type.from, "src"],
        [type.to, "dst"],
      ] as const
    ).filter(([node]) => candidate.deletedIds(node) !== null);
    if (ends.length === 0) continue;
    for (const id of one.mayStayOurs()) {
      const { ours } = one.images(id);
      if (ours === null || isIn(candidate.writtenIds(type), id) || isIn(candidate.deletedIds(type), id))
        continue;
      for (const [node, end] of ends) {
        const at = endOf(ours, end);
        if (isIn(candidate.deletedIds(node), at)) yield { edge: { type, id }, node: { type: node, id: at } };
      }
    }
  }
}

/**
 * Nodes that only theirs has, and that lose all edges that @card requires. The constraints of writes do not report these, because a write may insert a
 * node without edges.
 */
function* nodesWithoutRequiredEdges(
  merge: MergeState,
  candidate: Candidate,
): Iterable<{ readonly type: EdgeType; readonly source: string }> {
  for (const one of merge.types) {
    const { type } = one;
    if (type.kind !== "edge" || type.cardinality.min === 0) continue;
    const seen = new Set<string>();
    for (const id of one.mayStayOurs()) {
      const { theirs } = one.images(id);
      if (theirs === null) continue;
      const source = endOf(theirs, "src");
      const node: Entity = { type: type.from, id: source };
      if (seen.has(source) || !isIn(candidate.writtenIds(type.from), source)) continue;
      seen.add(source);
      if (merge.images(node).ours !== null) continue;
      const startsHere = (edge: Entity): boolean => {
        const image = resultOf(candidate, edge, merge.images(edge).ours);
        return image !== null && endOf(image, "src") === source;
      };
      if (!merge.edgesAt(node).some((edge) => edge.type === type && startsHere(edge))) yield { type, source };
    }
  }
}

function isIn(ids: IdTable | null, id: string): boolean {
  return ids !== null && ids.find(id) >= 0;
}

/** Collects conflicts: one for each orphaned edge, for each entity with a tuple of others, and for each node and edge type. */
class ConflictCollector {
  readonly #merge: MergeState;
  readonly #orphans = new Map<string, { readonly edge: Entity; readonly nodes: Map<string, Entity> }>();
  /** By entity the group of all entities that hold the same tuple. */
  readonly #groups = new Map<string, Group>();
  readonly #cardinality: Conflict[] = [];

  constructor(merge: MergeState) {
    this.#merge = merge;
  }

  addOrphan(edge: Entity, node: Entity): void {
    const found = this.#orphans.get(nameOf(edge)) ?? { edge, nodes: new Map<string, Entity>() };
    found.nodes.set(nameOf(node), node);
    this.#orphans.set(nameOf(edge), found);
  }

  addHolders(
    entity: Entity,
    holder: Entity,
    tuple: readonly TupleMember[],
    message: string,
    candidate: Candidate,
  ): void {
    const groups = [entity, holder].map((one): Group => {
      const isChanged = isIn(candidate.writtenIds(one.type), one.id);
      return (
        this.#groups.get(nameOf(one)) ?? {
          members: new Map([[nameOf(one), { entity: one, isChanged }]]),
          tuple: [],
          message,
        }
      );
    });
    const joined: Group = {
      members: new Map(groups.flatMap(({ members }) => [...members])),
      tuple: [...new Set([...groups.flatMap((group) => group.tuple), ...tuple])],
      message,
    };
    for (const name of joined.members.keys()) this.#groups.set(name, joined);
  }

  /** A node with too many or too few edges, unless a side has exactly the same edges at it: the state of a side is valid. */
  addCardinality(type: EdgeType, source: string, message: string, candidate: Candidate): void {
    const node: Entity = { type: type.from, id: source };
    const edges = this.#merge
      .edgesAt(node)
      .filter((edge) => edge.type === type && this.#mayStartAt(edge, source));
    const startsHere = (image: RowRef | null): boolean => image !== null && endOf(image, "src") === source;
    const isAsOn = (side: Side): boolean =>
      this.#isOn(node, side) &&
      edges.every((edge) => {
        const images = this.#merge.images(edge);
        return startsHere(images[side]) === startsHere(resultOf(candidate, edge, images.ours));
      });
    if (isAsOn("ours") || isAsOn("theirs")) return;
    this.#cardinality.push({
      kind: "cardinality_violation",
      type,
      id: null,
      properties: [],
      others: [node, ...edges],
      message,
      images: NO_IMAGES,
      tuple: [],
    });
  }

  conflicts(): readonly Conflict[] {
    const orphans = [...this.#orphans.values()].map(({ edge, nodes }): Conflict => {
      const missing = [...nodes.values()];
      const names = missing.map((node) => {
        const deleter = this.#merge.images(node).ours === null ? "ours" : "theirs";
        return `${entityName(node.type, node.id)}, which ${deleter} deleted`;
      });
      const message = `${entityName(edge.type, edge.id)} would end at ${names.join(", and at ")}`;
      return this.#conflict("orphan_edge", edge, missing, message);
    });
    const doubles = [...this.#groups].flatMap(([name, { members, tuple, message }]): Conflict[] => {
      const member = members.get(name);
      if (member?.isChanged !== true) return [];
      const others = [...members].filter(([other]) => other !== name).map(([, { entity }]) => entity);
      return [{ ...this.#conflict("unique_violation", member.entity, others, message), tuple }];
    });
    return [...orphans, ...doubles, ...this.#cardinality];
  }

  #conflict(kind: Conflict["kind"], entity: Entity, others: readonly Entity[], message: string): Conflict {
    return {
      kind,
      ...entity,
      properties: [],
      others,
      message,
      images: this.#merge.images(entity),
      tuple: [],
    };
  }

  /** Whether a node of the result exists on a side; one that no side changed exists on both. */
  #isOn(node: Entity, side: Side): boolean {
    return !this.#merge.has(node) || this.#merge.images(node)[side] !== null;
  }

  #mayStartAt(edge: Entity, source: string): boolean {
    const { base, ours, theirs } = this.#merge.images(edge);
    return [base, ours, theirs].some((image) => image !== null && endOf(image, "src") === source);
  }
}

/** An entity as the merge leaves it. */
function resultOf(candidate: Candidate, { type, id }: Entity, ours: RowRef | null): RowRef | null {
  const row = candidate.writtenIds(type)?.find(id) ?? -1;
  if (row >= 0) return { batch: present(candidate.of(type), `changes of ${type.name}`).after, row };
  return isIn(candidate.deletedIds(type), id) ? null : ours;
}

/** Entities that hold the same tuple, directly or through others. */
interface Group {
  readonly members: ReadonlyMap<string, { readonly entity: Entity; readonly isChanged: boolean }>;
  readonly tuple: readonly TupleMember[];
  readonly message: string;
}
