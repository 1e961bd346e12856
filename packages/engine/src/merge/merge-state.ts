import { present } from "@omnigraph/base";
import type { Catalog, EntityType, TypeId } from "@omnigraph/language";
import { type ChangeSet, type ColumnKey, idTextIn } from "@omnigraph/storage";
import { entityName } from "../write/problem.ts";
import type { Pick } from "../change-set/picks.ts";
import { type Conflict, type Entity, type Images, NO_IMAGES, type Side } from "./conflict.ts";
import { type Decision, type Divergence, TypeMerge } from "./type-merge.ts";

/** Both sides' changes since the base, and by type the ids that are not equal at all of several bases. */
export interface Sides {
  readonly ours: ChangeSet;
  readonly theirs: ChangeSet;
  readonly ambiguous: ReadonlyMap<TypeId, ReadonlySet<string>>;
  /** There are several bases; the changes are since one of them. */
  readonly isCrossed: boolean;
}

/** A merge under way: every type that a side changed, and what was decided so far. */
export class MergeState {
  readonly catalog: Catalog;
  readonly isCrossed: boolean;
  readonly #types = new Map<TypeId, TypeMerge>();
  #edgesByNode: ReadonlyMap<string, readonly Entity[]> | null = null;

  constructor(catalog: Catalog, { ours, theirs, ambiguous, isCrossed }: Sides) {
    this.catalog = catalog;
    this.isCrossed = isCrossed;
    const [mine, yours] = [ours, theirs].map((side) => new Map(side.map((change) => [change.type, change])));
    for (const id of new Set([...ours, ...theirs].map(({ type }) => type))) {
      const type = present(catalog.typeById.get(id), `type ${id}`);
      const [a, b] = [mine?.get(id) ?? null, yours?.get(id) ?? null];
      this.#types.set(id, new TypeMerge(type, a, b, ambiguous.get(id) ?? NO_IDS));
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

  /** Whether the entity is in the result as it is decided so far. What no side changed is there: the edge that names it says so. */
  isPresent(entity: Entity): boolean {
    return !this.has(entity) || (this.of(entity.type)?.isPresent(entity.id) ?? true);
  }

  /** As `TypeMerge.standingImage`; null for what no side changed. */
  standingImage({ type, id }: Entity): Pick | null {
    return this.of(type)?.standingImage(id) ?? null;
  }

  /** As `TypeMerge.fix`. */
  fix({ type, id }: Entity, keys: readonly ColumnKey[], side: Side): boolean {
    return this.of(type)?.fix(id, keys, side) ?? false;
  }

  /** As `TypeMerge.decideDivergence`. */
  decideDivergence({ type, id }: Entity, side: Side): boolean {
    return this.of(type)?.decideDivergence(id, side) ?? false;
  }

  /** What the merge changes against ours, entities in conflict left as ours has them. */
  changes(): ChangeSet {
    return [...this.#types.values()].flatMap((type) => type.changes() ?? []);
  }

  /** Entities that both sides changed in ways that do not go together, and that nobody decided. */
  divergent(): readonly Conflict[] {
    return [...this.#types.values()].flatMap(({ type, divergences }) =>
      [...divergences].map(([id, divergence]) => this.#conflictOf({ type, id }, divergence)),
    );
  }

  /** The edges that a side changed and that are at a node at the base or on a side. */
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

/** The id of the node that an edge's image ends at. */
export function endOf({ batch, row }: Pick, end: "src" | "dst"): string {
  return idTextIn(batch, end, row);
}

/** An entity as a key of maps. */
export function nameOf({ type, id }: Entity): string {
  return `${type.id} ${id}`;
}
