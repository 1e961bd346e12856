import { present } from "@omnigraph/base";
import type { Catalog, EdgeType, EntityType, NodeType, TypeId } from "@omnigraph/language";
import {
  type Column,
  columnIn,
  hashInto,
  RollingHash,
  type RowBatch,
  type TypeChanges,
} from "@omnigraph/storage";
import { memberColumn, tupleHash } from "../view/uniques/tuple-hash.ts";

/**
 * A token is a hash. The written tokens of one write are tested against the read tokens of another. The kinds:
 * - key: the entity with that type and id was changed or matched;
 * - touch: written if an edge at that node changed, read if the node was deleted;
 * - gone: written if the node was deleted, read if it was relied on as an end;
 * - source: the outgoing edges of that type at that node changed, if the type's cardinality is bounded;
 * - unique: the values of a unique tuple were taken or freed.
 */
type TokenKind = "key" | "touch" | "gone" | "source" | "unique";

/** Receives one token as two words. */
export type TokenSink = (low: number, high: number) => void;

const seedWords = new Uint32Array(2);
const encoder = new TextEncoder();
const rolling = new RollingHash();

/** The seed of all tokens of one kind and type; `detail` distinguishes the constraints of a type. */
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

/** Tokens of rows [from, to) of a text column, one for each row, from one seed. */
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

export function keyTokens(type: EntityType, rows: RowBatch, sink: TokenSink): void {
  if (rows.length > 0) emitTexts(seedsOf(type).key, columnIn(rows, "id"), 0, rows.length, sink);
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
  if (rows.length > 0) emitTexts(seedsOf(type).source, columnIn(rows, "src"), 0, rows.length, sink);
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

/** Every token that a change of one type writes. They are computed from the change alone, so they are never stored. */
export function writtenTokens(catalog: Catalog, changes: TypeChanges, sink: TokenSink): void {
  const type = present(catalog.typeById.get(changes.type), `type ${changes.type}`);
  for (const rows of [changes.after, changes.before]) {
    if (rows.length === 0) continue;
    keyTokens(type, rows, sink);
    uniqueTokens(type, rows, sink);
    if (type.kind === "edge") {
      touchTokens(type.from, columnIn(rows, "src"), 0, rows.length, sink);
      touchTokens(type.to, columnIn(rows, "dst"), 0, rows.length, sink);
      sourceTokens(type, rows, sink);
    }
  }
  if (type.kind === "node" && changes.before.length > changes.updated) {
    goneTokens(type, columnIn(changes.before, "id"), changes.updated, changes.before.length, sink);
  }
}
