import { present } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import { type ColumnKey, EMPTY_BATCH, type TypeChanges } from "@omnigraph/storage";
import { type RowRef, pickRows, sameRow } from "../change-set/picks.ts";
import { assemble, effective, type EntityImages } from "../change-set/change-set.ts";
import type { ConflictKind, Images, Side } from "./conflict.ts";
import {
  allOfTheirs,
  type CellSources,
  keysNamed,
  type MergedEntity,
  mergedRows,
  mergeProperties,
} from "./properties.ts";
import { SideChanges } from "./side-changes.ts";

/** The decision on an entity whose result is not simply the state of theirs: a whole side, or cells of both. */
export type Decision =
  | { readonly kind: "side"; readonly side: Side }
  | { readonly kind: "cells"; readonly sources: CellSources };

/** An entity that both sides changed incompatibly. */
export interface Divergence {
  readonly kind: Extract<ConflictKind, "divergent_insert" | "divergent_update" | "delete_vs_update">;
  readonly properties: readonly string[];
  /** The sources of the other cells, which can be merged. */
  readonly sources: CellSources;
}

const NO_SOURCES: CellSources = new Map();
const TAKE_OURS: Decision = { kind: "side", side: "ours" };

/** The merge of one type: the changes of both sides since the base, and the decisions on entities that both changed. */
export class TypeMerge {
  readonly type: EntityType;
  readonly ours: SideChanges | null;
  readonly theirs: SideChanges | null;
  readonly divergences = new Map<string, Divergence>();
  readonly #decisions = new Map<string, Decision>();
  /** Ids of entities with a decision of the caller, not of the merge itself. */
  readonly #chosen = new Set<string>();
  /** By id the cells whose side a strategy has decided. */
  readonly #fixed = new Map<string, Set<ColumnKey>>();

  /** `ambiguous` are ids of entities that differ between several merge bases. */
  constructor(
    type: EntityType,
    ours: TypeChanges | null,
    theirs: TypeChanges | null,
    ambiguous: ReadonlySet<string>,
  ) {
    this.type = type;
    this.ours = ours === null ? null : new SideChanges(ours);
    this.theirs = theirs === null ? null : new SideChanges(theirs);
    this.#compareBoth();
    for (const id of ambiguous) this.#compareAmbiguous(id);
  }

  /** Whether a side changed the entity. */
  has(id: string): boolean {
    return (this.ours?.find(id) ?? -1) >= 0 || (this.theirs?.find(id) ?? -1) >= 0;
  }

