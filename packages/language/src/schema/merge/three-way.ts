import { concerns, type Parts, propertyKey } from "./declared-parts.ts";

/** A side of a merge. */
export type SchemaSide = "ours" | "theirs";

/** A declaration at the base and on both sides; undefined where it is not there. */
export interface Versions {
  readonly base: Parts | undefined;
  readonly ours: Parts | undefined;
  readonly theirs: Parts | undefined;
}

/** A part that both sides changed, each in another way, or that one dropped and the other changed. */
export interface PartConflict {
  readonly part: string;
  readonly base: string | undefined;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
  /** Which side dropped what the other changed; null where both changed it. */
  readonly droppedBy: SchemaSide | null;
}

export interface ThreeWay {
  /** Null where the declaration is dropped. */
  readonly parts: Parts | null;
  readonly conflicts: readonly PartConflict[];
}

/** What decides a merge besides the declarations. */
export interface Deciding {
  /** The side that wins where they differ; null: that is a conflict. */
  readonly prefer: SchemaSide | null;
  /** Whether a side changed values: of a property, or, for null, of the type. */
  readonly hasEdited: (side: SchemaSide, property: string | null) => boolean;
}

/** Merges a declaration that may be on both sides. */
export function threeWay({ base, ours, theirs }: Versions, deciding: Deciding): ThreeWay {
  const none: Parts = new Map();
  if (ours === undefined || theirs === undefined) {
    const kept = ours ?? theirs;
    if (base === undefined || kept === undefined) return { parts: kept ?? null, conflicts: [] };
    return dropped(base, kept, ours === undefined ? "ours" : "theirs", deciding);
  }
  const merger = new PartMerger(base ?? none, ours, theirs, deciding);
  return merger.merged();
}

/** A type that one side dropped: gone, unless the other changed it or its entities. */
function dropped(base: Parts, kept: Parts, by: SchemaSide, { prefer, hasEdited }: Deciding): ThreeWay {
  const other = by === "ours" ? "theirs" : "ours";
  if (isSame(base, kept) && !hasEdited(other, null)) return { parts: null, conflicts: [] };
  // A strategy may take the drop; to keep it would take rows that the side that dropped it no longer has.
  if (prefer === by) return { parts: null, conflicts: [] };
  const name = kept.get("name");
  const texts = by === "ours" ? { ours: undefined, theirs: name } : { ours: name, theirs: undefined };
  return { parts: kept, conflicts: [{ part: "name", base: base.get("name"), ...texts, droppedBy: by }] };
}

function isSame(a: Parts, b: Parts): boolean {
  return a.size === b.size && [...a].every(([key, text]) => b.get(key) === text);
}

/** Merges two versions of a type part by part. */
class PartMerger {
  readonly #base: Parts;
  readonly #ours: Parts;
  readonly #theirs: Parts;
  readonly #deciding: Deciding;
  readonly #conflicts: PartConflict[] = [];
  /** Properties that one side dropped and the other changed, with the side that has them. */
  readonly #disputed = new Map<string, SchemaSide>();

  constructor(base: Parts, ours: Parts, theirs: Parts, deciding: Deciding) {
    this.#base = base;
    this.#ours = ours;
    this.#theirs = theirs;
    this.#deciding = deciding;
  }

  merged(): ThreeWay {
    const keys = [...new Set([...this.#ours.keys(), ...this.#theirs.keys(), ...this.#base.keys()])];
    const parts = new Map<string, string>();
    const gone = new Set<string>();
    // A property that one side dropped goes, or stays, with all that is about it.
    for (const key of keys) {
      const [kind, id, more] = key.split(" ");
      if (kind === "property" && id !== undefined && more === undefined && this.#goes(id)) gone.add(id);
    }
    for (const key of keys) {
      if ([...gone].some((id) => concerns(key, id))) continue;
      const text = this.#part(key);
      if (text !== undefined) parts.set(key, text);
    }
    return { parts, conflicts: this.#conflicts };
  }

  /** Whether a property that a side dropped is gone. */
  #goes(id: string): boolean {
    const key = propertyKey(id);
    if (!this.#base.has(key) || (this.#ours.has(key) && this.#theirs.has(key))) return false;
    if (!this.#ours.has(key) && !this.#theirs.has(key)) return true;
    const by = this.#ours.has(key) ? "theirs" : "ours";
    const other = by === "ours" ? "theirs" : "ours";
    const kept = by === "ours" ? this.#theirs : this.#ours;
    const { prefer, hasEdited } = this.#deciding;
    if (isSame(about(this.#base, id), about(kept, id)) && !hasEdited(other, id)) return true;
    if (prefer === by) return true;
    const name = kept.get(`${key} name`);
    const texts = by === "ours" ? { ours: undefined, theirs: name } : { ours: name, theirs: undefined };
    this.#conflicts.push({ part: key, base: this.#base.get(`${key} name`), ...texts, droppedBy: by });
    this.#disputed.set(id, other);
    return false;
  }

  #part(key: string): string | undefined {
    const [base, ours, theirs] = [this.#base.get(key), this.#ours.get(key), this.#theirs.get(key)];
    // Of a property that one side dropped, which is in conflict as a whole: as the other side has it.
    const holder = [...this.#disputed].find(([id]) => concerns(key, id))?.[1];
    if (holder !== undefined) return holder === "ours" ? ours : theirs;
    if (ours === theirs || theirs === base) return ours;
    if (ours === base) return theirs;
    const both = key.endsWith(" type") ? widestEnum(base, ours, theirs) : null;
    if (both !== null) return both;
    const { prefer } = this.#deciding;
    if (prefer === null) this.#conflicts.push({ part: key, base, ours, theirs, droppedBy: null });
    return prefer === "theirs" ? theirs : ours;
  }
}

function about(parts: Parts, property: string): Parts {
  return new Map([...parts].filter(([key]) => concerns(key, property)));
}

const ENUM = /^(?<open>\[?enum\()(?<values>[^)]*)(?<close>\).*)$/u;

/** An enum that both sides gave more values: it has all of them. Null where that is not what they did. */
function widestEnum(
  base: string | undefined,
  ours: string | undefined,
  theirs: string | undefined,
): string | null {
  const [before, left, right] = [base, ours, theirs].map((text) => ENUM.exec(text ?? "")?.groups);
  if (left === undefined || right === undefined || left["close"] !== right["close"]) return null;
  const values = [before, left, right].map((groups) => groups?.["values"]?.split(", ") ?? []);
  const all = [...new Set([...(values[1] ?? []), ...(values[2] ?? [])])];
  return `${left["open"] ?? ""}${all.join(", ")}${left["close"] ?? ""}`;
}
