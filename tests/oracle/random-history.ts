import fc from "fast-check";
import type { LoadMode } from "omnigraph";
import { STRATEGIES, type Strategy } from "../support/models/history-calls.ts";
import { members, mood, quoted, type Write } from "./random-writes.ts";

/** Every kind of constraint on a handful of ids, so that branches meet all the time. Every edge has an id that its loads give, or its key. */
export const HISTORY_SCHEMA = `
node Person {
  name: String @key
  email: String? @unique
  age: I32? @range(age, 0..9)
  mood: enum(glad, sad)?
}
node Place { title: String  code: String? }
edge Knows: Person -> Person @card(0..2) { since: I32?  @unique(src, dst) }
edge LivesIn: Person -> Place @card(1..2) { note: String? }
edge Likes: Person -> Place { stars: I32? }
edge Rates: Person -> Place { stars: I32?  @key(@src, @dst) }
`;

/** Branches and commits are named by position among those that there are, so that a shrunk history still means something. */
export type Step =
  | { readonly kind: "edit"; readonly branch: number; readonly write: Write }
  /** Without `back` from the head of a branch by its name, else from one of the commits that it descends from. */
  | { readonly kind: "create"; readonly name: string; readonly from: number; readonly back: number | null }
  | { readonly kind: "delete"; readonly name: string }
  | {
      readonly kind: "merge";
      readonly source: number;
      readonly target: number;
      readonly strategy: Strategy | null;
      readonly deleteBranch: boolean;
    }
  /** The heads of two branches, each merged into the other: what is merged next has two bases. */
  | {
      readonly kind: "cross";
      readonly source: number;
      readonly target: number;
      readonly strategy: Strategy | null;
    }
  | {
      readonly kind: "revert";
      readonly branch: number;
      readonly back: number;
      readonly strategy: Strategy | null;
    }
  | { readonly kind: "optimize"; readonly branch: number; readonly full: boolean }
  | { readonly kind: "reopen"; readonly isStarved: boolean; readonly isStaged: boolean };

/** A history as plain data, so that a failing one can be kept as a file. */
export interface History {
  readonly steps: readonly Step[];
  /** Seed of what is looked at in the end. */
  readonly probe: number;
}

const name = fc.constantFrom("ann", "bob", "cyd");
const place = fc.constantFrom("x", "y", "z");
const title = fc.constantFrom("p", "q");
const text = fc.constantFrom("a", "b");
const age = fc.oneof(
  { weight: 19, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(10) },
);

function edgeLine(
  edge: string,
  ids: readonly string[],
  to: fc.Arbitrary<string>,
  property: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<object> {
  return fc
    .tuple(fc.constantFrom(...ids), name, to, members(property))
    .map(([id, from, end, data]) => ({ edge, from, to: end, data: { id, ...data } }));
}

const line: fc.Arbitrary<object> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(name, members({ email: text, age, mood }))
      .map(([n, rest]) => ({ type: "Person", data: { name: n, ...rest } })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.oneof(place, fc.constant("z")), title, members({ code: text }))
      .map(([id, t, rest]) => ({ type: "Place", data: { id, title: t, ...rest } })),
  },
  { weight: 3, arbitrary: edgeLine("Knows", ["k1", "k2", "k3"], name, { since: age }) },
  { weight: 4, arbitrary: edgeLine("LivesIn", ["l1", "l2", "l3"], place, { note: text }) },
  { weight: 2, arbitrary: edgeLine("Likes", ["s1", "s2"], place, { stars: age }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(name, place, members({ stars: age }))
      .map(([from, to, data]) => ({ edge: "Rates", from, to, data })),
  },
);

/** Most of them upserts; an id twice in one load is refused, like an append onto what is there. */
const load: fc.Arbitrary<Write> = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: fc.constant<LoadMode>("merge") },
      { weight: 2, arbitrary: fc.constant<LoadMode>("append") },
      { weight: 1, arbitrary: fc.constant<LoadMode>("overwrite") },
    ),
    fc.oneof({ weight: 3, arbitrary: fc.tuple(line) }, fc.array(line, { minLength: 2, maxLength: 3 })),
  )
  .map(([mode, lines]) => ({
    kind: "load",
    mode,
    text: lines.map((content) => JSON.stringify(content)).join("\n"),
  }));

function braces(values: Readonly<Record<string, unknown>>): string {
  return `{ ${Object.entries(values)
    .map(([key, value]) => `${key}: ${quoted(value)}`)
    .join(", ")} }`;
}

const personWhere = fc.oneof(
  { weight: 8, arbitrary: name.map((n) => `name = ${quoted(n)}`) },
  age.map((value) => `age >= ${value}`),
  text.map((email) => `email = ${quoted(email)}`),
);

