import type { AnswerValue } from "@omnigraph/language";

/** Values of properties or of columns, by name. */
export type ValuesByName = Readonly<Record<string, AnswerValue>>;
