import type { JsonValue } from "@omnigraph/base";
import { compilePlan, execute, MemoryPool } from "@omnigraph/engine";
import { type Catalog, compileQuery } from "@omnigraph/language";
import { expect, it, vi } from "vitest";
import { catalogOf } from "../support/graphs/write-graph.ts";
import { patience } from "../support/running/cases.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { viewOf } from "./case-views.ts";
import { CLOCK, expectSame, naiveOutcome, outcomeOf, shownOutcome } from "./query-case.ts";
import { type DrawnEntity, modelOf } from "./random-graph.ts";

const SCHEMA = `node Item {
  name: String @key  text: String?  whole: I64?  count: U64?  real: F64?  small: F32?  flag: Bool?  day: Date?  tags: [String]?
}`;

const TEXTS = ["", "a", "a\u0000", "a\u0000b", "ab", "é", "🙂", "\uffff"];
const REALS = [0, -0, 1e300, -1e300, 1e-300, 0.1, 1, 3.5, 2 ** 53, -(2 ** -40)];
const WHOLES = [-(2n ** 63n), 2n ** 53n + 1n, 2n ** 53n, -1, 0, 7];
const COUNTS = [2n ** 64n - 1n, 2n ** 63n - 1n, 2n ** 63n, 0, 12];
const KEYS = ["text", "whole", "count", "real", "small", "flag", "day", "tags", "name"];
const ORDERED = KEYS.filter((key) => key !== "tags");
const AGGREGATES = ["count", "sum", "avg", "min", "max", "collect"];
const SUMMED = ["real", "small"];
/** What is computed of one item, or of two. */
const COMPUTED = [
  "lower(X.text)",
  "coalesce(X.text, Y.name)",
  "length(X.tags) - length(Y.text)",
  "X.small * Y.small",
  "X.whole / Y.small",
  "coalesce(X.flag, Y.flag)",
];
const COMPUTED_NUMBERS = COMPUTED.slice(2, 5);

function oneOf<T>(random: SeededRandom, things: readonly T[]): T {
  return things[random.integer(things.length)]!;
}

/** Items that share many values; those of a property with few different values are more often equal. */
function drawItems(random: SeededRandom, items: number): readonly DrawnEntity[] {
  const some = (make: () => JsonValue): JsonValue => (random.integer(6) === 0 ? null : make());
  return Array.from({ length: items }, (_, n) => {
    const name = `i${n}`;
    const data = {
      name,
      text: some(() => oneOf(random, TEXTS) + oneOf(random, TEXTS)),
      whole: some(() => oneOf(random, WHOLES)),
      count: some(() => oneOf(random, COUNTS)),
      real: some(() => oneOf(random, REALS) * (1 + random.integer(4))),
      small: some(() => Math.fround(random.integer(40) / 7)),
      flag: some(() => random.integer(2) === 0),
      day: some(() => `200${random.integer(10)}-01-0${1 + random.integer(9)}`),
      tags: some(() => Array.from({ length: random.integer(3) }, () => oneOf(random, TEXTS))),
    };
    return { type: "Item", id: name, data };
  });
}

/** A query over all pairs of items: sorted, grouped or as they come, with a limit or without. */
function drawQuery(random: SeededRandom): string {
  const variable = (): string => oneOf(random, ["$a", "$b"]);
  const expr = (keys: readonly string[], computed: readonly string[] = COMPUTED): string =>
    random.integer(4) === 0
      ? oneOf(random, computed).replaceAll(/[XY]/gu, variable)
      : `${variable()}.${oneOf(random, keys)}`;
  const columns = Array.from({ length: 1 + random.integer(3) }, (_, n) => `${expr(KEYS)} as k${n}`);
  const isGrouped = random.integer(2) === 0;
  let having = "";
  const order: string[] = [];
  if (isGrouped) {
    for (let n = 1 + random.integer(3); n > 0; n--) {
      const aggregate = oneOf(random, AGGREGATES);
      const isSum = aggregate === "sum" || aggregate === "avg";
      const argument = isSum ? expr(SUMMED, COMPUTED_NUMBERS) : expr(ORDERED);
      const more =
        random.integer(3) === 0 && (isSum || aggregate === "count") ? ` + count(${variable()})` : "";
      const mayBeDistinct = (aggregate === "count" || aggregate === "collect") && random.integer(2) === 0;
      columns.push(`${aggregate}(${mayBeDistinct ? "distinct " : ""}${argument})${more} as a${n}`);
      if (random.integer(4) === 0)
        having = ` having { a${n} is not null and count($a) > ${random.integer(20)} }`;
      if (aggregate !== "collect" && random.integer(2) === 0)
        order.push(`a${n}${random.integer(2) === 0 ? " desc" : ""}`);
    }
  } else {
    for (let n = random.integer(3); n > 0; n--)
      order.push(`${expr(ORDERED)}${random.integer(2) === 0 ? " desc" : ""}`);
  }
  const limit = oneOf(random, ["", "", " limit 20", " limit 70000"]);
  const ordered = order.length === 0 ? "" : ` order { ${order.join(", ")} }`;
  return `query q() { match { $a: Item $b: Item } return { ${columns.join(", ")} }${having}${ordered}${limit} }`;
}

/** Queries over the pairs of so many items, by a budget of memory, until so many of them wrote rows to disk. */
async function compare(seed: number, items: number, budget: number, wanted: number): Promise<void> {
  const random = new SeededRandom(seed);
  const catalog: Catalog = catalogOf(SCHEMA);
  const model = modelOf(catalog, drawItems(random, items));
  const roomy = new MemoryPool(2 ** 31);
  const small = new MemoryPool(budget);
  const view = viewOf(catalog, model, small, "layer");
  for (let spilled = 0; spilled < wanted;) {
    const text = drawQuery(random);
    const { query } = compileQuery({ file: "q.gq", text }, catalog);
    if (query.kind !== "read") throw new TypeError("a read is needed");
    const plan = compilePlan(query);
    const about = `seed ${seed}, ${budget} bytes: ${text}`;
    const taken = vi.spyOn(small.pages.spill, "take");
    const answerBy = ({ pages }: MemoryPool): ReturnType<typeof outcomeOf> =>
      outcomeOf(async () => execute(plan, view, {}, { clock: CLOCK, rows: pages }), query);
    const actual = await answerBy(small);
    if (taken.mock.calls.length > 0) spilled++;
    taken.mockRestore();
    expectSame(actual, naiveOutcome(catalog, model, query, {}), query, about);
    expect(shownOutcome(actual), about).toEqual(shownOutcome(await answerBy(roomy)));
    expect(small.pages.spill.used, about).toBe(0);
  }
}

/** Random queries whose rows have no room in memory, against the naive reader, and against the same queries in memory. */
export function spilledSuite(seeds: readonly number[], items: number, budget: number, spilled: number): void {
  it.each(seeds)(
    `rows beyond a budget of ${budget} bytes are sorted and grouped on disk to the same answer, seed %i`,
    (seed) => compare(seed, items, budget, spilled),
    patience(spilled * 100),
  );
}
