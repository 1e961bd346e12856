import type { Property, PropertyId } from "@omnigraph/language";
import type { RowBatch } from "@omnigraph/storage";
import { OrdinalSet } from "./ordinal-set.ts";
import { VersionTerms } from "./version-terms.ts";

/** The state of one entity after one commit. */
export interface Version {
  readonly ordinal: number;
  readonly segment: Segment;
  /** Position in the log of the segment. */
  readonly position: number;
  /** The batch with the new image, in row `row`; null when the commit deleted the entity. */
  readonly image: RowBatch | null;
  readonly row: number;
  /** The batch with the old image; null when the commit inserted the entity. */
  readonly former: RowBatch | null;
  readonly formerRow: number;
  /** The version before it in the same segment. */
  readonly previous: Version | null;
}

/**
 * An append-only log of versions. Views of a linear history share a segment, each up to its own mark. So a commit costs only its own changes, and older
 * views do not change.
 */
export class Segment {
  readonly versions: Version[] = [];
  /** Newest version by ordinal. */
  readonly heads = new Map<number, Version>();
  /** Ordinal of every id with a version in the segment. Within a lineage an id keeps its ordinal, even after a deletion. */
  readonly ordinals = new Map<string, number>();
  /** One more than the highest ordinal in use. */
  capacity: number;
  readonly ends = new SegmentEnds();
  /** Ordinals that have a version. */
  readonly touched = new OrdinalSet();
  readonly #terms = new Map<PropertyId, VersionTerms>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** The terms of a text property in the versions. */
  terms(property: Property): VersionTerms {
    let terms = this.#terms.get(property.id);
    if (terms === undefined) {
      terms = new VersionTerms(property);
      this.#terms.set(property.id, terms);
    }
    return terms;
  }

  append(
    id: string,
    ordinal: number,
    image: RowBatch | null,
    row: number,
    former: RowBatch | null,
    formerRow: number,
  ): void {
    const previous = this.heads.get(ordinal) ?? null;
    const position = this.versions.length;
    const version = { ordinal, segment: this, position, image, row, former, formerRow, previous };
    this.versions.push(version);
    this.heads.set(ordinal, version);
    this.touched.add(ordinal);
    this.ordinals.set(id, ordinal);
    if (ordinal >= this.capacity) this.capacity = ordinal + 1;
  }
}

/** Ends of the edge versions of a segment, as node ordinals, for the first `resolved` versions. */
class SegmentEnds {
  /** By position of the version; -1 where it has no such end. */
  readonly sources: number[] = [];
  readonly targets: number[] = [];
  readonly out = new Touches();
  readonly in = new Touches();

  /** Ends are resolved for the versions at positions below this. */
  get resolved(): number {
    return this.sources.length;
  }

  /** Adds the ends of the next version, and those of its old image. */
  append(source: number, target: number, oldSource: number, oldTarget: number): void {
    const position = this.sources.length;
    this.sources.push(source);
    this.targets.push(target);
    this.out.add(source, position);
    if (oldSource !== source) this.out.add(oldSource, position);
    this.in.add(target, position);
    if (oldTarget !== target) this.in.add(oldTarget, position);
  }
}

/** By node the edge versions that start at it in one direction, as a chain of positions, the newest first. */
class Touches {
  readonly nodes = new OrdinalSet();
  /** By node the first position of its chain. */
  readonly #newest = new Map<number, number>();
  readonly #positions: number[] = [];
  readonly #next: number[] = [];

  add(node: number, position: number): void {
    if (node < 0) return;
    this.nodes.add(node);
    this.#next.push(this.#newest.get(node) ?? -1);
    this.#newest.set(node, this.#positions.length);
    this.#positions.push(position);
  }

  /** Positions, below a mark, of the versions at a node, the newest first. */
  *of(node: number, mark: number): Iterable<number> {
    for (let k = this.#newest.get(node) ?? -1; k >= 0; k = this.#next[k] ?? -1) {
      const position = this.#positions[k] ?? mark;
      if (position < mark) yield position;
    }
  }
}

/** The changes of a view to a type over its base: a segment up to a mark, on top of older overlays. Immutable. */
export class Overlay {
  readonly segment: Segment;
  readonly mark: number;
  /** Ordinals are below this number. */
  readonly capacity: number;
  readonly parent: Overlay | null;
  /** Number of segments, this one included. */
  readonly depth: number;
  /** Number of versions in all segments. */
  readonly size: number;

  constructor(segment: Segment, parent: Overlay | null) {
    this.segment = segment;
    this.mark = segment.versions.length;
    this.capacity = segment.capacity;
    this.parent = parent;
    this.depth = (parent?.depth ?? 0) + 1;
    this.size = (parent?.size ?? 0) + this.mark;
  }

  /** True when the next version may be appended to this segment, because no other view has extended it. */
  get isNewest(): boolean {
    return this.mark === this.segment.versions.length;
  }

  /** Whether an ordinal may have a version; false is certain. */
  mayHave(ordinal: number): boolean {
    if (this.segment.touched.has(ordinal)) return true;
    return this.parent !== null && this.parent.mayHave(ordinal);
  }

  /** The visible version of an ordinal, or null when its state is that of the base. */
  version(ordinal: number): Version | null {
    let version = this.segment.heads.get(ordinal) ?? null;
    while (version !== null && version.position >= this.mark) version = version.previous;
    return version ?? this.parent?.version(ordinal) ?? null;
  }

  /** Ordinal of a changed id, also of a deleted one; -1 when only the base can tell. */
  ordinalOf(id: string): number {
    const ordinal = this.segment.ordinals.get(id);
    if (ordinal !== undefined && ordinal < this.capacity) return ordinal;
    return this.parent?.ordinalOf(id) ?? -1;
  }

  /** The visible version of every ordinal that has one, in no order. */
  visible(): Iterable<Version> {
    const seen = new Map<number, Version>();
    for (const layer of this.layers()) {
      for (let k = 0; k < layer.mark; k++) {
        const version = layer.segment.versions[k];
        if (version !== undefined) seen.set(version.ordinal, version);
      }
    }
    return seen.values();
  }

  /** The segments with their marks, oldest first. */
  layers(): readonly Overlay[] {
    return this.parent === null ? [this] : [...this.parent.layers(), this];
  }
}
