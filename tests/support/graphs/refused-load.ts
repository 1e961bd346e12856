import { expect } from "vitest";
import { failureOf, type WriteGraph } from "./write-graph.ts";

interface Reported {
  readonly line: number | null;
  readonly reason: string;
  readonly message: string;
  readonly type: string | null;
  readonly id: string | null;
  readonly property: string | null;
}

/** Holds a load to be refused and to change nothing. Answers what it was refused with. */
export async function refused(
  graph: WriteGraph,
  text: string | Uint8Array,
  mode: "append" | "merge" | "overwrite" = "merge",
) {
  const before = await graph.export();
  const failure = await failureOf(graph.load(text, mode));
  expect(await graph.export()).toBe(before);
  return { reason: failure.reason, failure, problems: failure.details["problems"] as readonly Reported[] };
}

/** A line of a film, with more properties. */
export const film = (rest: string): string =>
  `{"type":"Film","data":{"slug":"x","title":"X","minutes":1,"colour":true${rest}}}`;
