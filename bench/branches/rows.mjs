// The rows of the branch benchmarks: pure functions of a row's number, so that no contestant keeps them. `dolt_contestant.py` has the same.
import { createHash } from "node:crypto";
import { CITIES } from "../generate.mjs";

export const COLUMNS = ["handle", "age", "score", "city", "joined"];

export const handleOf = (i) => `u${String(i).padStart(7, "0")}`;

/** Row `i`, its age and score raised by `raised`. */
export const rowOf = (i, raised = 0) => [
  handleOf(i),
  18 + ((i * 7919) % 60) + raised,
  ((i * 104_729) % 1_000_000) / 4 + raised,
  CITIES[(i * 31) % CITIES.length],
  `2010-01-${String(1 + (i % 28)).padStart(2, "0")}`,
];

/**
 * Numbers of the rows that a side changes in a round: `n` of `rows`, disjoint from the other side's, as one run of neighbours or spread over the
 * whole table.
 */
export function edited({ rows, n, placement }, side, round) {
  const isSpread = placement === "spread";
  const step = isSpread ? Math.floor(rows / n) : 1;
  const start = isSpread ? (2 * round + side) % step : (2 * round + side) * n;
  return Array.from({ length: n }, (_, j) => (start + j * step) % rows);
}

/** What both sides add to what they change. */
export const RAISE = [1000, 2000];

/** Digest of a state, its rows ordered by handle. Scores are multiples of a quarter: their decimals are exact everywhere. */
export class StateDigest {
  #hash = createHash("sha256");
  #rows = 0;

  add([handle, age, score, city, joined]) {
    this.#hash.update(`${handle}|${age}|${score * 4}|${city}|${joined}\n`);
    this.#rows++;
  }

  answer() {
    return { rows: this.#rows, digest: this.#hash.digest("hex") };
  }
}
