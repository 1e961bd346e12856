import { present } from "@omnigraph/base";
import type { Catalog, EntityType, TypeId } from "@omnigraph/language";
import { type ChangeSet, type ColumnKey, idTextIn } from "@omnigraph/storage";
import { entityName } from "../write/problem.ts";
import type { RowRef } from "../change-set/picks.ts";
import { type Conflict, type Entity, type Images, NO_IMAGES, type Side } from "./conflict.ts";
import { type Decision, type Divergence, TypeMerge } from "./type-merge.ts";

/** The changes of both sides since the base, and by type the ids of entities that differ between several bases. */
export interface Sides {
  readonly ours: ChangeSet;
  readonly theirs: ChangeSet;
  readonly ambiguous: ReadonlyMap<TypeId, ReadonlySet<string>>;
  /** There are several bases (a criss-cross merge); the changes are those since one of them. */
  readonly isCrissCross: boolean;
}

/** The state of a merge: every type that a side changed, and the decisions so far. */
export class MergeState {
  readonly catalog: Catalog;
  readonly isCrissCross: boolean;
  /** By type the ids of entities that differ between several bases. */
  readonly ambiguous: Sides["ambiguous"];
  readonly #types = new Map<TypeId, TypeMerge>();
  #edgesByNode: ReadonlyMap<string, readonly Entity[]> | null = null;

  constructor(catalog: Catalog, { ours, theirs, ambiguous, isCrissCross }: Sides) {
    this.catalog = catalog;
    this.isCrissCross = isCrissCross;
    this.ambiguous = ambiguous;
    const ofOurs = new Map(ours.map((change) => [change.type, change]));
    const ofTheirs = new Map(theirs.map((change) => [change.type, change]));
    for (const id of new Set([...ours, ...theirs].map(({ type }) => type))) {
      const type = present(catalog.typeById.get(id), `type ${id}`);
      const merge = new TypeMerge(
        type,
        ofOurs.get(id) ?? null,
        ofTheirs.get(id) ?? null,
        ambiguous.get(id) ?? NO_IDS,
      );
      this.#types.set(id, merge);
    }
  }

  /** Types that a side changed. */
  get types(): Iterable<TypeMerge> {
    return this.#types.values();
  }

  of(type: EntityType): TypeMerge | null {
    return this.#types.get(type.id) ?? null;
  }

  images({ type, id }: Entity): Images {
    return this.of(type)?.images(id) ?? NO_IMAGES;
  }

  /** Whether a side changed the entity. */
  has({ type, id }: Entity): boolean {
    return this.of(type)?.has(id) ?? false;
  }

  isDecided({ type, id }: Entity): boolean {
    return this.of(type)?.isDecided(id) ?? false;
  }

  decide({ type, id }: Entity, decision: Decision): void {
    present(this.of(type), `changes of ${type.name}`).decide(id, decision);
  }

  undecide({ type, id }: Entity): void {
    this.of(type)?.undecide(id);
  }

  /** Whether the entity is in the result, by the decisions so far. One that no side changed exists, since an edge names it. */
  isPresent(entity: Entity): boolean {
    return !this.has(entity) || (this.of(entity.type)?.isPresent(entity.id) ?? true);
  }

  /** As `TypeMerge.resultImage`; null for an entity that no side changed. */
  resultImage({ type, id }: Entity): RowRef | null {
    return this.of(type)?.resultImage(id) ?? null;
  }

  /** As `TypeMerge.fix`. */
  fix({ type, id }: Entity, keys: readonly ColumnKey[], side: Side): boolean {
    return this.of(type)?.fix(id, keys, side) ?? false;
  }

  /** As `TypeMerge.decideDivergence`. */
  decideDivergence({ type, id }: Entity, side: Side): boolean {
    return this.of(type)?.decideDivergence(id, side) ?? false;
  }

  /** The changes of the merge against ours; entities in conflict stay as in ours. */
  changes(): ChangeSet {
    return [...this.#types.values()].flatMap((type) => type.changes() ?? []);
  }

  /** Conflicts of entities that both sides changed incompatibly, without a decision. */
  divergent(): readonly Conflict[] {
    return [...this.#types.values()].flatMap(({ type, divergences }) =>
      [...divergences].map(([id, divergence]) => this.#conflictOf({ type, id }, divergence)),
    );
  }

  /** The edges that a side changed and that touch a node at the base or on a side. */
  edgesAt(node: Entity): readonly Entity[] {
    this.#edgesByNode ??= this.#indexEdges();
    return this.#edgesByNode.get(nameOf(node)) ?? [];
  }

  #indexEdges(): ReadonlyMap<string, readonly Entity[]> {
    const byNode = new Map<string, Entity[]>();
    for (const merge of this.#types.values()) {
      if (merge.type.kind !== "edge") continue;
      const { from, to } = merge.type;
      for (const id of merge.ids()) {
        const { base, ours, theirs } = merge.images(id);
        const images = [base, ours, theirs].filter((image) => image !== null);
        const ends = images.flatMap((image) => [
          nameOf({ type: from, id: endOf(image, "src") }),
          nameOf({ type: to, id: endOf(image, "dst") }),
        ]);
        for (const end of new Set(ends)) {
          const there = byNode.get(end);
          if (there === undefined) byNode.set(end, [{ type: merge.type, id }]);
          else there.push({ type: merge.type, id });
        }
      }
    }
    return byNode;
  }

  #conflictOf(entity: Entity, { kind, properties }: Divergence): Conflict {
    const images = this.images(entity);
    const name = entityName(entity.type, entity.id);
    const listed = properties.join(", ");
    const deleter: Side = images.ours === null ? "ours" : "theirs";
    const message = {
      divergent_insert: `${name} was added on both sides, with different ${listed}`,
      divergent_update: `${name}: both sides changed ${listed}, each in another way`,
      delete_vs_update: `${name} was deleted on one side (${deleter}) and changed on the other`,
    }[kind];
    return { kind, ...entity, properties, others: [], message, images, tuple: [] };
  }
}

const NO_IDS: ReadonlySet<string> = new Set();

/** The id of the node at one end of an edge. */
export function endOf({ batch, row }: RowRef, end: "src" | "dst"): string {
  return idTextIn(batch, end, row);
}

/** An entity as a key of maps. */
export function nameOf({ type, id }: Entity): string {
  return `${type.id} ${id}`;
}