const statement = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(
        fc.oneof(
          age.map((value) => ({ age: value })),
          mood.map((value) => ({ mood: value })),
          text.map((value) => ({ email: value })),
        ),
        personWhere,
      )
      .map(([set, where]) => `update Person set ${braces(set)} where ${where}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(name, members({ email: text, age, mood }))
      .map(([n, rest]) => `insert Person ${braces({ name: n, ...rest })}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(text, title)
      .map(([code, t]) => `update Place set ${braces({ code })} where title = ${quoted(t)}`),
  },
  { weight: 2, arbitrary: personWhere.map((where) => `delete Person where ${where}`) },
  { weight: 1, arbitrary: title.map((t) => `delete Place where title = ${quoted(t)}`) },
  { weight: 1, arbitrary: name.map((n) => `delete Knows where to = ${quoted(n)}`) },
  { weight: 1, arbitrary: place.map((p) => `delete LivesIn where to = ${quoted(p)}`) },
  { weight: 1, arbitrary: name.map((n) => `delete Likes where from = ${quoted(n)}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, place, members({ stars: age }))
      .map(([from, to, rest]) => `insert Rates ${braces({ from, to, ...rest })}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(name, place)
      .map(([from, to]) => `delete Rates where @src = ${quoted(from)} and @dst = ${quoted(to)}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(age, fc.constantFrom("k1", "k2", "k3"))
      .map(([since, id]) => `update Knows set ${braces({ since })} where @id = ${quoted(id)}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(age, name, place)
      .map(
        ([stars, from, to]) =>
          `update Likes set ${braces({ stars })} where @src = ${quoted(from)} and @dst = ${quoted(to)}`,
      ),
  },
);

export const historyWrite: fc.Arbitrary<Write> = fc.oneof(
  statement.map((source): Write => ({ kind: "mutate", source: `query q() { ${source} }` })),
  load,
);

const position = fc.nat({ max: 11 });
/** One of the main branches most of the time, so that the same two are merged again and again. */
const branch = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 1 }) }, fc.nat({ max: 5 }));
const branchName = fc.constantFrom("b1", "b2", "b3", "b4", "b5");
const strategy = fc.constantFrom(null, null, ...STRATEGIES);

const edit = fc.record({ kind: fc.constant("edit" as const), branch, write: historyWrite });

const merge = fc.record({
  kind: fc.constant("merge" as const),
  source: branch,
  target: branch,
  strategy,
  deleteBranch: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
});

const cross = fc.record({ kind: fc.constant("cross" as const), source: branch, target: branch, strategy });

const single: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: edit },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("create" as const),
      name: branchName,
      from: branch,
      back: fc.option(position, { freq: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), name: branchName }) },
  { weight: 4, arbitrary: merge },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("revert" as const), branch, back: position, strategy }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("reopen" as const),
      isStarved: fc.boolean(),
      isStaged: fc.boolean(),
    }),
  },
);

/** Edits on two branches that are then merged. */
const joined: fc.Arbitrary<readonly Step[]> = fc
  .record({
    writes: fc.array(historyWrite, { minLength: 2, maxLength: 4, size: "max" }),
    join: fc.oneof({ weight: 4, arbitrary: merge }, { weight: 1, arbitrary: cross }),
  })
  .map(({ writes, join }): readonly Step[] => [
    ...writes.map((write, i): Step => {
      return { kind: "edit", branch: i % 2 === 0 ? join.source : join.target, write };
    }),
    join,
  ]);

/** Edits of which one is then taken back. */
const regret: fc.Arbitrary<readonly Step[]> = fc
  .record({
    writes: fc.array(historyWrite, { minLength: 2, maxLength: 3, size: "max" }),
    branch,
    back: fc.nat({ max: 3 }),
    strategy,
  })
  .map(({ writes, ...revert }): readonly Step[] => [
    ...writes.map((write): Step => ({ kind: "edit", branch: revert.branch, write })),
    { kind: "revert", ...revert },
  ]);

/** What maintenance does to a branch, which must change nothing that can be seen. */
const optimize: fc.Arbitrary<readonly Step[]> = fc
  .record({ kind: fc.constant("optimize" as const), branch, full: fc.boolean() })
  .map((one): readonly Step[] => [one]);

const parts = fc.oneof(
  { weight: 2, arbitrary: optimize },
  { weight: 4, arbitrary: single.map((one): readonly Step[] => [one]) },
  { weight: 4, arbitrary: joined },
  { weight: 1, arbitrary: regret },
);

const steps: fc.Arbitrary<readonly Step[]> = fc
  .array(parts, { minLength: 2, maxLength: 6, size: "max" })
  .map((some) => some.flat());

const lines = (...entities: readonly object[]): string =>
  entities.map((entity) => JSON.stringify(entity)).join("\n");

/** What every history begins with: a graph on which most edits are allowed. */
export const HISTORY_BASE = {
  kind: "load",
  mode: "append",
  text: lines(
    { type: "Person", data: { name: "ann", age: 1 } },
    { type: "Person", data: { name: "bob" } },
    { type: "Person", data: { name: "cyd", mood: "sad" } },
    { type: "Place", data: { id: "x", title: "p" } },
    { type: "Place", data: { id: "y", title: "q" } },
    { edge: "Knows", from: "ann", to: "bob", data: { id: "k1" } },
    { edge: "LivesIn", from: "ann", to: "x", data: { id: "l1" } },
    { edge: "LivesIn", from: "ann", to: "y", data: { id: "l2" } },
    { edge: "Likes", from: "cyd", to: "y", data: { id: "s1", stars: 3 } },
  ),
} as const satisfies Write;

/** A branch, and about twelve steps on it and on others. */
export const history: fc.Arbitrary<History> = fc.record({
  steps: steps.map((some): readonly Step[] => [{ kind: "create", name: "b1", from: 0, back: null }, ...some]),
  probe: fc.nat({ max: 1_000_000 }),
});
