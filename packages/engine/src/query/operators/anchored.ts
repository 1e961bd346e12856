import { canonicalKeyText, canonicalText } from "@omnigraph/language";
import { asKeyValue } from "../predicates/key-value.ts";
import type { Anchor, VertexSpec } from "../plan/spec.ts";
import type { RunContext } from "../run/context.ts";

/** The id that the constants of an anchor give; null when no node can have it. */
export function anchoredId(anchor: Anchor, spec: VertexSpec, context: RunContext): string | null {
  if (anchor.kind === "id") {
    const id = context.constant(anchor.value);
    return typeof id === "string" ? id : null;
  }
  const { type } = spec.variable;
  const key = type.kind === "node" ? (type.key ?? []) : [];
  const values = anchor.values.map((value, k) => asKeyValue(context.constant(value), key[k]!.type.scalar));
  if (values.some((value) => value === null)) return null;
  if (values.length === 1) return canonicalText(values[0]!, key[0]!.type.scalar);
  return canonicalKeyText(
    values,
    key.map(({ type: valueType }) => valueType),
  );
}

/** The ordinal of the entity that an anchor fixes, or -1. */
export function anchoredOrdinal(anchor: Anchor, spec: VertexSpec, context: RunContext): number {
  const id = anchoredId(anchor, spec, context);
  return id === null ? -1 : context.rows(spec.variable.index).find(id);
}
