import type { JsonValue } from "@omnigraph/base";
import {
  canonicalText,
  type NodeType,
  type Property,
  type ScalarName,
  type ValueType,
} from "@omnigraph/language";
import fc, { type GeneratorValue } from "fast-check";

/** Picks values while something is built; see `fc.gen`. */
export type Pick = GeneratorValue;

/** Numbers drawn between two generators: they start from the random state that they find and do not move it, so neighbours would be alike. */
const APART = 61;

/** A source of picks, unlike that of the arbitrary drawn before it. */
export function picks(): fc.Arbitrary<Pick> {
  const apart = fc.array(fc.nat(), { minLength: APART, maxLength: APART });
  return fc.tuple(fc.noShrink(apart), fc.gen()).map(([, pick]) => pick);
}

/** Few values of each kind, so that generated data and queries meet; the ends of the ranges are among them. */
const POOLS: Readonly<Record<ScalarName, readonly JsonValue[]>> = {
  String: ["", "a", "ab", "b", "Bé", "🙂", "z z", 'q"\\'],
  Blob: ["base64:", "base64:aGk="],
  Bool: [false, true],
  I32: [-2147483648, -1, 0, 1, 2, 3, 2147483647],
  U32: [0, 1, 2, 3, 4294967295],
  I64: [-9223372036854775808n, -1, 0, 1, 2, 16777217, 9007199254740993n, 9223372036854775807n],
  U64: [0, 1, 2, 9007199254740993n, 18446744073709551615n],
  F32: [-1.5, 0, 0.1, 0.25, 2, 16777216],
  // Beside what 32 bits hold exactly: what they round, to a value of the pool above, to zero, or beyond their range.
  F64: [-1.5, 0, 0.1, 0.10000000149011612, 2, 1e-60, 1e39, 9007199254740992],
  Date: ["1969-12-31", "1970-01-01", "2024-02-29"],
  DateTime: ["1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "2024-02-29T12:00:00.000Z"],
};

export function chance(pick: Pick, oneIn: number): boolean {
  return pick(fc.nat, oneIn - 1) === 0;
}

export function oneOf<Item>(pick: Pick, items: readonly Item[]): Item {
  const item = items[pick(fc.nat, items.length - 1)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

/** A value of a type as JSON, never null: as parameters and loads give it. */
export function jsonValue(pick: Pick, type: ValueType): JsonValue {
  if (type.dimension !== null) {
    return Array.from({ length: type.dimension }, () => oneOf(pick, [-1, 0, 0.5, 1]));
  }
  if (!type.list) return jsonItem(pick, type);
  return Array.from({ length: pick(fc.nat, 3) }, () => jsonItem(pick, type));
}

/** One value of a scalar or of a list's items. */
export function jsonItem(pick: Pick, { scalar, enumValues }: ValueType): JsonValue {
  return oneOf<JsonValue>(pick, enumValues ?? POOLS[scalar]);
}

/** A literal of the language for a JSON value, or null where the language has none. */
export function literalOf(value: JsonValue, scalar: ScalarName): string | null {
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    const text = JSON.stringify(value);
    return scalar === "Date" || scalar === "DateTime" ? `${scalar.toLowerCase()}(${text})` : text;
  }
  if (typeof value !== "number" && typeof value !== "bigint") return null;
  const text = String(value);
  return /^-?\d+$/u.test(text) && scalar.startsWith("F") ? `${text}.0` : text;
}

/** An id that a node of the type may have, given the same pools: its key's canonical text, or `n0` to `n3`. */
export function nodeId(pick: Pick, { key }: NodeType): string {
  if (key === null) return `n${pick(fc.nat, 3)}`;
  const texts = key.map((property) => keyText(pick, property));
  return texts.length === 1 ? (texts[0] ?? "") : JSON.stringify(texts);
}

function keyText(pick: Pick, { type }: Property): string {
  const value = jsonItem(pick, type);
  if (type.scalar === "Date" && typeof value === "string") return String(Date.parse(value) / 86_400_000);
  if (type.scalar === "DateTime" && typeof value === "string") return String(Date.parse(value));
  return typeof value === "object" ? "" : canonicalText(value, type.scalar);
}