  /** Ids of every entity that a side changed. */
  *ids(): Iterable<string> {
    if (this.theirs !== null) yield* this.theirs.ids();
    if (this.ours === null) return;
    for (const id of this.ours.ids()) if (!this.#isTheirs(id)) yield id;
  }

  /** Ids of entities that may be in the result as in ours, though they would not be in it if theirs was taken. */
  *mayStayOurs(): Iterable<string> {
    const { ours } = this;
    if (ours !== null) yield* ours.ids();
    for (const ids of [this.divergences.keys(), this.#decisions.keys()])
      for (const id of ids) if ((ours?.find(id) ?? -1) < 0) yield id;
  }

  images(id: string): Images {
    const ours = this.ours?.imagesOf(id) ?? null;
    const theirs = this.theirs?.imagesOf(id) ?? null;
    const base = (ours ?? theirs)?.base ?? null;
    return { base, ours: ours === null ? base : ours.image, theirs: theirs === null ? base : theirs.image };
  }

  /** Entities that one side deleted and that the result keeps by a decision, with the side that has them. */
  *survivors(): Iterable<{ readonly id: string; readonly side: Side }> {
    for (const id of this.#decisions.keys()) {
      const { base, ours, theirs } = this.images(id);
      if (base === null || (ours === null) === (theirs === null) || !this.isPresent(id)) continue;
      yield { id, side: ours === null ? "theirs" : "ours" };
    }
  }

  /** Whether there is a decision of the caller on the entity. */
  isDecided(id: string): boolean {
    return this.#chosen.has(id);
  }

  decide(id: string, decision: Decision): void {
    this.divergences.delete(id);
    this.#chosen.add(id);
    this.#decisions.set(id, decision);
  }

  /** Removes the decision on an entity that only one side changed. */
  undecide(id: string): void {
    this.#chosen.delete(id);
    this.#decisions.delete(id);
  }

  /** Decides a divergence by a side, and nothing else of the entity. Answers whether anything was decided. */
  decideDivergence(id: string, side: Side): boolean {
    const divergence = this.divergences.get(id);
    if (divergence === undefined) return false;
    this.divergences.delete(id);
    if (divergence.kind === "delete_vs_update") this.decide(id, { kind: "side", side });
    else {
      this.#decisions.set(id, { kind: "cells", sources: divergence.sources });
      this.fix(
        id,
        divergence.properties.flatMap((name) => keysNamed(this.type, name)),
        side,
      );
    }
    return true;
  }

  /**
   * Gives cells of an entity the values of a side; the whole entity, where one side lacks it. Its other cells stay merged. Cells that were fixed before,
   * and entities with a decision, do not change. Nothing is fixed while the entity diverges. Answers whether anything was fixed.
   */
  fix(id: string, keys: readonly ColumnKey[], side: Side): boolean {
    if (!this.has(id) || this.#chosen.has(id) || this.divergences.has(id)) return false;
    const { ours, theirs } = this.images(id);
    if (ours === null || theirs === null) {
      this.decide(id, { kind: "side", side });
      return true;
    }
    const fixed = this.#fixed.get(id) ?? new Set<ColumnKey>();
    const open = keys.filter((key) => !fixed.has(key));
    if (open.length === 0) return false;
    const sources = new Map(this.#sourcesOf(id, ours, theirs));
    for (const key of open) {
      fixed.add(key);
      if (side === "ours") sources.delete(key);
      else sources.set(key, "theirs");
    }
    this.#fixed.set(id, fixed);
    this.#decisions.set(id, { kind: "cells", sources });
    return true;
  }

  /** Whether the entity is in the result, by the decisions so far. */
  isPresent(id: string): boolean {
    return this.resultImage(id) !== null;
  }

  /** The image of the side from which the entity has its ends in the result, by the decisions so far; null where it is not in the result. */
  resultImage(id: string): RowRef | null {
    const { ours, theirs } = this.images(id);
    const decision = this.#decisions.get(id);
    if (decision?.kind === "cells") return decision.sources.get("src") === "theirs" ? theirs : ours;
    const takesOurs = decision?.side === "ours" || this.divergences.has(id) || !this.#isTheirs(id);
    return decision?.side !== "theirs" && takesOurs ? ours : theirs;
  }

  /** The changes of the merge against ours; entities in conflict stay as in ours. Null where nothing changes. */
  changes(): TypeChanges | null {
    if (this.#decisions.size === 0 && this.divergences.size === 0) return this.theirs?.changes ?? null;
    const results = new ResultCollector(this.type);
    const { theirs } = this;
    for (let entry = 0; theirs !== null && entry < theirs.length; entry++) {
      const id = theirs.idAt(entry);
      if (this.divergences.has(id)) continue;
      const decision = this.#decisions.get(id);
      if (decision === undefined) results.add(theirs.baseAt(entry), theirs.imageAt(entry));
      else this.#addDecided(results, id, decision);
    }
    for (const [id, decision] of this.#decisions)
      if (!this.#isTheirs(id)) this.#addDecided(results, id, decision);
    return results.changes();
  }

  /**
   * Ids of entities that the result has as in ours, not as in theirs, although theirs changed them. The merge commit lists them, because later merges
   * cannot see this difference in the commits of ours alone. With several bases every entity that differs from theirs is listed, since commits between the
   * bases may hold the difference. `changes` is the result.
   */
  keptOurs(changes: TypeChanges | null, isCrissCross: boolean): readonly string[] {
    if (!isCrissCross && (this.theirs === null || this.#decisions.size === 0)) return [];
    const ids = isCrissCross
      ? [...this.ids()]
      : [...this.#decisions.keys()].filter((id) => this.#isTheirs(id));
    const changed = changes === null ? null : new SideChanges(changes);
    return ids.filter((id) => {
      const { ours, theirs } = this.images(id);
      return (changed?.find(id) ?? -1) < 0 && !sameRow(this.type, ours, theirs);
    });
  }

  /** Rows of theirs that were not simply applied: the merge has read them, besides what it changes. */
  readRows(): TypeChanges["after"] {
    const picks = [...this.#decisions.keys(), ...this.divergences.keys()].flatMap((id) => {
      const { ours, theirs, base } = this.images(id);
      const image = theirs ?? ours ?? base;
      return image === null ? [] : [image];
    });
    return pickRows(this.type, picks);
  }

  #compareBoth(): void {
    if (this.ours === null || this.theirs === null) return;
    const found = this.ours.findAll(this.theirs);
    for (let entry = 0; entry < found.length; entry++) {
      if (found[entry]! < 0) continue;
      const base = this.theirs.baseAt(entry);
      this.#compare(
        this.theirs.idAt(entry),
        base,
        this.ours.imageAt(found[entry]!),
        this.theirs.imageAt(entry),
      );
    }
  }

  #compare(id: string, base: RowRef | null, ours: RowRef | null, theirs: RowRef | null): void {
    if (sameRow(this.type, ours, theirs)) this.#decisions.set(id, TAKE_OURS);
    else if (ours === null || theirs === null)
      this.divergences.set(id, { kind: "delete_vs_update", properties: [], sources: NO_SOURCES });
    else {
      const { sources, conflicting: properties } = mergeProperties(this.type, base, ours, theirs);
      if (properties.length === 0) this.#decisions.set(id, { kind: "cells", sources });
      else
        this.divergences.set(id, {
          kind: base === null ? "divergent_insert" : "divergent_update",
          properties,
          sources,
        });
    }
  }

  /** Compares an entity that differs between the bases: only where both sides are equal the result is certain. */
  #compareAmbiguous(id: string): void {
    if (!this.has(id)) return;
    const { ours, theirs } = this.images(id);
    this.#decisions.delete(id);
    this.divergences.delete(id);
    if (sameRow(this.type, ours, theirs)) {
      this.#decisions.set(id, TAKE_OURS);
      return;
    }
    const properties =
      ours === null || theirs === null ? [] : mergeProperties(this.type, null, ours, theirs).conflicting;
    const kind = ours === null || theirs === null ? "delete_vs_update" : "divergent_update";
    this.divergences.set(id, { kind, properties, sources: NO_SOURCES });
  }

  /** The sources of the cells of an entity that both sides have, by the decisions so far. */
  #sourcesOf(id: string, ours: RowRef, theirs: RowRef): CellSources {
    const decision = this.#decisions.get(id);
    if (decision?.kind === "cells") return decision.sources;
    const isOurs = decision?.side === "ours" || !this.#isTheirs(id);
    return isOurs ? NO_SOURCES : allOfTheirs(this.type, ours, theirs);
  }

  #isTheirs(id: string): boolean {
    return (this.theirs?.find(id) ?? -1) >= 0;
  }

  #addDecided(results: ResultCollector, id: string, decision: Decision): void {
    const { ours, theirs } = this.images(id);
    if (decision.kind === "side") {
      if (decision.side === "theirs") results.add(ours, theirs);
      return;
    }
    results.merge({
      ours: present(ours, "our image"),
      theirs: present(theirs, "their image"),
      sources: decision.sources,
    });
  }
}

/** Collects the results of entities as changes of their type. */
class ResultCollector {
  readonly #type: EntityType;
  readonly #entities: EntityImages[] = [];
  readonly #merged: MergedEntity[] = [];

  constructor(type: EntityType) {
    this.#type = type;
  }

  add(before: RowRef | null, after: RowRef | null): void {
    this.#entities.push({ before, after });
  }

  merge(entity: MergedEntity): void {
    this.#merged.push(entity);
  }

  changes(): TypeChanges | null {
    const batch = this.#merged.length === 0 ? EMPTY_BATCH : mergedRows(this.#type, this.#merged);
    const merged = this.#merged.map(({ ours }, row) => ({ before: ours, after: { batch, row } }));
    return effective(this.#type, assemble(this.#type, [...this.#entities, ...merged]));
  }
}
