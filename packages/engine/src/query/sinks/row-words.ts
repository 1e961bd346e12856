import type { VariableIndex } from "@omnigraph/language";
import type { Batch } from "../run/batch.ts";

/** Gives each row of a batch as the ordinals of some variables, with its number and its weight. The words are those of the next row afterwards. */
export function eachRow(
  { slots, weights, length }: Batch,
  variables: readonly VariableIndex[],
  take: (words: Uint32Array, row: number, weight: number) => void,
): void {
  const words = new Uint32Array(variables.length);
  for (let row = 0; row < length; row++) {
    for (let v = 0; v < variables.length; v++) words[v] = slots[variables[v]!]![row]!;
    take(words, row, weights === null ? 1 : weights[row]!);
  }
}
