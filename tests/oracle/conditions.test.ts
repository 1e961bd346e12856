import { present } from "@omnigraph/base";
import fc from "fast-check";
import { Omnigraph } from "omnigraph";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cases, checkCases, patience, repro, repros } from "../support/running/cases.ts";

const SCHEMA = "node Row { slug: String @key  a: Bool?  b: Bool?  n: I32?  s: String? }";

interface Row {
  readonly slug: string;
  readonly a: boolean | null;
  readonly b: boolean | null;
  readonly n: number | null;
  readonly s: string | null;
}

/** True, false or unknown. */
type Truth = boolean | null;

/** A condition on two rows, as it is written and as tables of truth have it. */
interface Condition {
  readonly text: string;
  readonly holds: (rows: Readonly<Record<"r" | "o", Row>>) => Truth;
}

const TRUTHS: readonly Truth[] = [true, false, null];
const ROWS: readonly Row[] = TRUTHS.flatMap((a) =>
  TRUTHS.flatMap((b) =>
    [1, 2, null].map((n) => ({ slug: `${a} ${b} ${n}`, a, b, n, s: n === null ? null : "xy".slice(0, n) })),
  ),
);

const LEAVES: readonly (readonly [text: string, holds: (row: Row, other: Row) => Truth])[] = [
  ["$r.a", ({ a }) => a],
  ["$r.b", ({ b }) => b],
  ["true", () => true],
  ["$r.a = false", ({ a }) => (a === null ? null : !a)],
  ["$r.a = $o.b", ({ a }, { b }) => (a === null || b === null ? null : a === b)],
  ["$r.n > $o.n", ({ n }, other) => (n === null || other.n === null ? null : n > other.n)],
  ["$r.n != 2", ({ n }) => (n === null ? null : n !== 2)],
  ["2 <= $r.n", ({ n }) => (n === null ? null : n >= 2)],
  ["$r.n = $nothing", () => null],
  ["$nothing is null", () => true],
  ["$r.n in [1, 3]", ({ n }) => (n === null ? null : n === 1)],
  ["$r.n in []", ({ n }) => (n === null ? null : false)],
  ["$r.n in $some", ({ n }) => (n === null ? null : n === 2)],
  ["$r.n in $none", () => null],
  ['$r.s in ["x"]', ({ s }) => (s === null ? null : s === "x")],
  ['$r.s contains "y"', ({ s }) => (s === null ? null : s.includes("y"))],
  ['$r.s starts_with "xy"', ({ s }) => (s === null ? null : s === "xy")],
  ['$r.s ends_with "x"', ({ s }) => (s === null ? null : s === "x")],
  ["$r.s ends_with $o.s", ({ s }, o) => (s === null || o.s === null ? null : s.endsWith(o.s))],
  ["$r.n is null", ({ n }) => n === null],
  ["$r.a is not null", ({ a }) => a !== null],
];

/** A condition as it is drawn and kept: a leaf by its position, with its rows in turn or the other way round. */
type Drawn =
  | { readonly kind: "leaf"; readonly leaf: number; readonly swapped: boolean }
  | { readonly kind: "and" | "or"; readonly parts: readonly Drawn[] }
  | { readonly kind: "not"; readonly part: Drawn };

const { drawn } = fc.letrec<{ drawn: Drawn }>((tie) => ({
  drawn: fc.oneof(
    { maxDepth: 4, depthSize: "medium" },
    fc.record({
      kind: fc.constant("leaf" as const),
      leaf: fc.nat(LEAVES.length - 1),
      swapped: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      parts: fc.array(tie("drawn"), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("not" as const), part: tie("drawn") }),
  ),
}));

function conditionOf(one: Drawn): Condition {
  switch (one.kind) {
    case "leaf": {
      const [text, holds] = present(LEAVES[one.leaf], "a leaf");
      const [own, other] = one.swapped ? (["o", "r"] as const) : (["r", "o"] as const);
      return {
        text: text.replaceAll(/\$(r|o)\./g, (_, name) => `$${name === "r" ? own : other}.`),
        holds: (rows) => holds(rows[own], rows[other]),
      };
    }
    case "not": {
      const { text, holds } = conditionOf(one.part);
      const opposite = (truth: Truth): Truth => (truth === null ? null : !truth);
      return { text: `not (${text})`, holds: (rows) => opposite(holds(rows)) };
    }
    case "and":
    case "or":
      return joined(one.kind, one.parts.map(conditionOf));
  }
}

function joined(word: "and" | "or", parts: readonly Condition[]): Condition {
  const decides = word === "or";
  return {
    text: parts.map(({ text }) => `(${text})`).join(` ${word} `),
    holds: (rows) => {
      const truths = parts.map(({ holds }) => holds(rows));
      if (truths.includes(decides)) return decides;
      return truths.includes(null) ? null : !decides;
    },
  };
}

let graph: Omnigraph;

beforeAll(async () => {
  graph = await Omnigraph.init("memory://conditions", { schema: SCHEMA });
  await graph.load(
    ROWS.map((data) => ({ type: "Row", data })),
    { mode: "append" },
  );
});

afterAll(() => graph.close());

async function check(one: Drawn): Promise<void> {
  const { text, holds } = conditionOf(one);
  // A value alone is no clause.
  const clause = one.kind === "leaf" ? `(${text}) or false` : text;
  const { rows } = await graph.query(
    `query q($nothing: I32?, $none: [I32]?, $some: [I32]) {
      match { $r: Row $o: Row ${clause} } return { $r.slug as r, $o.slug as o } order { $r.slug, $o.slug }
    }`,
    { some: [2, 7] },
  );
  const kept = ROWS.flatMap((r) => ROWS.filter((o) => holds({ r, o }) === true).map((o) => [r.slug, o.slug]));
  expect(
    rows.map(({ r, o }) => [r, o]),
    text,
  ).toEqual(kept.toSorted((a, b) => (a.join("|") < b.join("|") ? -1 : 1)));
}

it(
  "conditions of every form keep the rows that a table of truth keeps",
  () => checkCases("conditions", drawn, cases(1_000), check),
  patience(cases(1_000)),
);

it.each(repros("conditions"))("the kept case %s keeps them too", (file) => check(repro<Drawn>(file)));

it.each([
  ["true or false and false", true],
  ["not false and false", false],
  ["not (false and false)", true],
  ["(true or false) and false", false],
  ["not true or true", true],
  ["not (not true) and true", true],
])("or binds loosest, then and, then not: %s", async (text, holds) => {
  const { rows } = await graph.query(`match { $r: Row { slug: "true true 1" } ${text} } return { $r.slug }`);
  expect(rows.length > 0).toBe(holds);
});
