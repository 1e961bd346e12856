import type { Cell } from "./migrations-state.ts";

/** The types that properties get. */
export const VALUE_TYPES = [
  "I32",
  "I64",
  "F64",
  "String",
  "enum(a, b)",
  "enum(a, b, c)",
  "enum(a, b, d)",
] as const;

const WIDER: Readonly<Record<string, readonly string[]>> = { I32: ["I64", "F64"], F32: ["F64"] };

/** The words of an enum; null for another type. */
export function valuesOfEnum(type: string): readonly string[] | null {
  return type.startsWith("enum(") ? type.slice(5, -1).split(", ") : null;
}

/** Whether a type can become another, or is the same. */
export function isWidening(from: string, to: string): boolean {
  const [words, others] = [valuesOfEnum(from), valuesOfEnum(to)];
  if (words !== null && others !== null) return words.every((word) => others.includes(word));
  return from === to || WIDER[from]?.includes(to) === true;
}

export function isNumber(type: string): boolean {
  return type === "I32" || type === "I64" || type === "F64";
}

/** One of a handful of values of a type. */
export function valueOf(type: string, n: number): Cell {
  const words = valuesOfEnum(type);
  if (words !== null) return words[n % words.length] ?? null;
  if (type === "String") return `v${n}`;
  return type === "F64" ? n + 0.5 : n;
}
