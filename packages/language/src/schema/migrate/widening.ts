import type { ValueType } from "../../types/value-types.ts";

const WIDER: Partial<Record<ValueType["scalar"], readonly ValueType["scalar"][]>> = {
  I32: ["I64", "F64"],
  F32: ["F64"],
};

/** Whether a type of numbers has every value of another one, of lists too. */
export function isWider(from: ValueType, to: ValueType): boolean {
  if (from.list !== to.list || from.dimension !== null || to.dimension !== null) return false;
  if (from.enumValues !== null || to.enumValues !== null) return false;
  return WIDER[from.scalar]?.includes(to.scalar) === true;
}
