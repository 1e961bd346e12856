import { HISTORY_SCHEMA } from "../../oracle/random-history.ts";

/** What clients add to the schema: nodes with and without a key, and edges. None of it has an entity, so that the graph is what it was. */
const ADDITIONS = [0, 1, 2].flatMap((i) => [
  `node Note${i} { text: String? }`,
  `node Tag${i} { label: String @key  weight: F64? }`,
  `edge Beside${i}: Place -> Place { metres: I32? }`,
]);

/** Which of the additions a schema has: their bits. */
export type Additions = number;

export const NO_ADDITION: Additions = 0;

/** Each of them is one bit. */
export const EACH_ADDITION: readonly Additions[] = ADDITIONS.map((_, i) => 1 << i);

/** The schema with some additions. */
export function schemaWith(additions: Additions): string {
  return [HISTORY_SCHEMA, ...ADDITIONS.filter((_, i) => (additions & (1 << i)) !== 0)].join("\n");
}

/** What a schema has of the additions. */
export function additionsIn(source: string): Additions {
  return ADDITIONS.reduce(
    (found, text, i) => (source.includes(text) ? found | (1 << i) : found),
    NO_ADDITION,
  );
}
