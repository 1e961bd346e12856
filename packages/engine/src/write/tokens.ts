import { present } from "@omnigraph/base";
import type { Catalog, EdgeType, EntityType, NodeType, TupleMember, TypeId } from "@omnigraph/language";
import { type Column, hashInto, isNull, type RowBatch, type TypeChanges } from "@omnigraph/storage";
import { RollingHash } from "./hash-cell.ts";

/**
 * What a token says of a write:
 * - key: the entity of that type and id was changed or matched;
 * - touch: an edge at that node was changed (written), or the node was deleted (read);
 * - gone: the node was deleted (written), or relied on as an end (read);
 * - source: edges of that type leave that node differently than before, where the type's cardinality is bounded;
 * - unique: the values of a tuple were claimed or given up.
 */
type TokenKind = "key" | "touch" | "gone" | "source" | "unique";

/** Takes one token as two words. */
export type TokenSink = (low: number, high: number) => void;

const seedWords = new Uint32Array(2);
const encoder = new TextEncoder();
const rolling = new RollingHash();

/** Where the hash of a unique tuple starts, apart from tokens. */
export const UNIQUE_SEED: readonly [number, number] = [0x756e6971, 0x75650000];

/** The token that starts everything of one kind and type; `detail` tells the constraints of a type apart. */
function seedOf(kind: TokenKind, type: TypeId, detail: string): readonly [number, number] {
  const bytes = encoder.encode(`${kind} ${type} ${detail}`);
  hashInto(bytes, 0, bytes.length, seedWords, 0);
  return [seedWords[0]!, seedWords[1]!];
}

/** Seeds of the tokens of one type. */
interface TypeSeeds {
  readonly key: readonly [number, number];
  readonly gone: readonly [number, number];
  readonly touch: readonly [number, number];
  readonly source: readonly [number, number];
  readonly uniques: readonly (readonly [number, number])[];
}

const seedsByType = new WeakMap<EntityType, TypeSeeds>();

function seedsOf(type: EntityType): TypeSeeds {
  let seeds = seedsByType.get(type);
  if (seeds === undefined) {
    seeds = {
      key: seedOf("key", type.id, ""),
      gone: seedOf("gone", type.id, ""),
      touch: seedOf("touch", type.id, ""),
      source: seedOf("source", type.id, ""),
      uniques: type.uniques.map((unique) => seedOf("unique", type.id, unique.members.join(" "))),
    };
    seedsByType.set(type, seeds);
  }
  return seeds;
}

/** Tokens of rows [from, to) of a text column: one a row, of one seed. */
function emitTexts(
  seed: readonly [number, number],
  column: Column,
  from: number,
  to: number,
  sink: TokenSink,
): void {
  for (let row = from; row < to; row++) {
    rolling.start(seed[0], seed[1]).cell(column, row);
    sink(rolling.low, rolling.high);
  }
}

/** The column of an id or an end. */
function idColumn(rows: RowBatch, key: "id" | "src" | "dst"): Column {
  return present(rows.columns.get(key), `column ${key}`);
}

export function keyTokens(type: EntityType, rows: RowBatch, sink: TokenSink): void {
  if (rows.length > 0) emitTexts(seedsOf(type).key, idColumn(rows, "id"), 0, rows.length, sink);
}

/** `gone` tokens of nodes given by id. */
export function goneTokens(type: NodeType, ids: Column, from: number, to: number, sink: TokenSink): void {
  emitTexts(seedsOf(type).gone, ids, from, to, sink);
}

/** `touch` tokens of nodes given by id. */
export function touchTokens(type: NodeType, ids: Column, from: number, to: number, sink: TokenSink): void {
  emitTexts(seedsOf(type).touch, ids, from, to, sink);
}

export function sourceTokens(type: EdgeType, rows: RowBatch, sink: TokenSink): void {
  if (rows.length > 0) emitTexts(seedsOf(type).source, idColumn(rows, "src"), 0, rows.length, sink);
}

/** The column of a member of a unique tuple; null where the batch lacks it and has only defaults. */
export function memberColumn(rows: RowBatch, member: TupleMember): Column | null {
  return rows.columns.get(member) ?? null;
}

/** Hash of a row's tuple, or null when a member is null (such tuples are not compared). */
export function tupleHash(
  columns: readonly (Column | null)[],
  row: number,
  seed: readonly [number, number],
): RollingHash | null {
  rolling.start(seed[0], seed[1]);
  for (const column of columns) {
    if (column === null || isNull(column, row)) return null;
    rolling.cell(column, row);
  }
  return rolling;
}

export function uniqueTokens(type: EntityType, rows: RowBatch, sink: TokenSink): void {
  const seeds = seedsOf(type).uniques;
  type.uniques.forEach((unique, position) => {
    const columns = unique.members.map((member) => memberColumn(rows, member));
    const seed = present(seeds[position], "seed of a constraint");
    for (let row = 0; row < rows.length; row++) {
      const hash = tupleHash(columns, row, seed);
      if (hash !== null) sink(hash.low, hash.high);
    }
  });
}

/** Every token that a change of one type writes. They follow from the change alone, so they are never stored. */
export function writtenTokens(catalog: Catalog, changes: TypeChanges, sink: TokenSink): void {
  const type = present(catalog.typeById.get(changes.type), `type ${changes.type}`);
  for (const rows of [changes.after, changes.before]) {
    if (rows.length === 0) continue;
    keyTokens(type, rows, sink);
    uniqueTokens(type, rows, sink);
    if (type.kind === "edge") {
      touchTokens(type.from, idColumn(rows, "src"), 0, rows.length, sink);
      touchTokens(type.to, idColumn(rows, "dst"), 0, rows.length, sink);
      sourceTokens(type, rows, sink);
    }
  }
  if (type.kind === "node" && changes.before.length > changes.updated) {
    goneTokens(type, idColumn(changes.before, "id"), changes.updated, changes.before.length, sink);
  }
}
