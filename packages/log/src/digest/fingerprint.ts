import type { TypeId } from "@omnigraph/language";
import { type ColumnKey, hashInto, type RowBatch, sameBytes, textBytesAt } from "@omnigraph/storage";
import type { CommitRecord } from "../commit/header.ts";

const encoder = new TextEncoder();
const ID: ColumnKey = "id";

/** 64-bit hash of an entity's name, as two words. Different entities may share one. */
export interface Fingerprint {
  readonly lower: number;
  readonly upper: number;
}

/** The fingerprint of an entity. */
export function fingerprintOf(type: TypeId, id: string): Fingerprint {
  return new Hasher(type).of(encoder.encode(id));
}

/**
 * The fingerprints of all entities that a commit changed; null where its object does not tell which they are, because its rows are in tables or it
 * replaces whole types.
 */
export function fingerprintsOf(changes: CommitRecord["changes"]): readonly Fingerprint[] | null {
  if (changes.kind === "fold") return [];
  if (changes.kind !== "rows" || changes.replaced.length > 0) return null;
  const found: Fingerprint[] = [];
  for (const { type, after, before } of changes.rows) {
    const hasher = new Hasher(type);
    const [now, then] = [idsOf(after), idsOf(before)];
    if (now === null || then === null) return null;
    for (const id of now) found.push(hasher.of(id));
    for (const [row, id] of then.entries()) {
      const same = now[row];
      const isUpdated = same?.length === id.length && sameBytes(same, 0, id, 0, id.length);
      if (!isUpdated) found.push(hasher.of(id));
    }
  }
  return found;
}

/** The ids of rows as UTF-8; null where they have none. */
function idsOf(rows: RowBatch): readonly Uint8Array[] | null {
  if (rows.length === 0) return [];
  const ids = rows.columns.get(ID);
  if (ids?.kind !== "text" && ids?.kind !== "dictionary") return null;
  return Array.from({ length: rows.length }, (_, row) => textBytesAt(ids, row));
}

/** Hashes type id, a zero byte, entity id. */
class Hasher {
  #bytes: Uint8Array;
  readonly #start: number;
  readonly #words = new Uint32Array(2);

  constructor(type: TypeId) {
    const name = encoder.encode(type);
    this.#start = name.length + 1;
    this.#bytes = new Uint8Array(this.#start + 64);
    this.#bytes.set(name);
  }

  of(id: Uint8Array): Fingerprint {
    const end = this.#start + id.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#bytes.subarray(0, this.#start));
      this.#bytes = larger;
    }
    this.#bytes.set(id, this.#start);
    hashInto(this.#bytes, 0, end, this.#words, 0);
    return { lower: this.#words[0] ?? 0, upper: this.#words[1] ?? 0 };
  }
}
