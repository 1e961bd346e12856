import type { RowBatch } from "@omnigraph/storage";
import { OrdinalSet } from "./ordinal-set.ts";

/** What one commit made of one entity. */
export interface Version {
  readonly ordinal: number;
  readonly segment: Segment;
  /** Where it stands in the segment's log. */
  readonly position: number;
  /** The new image and its row there; null when the commit deleted the entity. */
  readonly image: RowBatch | null;
  readonly row: number;
  /** The image before; null when the commit inserted the entity. */
  readonly former: RowBatch | null;
  readonly formerRow: number;
  /** The version before it in the same segment. */
  readonly previous: Version | null;
}

/**
 * A log of versions, append only. Views of a linear history share a segment, each up to its own mark, so a commit costs what it
 * changes and older views stay as they were.
 */
export class Segment {
  readonly versions: Version[] = [];
  /** Newest version by ordinal. */
  readonly heads = new Map<number, Version>();
  /** Ordinal of every id that the segment has a version of. Within a lineage an id keeps its ordinal, dead or alive. */
  readonly ordinals = new Map<string, number>();
  /** One more than the highest ordinal given out. */
  capacity: number;
  readonly ends = new SegmentEnds();
  /** Ordinals that have a version. */
  readonly touched = new OrdinalSet();

  constructor(capacity: number) {
    this.capacity = capacity;
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

/** Ends of the edges that a segment has versions of, resolved to node ordinals up to `resolved` versions. */
class SegmentEnds {
  /** By position; -1 where the version has none. */
  readonly sources: number[] = [];
  readonly targets: number[] = [];
  readonly out = new Touches();
  readonly in = new Touches();

  /** Versions whose ends are known: those at positions below it. */
  get resolved(): number {
    return this.sources.length;
  }

  /** Records the next version's ends, and those of the image before it. */
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

/** Which versions of edges touch a node, in one direction: a chain of positions a node, the newest first. */
class Touches {
  readonly nodes = new OrdinalSet();
  /** By node, where its chain begins. */
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

  /** Positions below a mark of the versions that touch a node, the newest first. */
  *of(node: number, mark: number): Iterable<number> {
    for (let k = this.#newest.get(node) ?? -1; k >= 0; k = this.#next[k] ?? -1) {
      const position = this.#positions[k] ?? mark;
      if (position < mark) yield position;
    }
  }
}

/** The changes that a view of a type sees over its base: a segment up to a mark, over the changes below it. Immutable. */
export class Overlay {
  readonly segment: Segment;
  readonly mark: number;
  /** Ordinals below it exist. */
  readonly capacity: number;
  readonly parent: Overlay | null;
  /** Segments from here down. */
  readonly depth: number;
  /** Versions from here down. */
  readonly size: number;

  constructor(segment: Segment, parent: Overlay | null) {
    this.segment = segment;
    this.mark = segment.versions.length;
    this.capacity = segment.capacity;
    this.parent = parent;
    this.depth = (parent?.depth ?? 0) + 1;
    this.size = (parent?.size ?? 0) + this.mark;
  }

  /** True when the next version may go into this segment: no other view has gone on from here. */
  get isNewest(): boolean {
    return this.mark === this.segment.versions.length;
  }

  /** Whether an ordinal may have a version here; false is certain. */
  mayHave(ordinal: number): boolean {
    if (this.segment.touched.has(ordinal)) return true;
    return this.parent !== null && this.parent.mayHave(ordinal);
  }

  /** The version that a view sees of an ordinal, or null when the base holds it. */
  version(ordinal: number): Version | null {
    let version = this.segment.heads.get(ordinal) ?? null;
    while (version !== null && version.position >= this.mark) version = version.previous;
    return version ?? this.parent?.version(ordinal) ?? null;
  }

  /** Ordinal of an id that was touched, dead or alive; -1 when it is the base's to say. */
  ordinalOf(id: string): number {
    const ordinal = this.segment.ordinals.get(id);
    if (ordinal !== undefined && ordinal < this.capacity) return ordinal;
    return this.parent?.ordinalOf(id) ?? -1;
  }

  /** The newest version of every ordinal that has one, in no order. */
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
