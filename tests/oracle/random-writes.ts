import fc from "fast-check";
import { computedNumber, computedText } from "./random-values.ts";
import type { LoadMode } from "@omnigraph/engine";

/** Every constraint on a handful of ids, so that random writes meet all the time. */
export const ORACLE_SCHEMA = `
node Person {
  name: String @key
  email: String? @unique
  age: I32? @range(age, 0..9)
  mood: enum(glad, sad)?
  level: I32 @default(1)
}
node Place {
  city: String
  number: I64
  code: String? @check(code, "^[a-z]+$")
  tags: [String]?
  @key(city, number)
}
node Note { text: String  stars: I32?  weight: F32? @unique }
edge Knows: Person -> Person @card(0..2) { since: I32?  @unique(src, dst) }
edge LivesIn: Person -> Place @card(1..2) { note: String? }
edge About: Note -> Person { label: String? @unique }
edge Rates: Person -> Note { stars: I32?  @key(@src, @dst) }
edge Visits: Person -> Place @card(0..2) { year: I32  note: String?  @key(@src, @dst, year) }
`;

/** One write of a sequence, as plain data, so that a failing sequence can be kept as a file. */
export type Write =
  | {
      readonly kind: "mutate";
      readonly source: string;
      /** Absent: none. */
      readonly parameters?: Readonly<Record<string, string | number>>;
    }
  | { readonly kind: "load"; readonly mode: LoadMode; readonly text: string };

const name = fc.constantFrom("ann", "bob", "cyd", "dée");
const city = fc.constantFrom("x", "y");
const number = fc.integer({ min: 1, max: 2 });
const note = fc.constantFrom("n1", "n2", "n3");
const place = fc.tuple(city, number).map(([c, n]) => JSON.stringify([c, String(n)]));
const text = fc.constantFrom("a", "b", "ab");
const age = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.constant(10) },
);
/** The first two are one value in 32 bits. */
const weight = fc.constantFrom(0.1, 0.10000000149, 0.25);
export const mood = fc.constantFrom("glad", "sad");
const code = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom("k", "l") },
  { weight: 1, arbitrary: fc.constant("K1") },
);
export const quoted = (value: unknown): string => JSON.stringify(value);

/** Some of the members, in the order given. */
export function members(
  parts: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return fc.record(parts, { requiredKeys: [] });
}

function braces(
  required: Readonly<Record<string, unknown>>,
  optional: Readonly<Record<string, unknown>>,
): string {
  return `{ ${Object.entries({ ...required, ...optional })
    .map(([key, value]) => `${key}: ${quoted(value)}`)
    .join(", ")} }`;
}

const personParts = members({ email: text, age, mood, level: fc.integer({ min: 1, max: 3 }) });
const placeParts = members({ code, tags: fc.array(text, { maxLength: 2 }) });

const insert = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(name, personParts).map(([n, rest]) => `insert Person ${braces({ name: n }, rest)}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(city, number, placeParts)
      .map(([c, n, rest]) => `insert Place ${braces({ city: c, number: n }, rest)}`),
  },
  fc
    .tuple(text, members({ id: note, stars: age, weight }))
    .map(([t, rest]) => `insert Note ${braces({ text: t }, rest)}`),
  {
    weight: 3,
    arbitrary: fc
      .tuple(name, name, members({ since: age }))
      .map(([a, b, rest]) => `insert Knows ${braces({ from: a, to: b }, rest)}`),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(name, place).map(([a, b]) => `insert LivesIn ${braces({ from: a, to: b }, {})}`),
  },
  fc
    .tuple(note, name, members({ label: text }))
    .map(([a, b, rest]) => `insert About ${braces({ from: a, to: b }, rest)}`),
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, note, members({ stars: age }))
      .map(([a, b, rest]) => `insert Rates ${braces({ from: a, to: b }, rest)}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, place, number, members({ note: text }))
      .map(([a, b, year, rest]) => `insert Visits ${braces({ from: a, to: b, year }, rest)}`),
  },
);

const operator = fc.constantFrom("=", "=", "=", "!=", "<", ">=");

/** One condition, or two of the kind. */
function joined(condition: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: condition },
    fc.tuple(condition, condition).map(([a, b]) => `${a} and ${b}`),
  );
}

const personCondition = fc.oneof(
  fc.tuple(operator, name).map(([op, value]) => `@id ${op} ${quoted(value)}`),
  fc.tuple(operator, name).map(([op, value]) => `name ${op} ${quoted(value)}`),
  fc.tuple(operator, fc.integer({ min: 0, max: 9 })).map(([op, value]) => `age ${op} ${value}`),
  fc.tuple(operator, fc.integer({ min: 0, max: 9 })).map(([op, value]) => `level ${op} 9 - ${value}`),
  fc.tuple(operator, text).map(([op, value]) => `email ${op} lower(${quoted(value)})`),
  fc.tuple(operator, mood).map(([op, value]) => `mood ${op} ${quoted(value)}`),
  fc.tuple(operator, text).map(([op, value]) => `email ${op} ${quoted(value)}`),
  text.map((value) => `email contains ${quoted(value)}`),
  text.map((value) => `email matches ${quoted(`^${value}`)}`),
);
const personWhere = joined(personCondition);

/** Of edges between people, most of which have no id that anyone gave. */
const knowsWhere = joined(
  fc.oneof(
    { weight: 3, arbitrary: name.map((n) => `from = ${quoted(n)}`) },
    { weight: 3, arbitrary: name.map((n) => `@dst = ${quoted(n)}`) },
    fc.tuple(operator, name).map(([op, n]) => `@src ${op} ${quoted(n)}`),
    fc.tuple(operator, name).map(([op, n]) => `to ${op} ${quoted(n)}`),
    fc.tuple(operator, note).map(([op, id]) => `@id ${op} ${quoted(id)}`),
    fc.tuple(operator, fc.integer({ min: 0, max: 9 })).map(([op, since]) => `since ${op} ${since}`),
  ),
);

const update = fc.oneof(
  fc
    .tuple(members({ email: text, age, mood, level: fc.constant(2) }), personWhere)
    .filter(([set]) => Object.keys(set).length > 0)
    .map(([set, where]) => `update Person set ${braces(set, {})} where ${where}`),
  fc
    .tuple(name, personWhere)
    .map(([n, where]) => `update Person set ${braces({ name: n }, {})} where ${where}`),
  fc
    .tuple(code, text)
    .map(([c, tag]) => `update Place set ${braces({ code: c }, {})} where tags contains ${quoted(tag)}`),
  fc
    .tuple(weight, operator, weight)
    .map(([w, op, than]) => `update Note set { weight: ${w} } where weight ${op} ${than}`),
  fc
    .tuple(age, fc.integer({ min: 0, max: 9 }))
    .map(([stars, than]) => `update Note set ${braces({ stars }, {})} where stars >= ${than}`),
  {
    weight: 2,
    arbitrary: fc
      .tuple(age, knowsWhere)
      .map(([since, where]) => `update Knows set ${braces({ since }, {})} where ${where}`),
  },
  fc
    .tuple(text, name, text)
    .map(
      ([label, to, former]) =>
        `update About set ${braces({ label }, {})} where @dst = ${quoted(to)} and label != ${quoted(former)}`,
    ),
  fc
    .tuple(city, number, code)
    .map(
      ([c, n, to]) =>
        `update Place set ${braces({ code: to }, {})} where city = ${quoted(c)} and number = ${n}`,
    ),
);

const computed = fc.oneof(
  fc
    .tuple(computedNumber, personWhere)
    .map(([value, where]) => `update Person set { age: ${value} } where ${where}`),
  fc
    .tuple(computedNumber, computedNumber, personWhere)
    .map(([a, l, where]) => `update Person set { level: ${l}, age: ${a} } where ${where}`),
  fc
    .tuple(computedText, personWhere)
    .map(([value, where]) => `update Person set { email: ${value} } where ${where}`),
  personWhere.map((where) => `update Person set { name: lower(name), level: level + 1 } where ${where}`),
  knowsWhere.map((where) => `update Knows set { since: coalesce(since, 0) + 1 } where ${where}`),
  fc.constant("update Note set { weight: weight + 0.1, text: coalesce(text, text) } where stars >= 0"),
  fc
    .tuple(name, text)
    .map(([n, t]) => `insert Person { name: ${quoted(n)}, email: lower(${quoted(t)}), age: 2 * 3 - 1 }`),
  number.map((year) => `update Visits set { year: year + 0, note: lower(note) } where year = ${year}`),
);

/** What is assigned goes on from what is there, now and then. */
const upsert = fc.oneof(
  fc.tuple(name, personParts).map(([n, rest]) => `upsert Person ${braces({ name: n }, rest)}`),
  fc
    .tuple(name, computedNumber, computedText)
    .map(([n, a, e]) => `upsert Person { name: ${quoted(n)}, age: ${a}, email: ${e} }`),
  name.map((n) => `upsert Person { name: lower(${quoted(n)}), level: level + 1, age: coalesce(age, level) }`),
  fc
    .tuple(city, number, placeParts)
    .map(([c, n, rest]) => `upsert Place ${braces({ city: c, number: n }, rest)}`),
  fc
    .tuple(name, note)
    .map(([a, b]) => `upsert Rates { from: ${quoted(a)}, to: ${quoted(b)}, stars: coalesce(stars, 0) + 1 }`),
  fc
    .tuple(name, place, number, members({ note: text }))
    .map(([a, b, year, rest]) => `upsert Visits ${braces({ from: a, to: b, year }, rest)}`),
);

const keyedWhere = fc.oneof(
  fc.tuple(name, note).map(([a, b]) => `@src = ${quoted(a)} and @dst = ${quoted(b)}`),
  fc.tuple(name, note).map(([a, b]) => `@id = ${quoted(JSON.stringify([a, b]))}`),
  age.map((stars) => `stars >= ${stars}`),
);

const keyedEdges = fc.oneof(
  fc.tuple(age, keyedWhere).map(([stars, where]) => `update Rates set { stars: ${stars} } where ${where}`),
  keyedWhere.map((where) => `delete Rates where ${where}`),
  fc
    .tuple(number, text, number)
    .map(([year, n, of]) => `update Visits set { year: ${year}, note: ${quoted(n)} } where year = ${of}`),
  fc.tuple(name, number).map(([a, year]) => `delete Visits where from = ${quoted(a)} and year = ${year}`),
);

const remove = fc.oneof(
  personWhere.map((where) => `delete Person where ${where}`),
  city.map((c) => `delete Place where city = ${quoted(c)}`),
  text.map((t) => `delete Note where text = ${quoted(t)}`),
  weight.map((w) => `delete Note where weight = ${w}`),
  name.map((n) => `delete Knows where from = ${quoted(n)}`),
  name.map((n) => `delete LivesIn where from = ${quoted(n)}`),
  place.map((p) => `delete LivesIn where to = ${quoted(p)}`),
  fc.integer({ min: 0, max: 9 }).map((since) => `delete Knows where since < ${since}`),
  { weight: 3, arbitrary: knowsWhere.map((where) => `delete Knows where ${where}`) },
);

const statement = fc.oneof(
  { weight: 6, arbitrary: insert },
  { weight: 2, arbitrary: update },
  { weight: 2, arbitrary: computed },
  { weight: 2, arbitrary: upsert },
  { weight: 2, arbitrary: remove },
  { weight: 1, arbitrary: keyedEdges },
);

/** A mutation of one to four statements. */
export const mutation: fc.Arbitrary<string> = fc
  .array(statement, { minLength: 1, maxLength: 4 })
  .map((parts) => `query q() { ${parts.join(" ")} }`);

/** The right id of an edge from its key now and then, and a wrong one. */
function keyedId(parts: readonly string[]): fc.Arbitrary<string | undefined> {
  return fc.constantFrom(undefined, undefined, JSON.stringify(parts), "other");
}

const optionalId = fc.option(note, { nil: undefined });

const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(name, personParts)
      .map(([n, rest]) => ({ type: "Person", data: { name: n, ...rest } })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(city, number, placeParts)
      .map(([c, n, rest]) => ({ type: "Place", data: { city: c, number: n, ...rest } })),
  },
  fc
    .tuple(optionalId, text, members({ weight }))
    .map(([id, t, rest]) => ({ type: "Note", data: { id, text: t, ...rest } })),
  {
    weight: 3,
    arbitrary: fc
      .tuple(name, name, optionalId)
      .map(([from, to, id]) => ({ edge: "Knows", from, to, data: { id } })),
  },
  { weight: 3, arbitrary: fc.tuple(name, place).map(([from, to]) => ({ edge: "LivesIn", from, to })) },
  fc
    .tuple(note, name, members({ label: text }))
    .map(([from, to, data]) => ({ edge: "About", from, to, data })),
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, note, members({ stars: age }))
      .chain(([from, to, data]) =>
        keyedId([from, to]).map((id) => ({ edge: "Rates", from, to, data: { id, ...data } })),
      ),
  },
  fc.tuple(name, place, number, members({ note: text })).chain(([from, to, year, data]) =>
    keyedId([from, to, String(year)]).map((id) => ({
      edge: "Visits",
      from,
      to,
      data: { id, year, ...data },
    })),
  ),
);

const spaced = fc.constantFrom<(json: string) => string>(
  (json) => json,
  (json) => json,
  (json) => json.replace('"data":', '"data" : '),
  (json) => json.replace("{", "{ "),
  (json) => json.replace("n", "\\u006e"),
  // The id beside data, in place of the one in it, or as well.
  (json) => json.replace(/"data":\{"id":("[^"]*"),?/u, '"id":$1,"data":{'),
  (json) => json.replace(/"data":\{"id":("[^"]*")/u, '"id":$1,"data":{"id":$1'),
);

const loadText = fc
  .array(fc.tuple(line, spaced), { maxLength: 6 })
  .map((lines) => lines.map(([json, space]) => space(JSON.stringify(json))).join("\n"));

const load: fc.Arbitrary<Write> = fc
  .tuple(fc.constantFrom<LoadMode>("append", "merge", "merge", "overwrite"), loadText)
  .map(([mode, content]) => ({ kind: "load", mode, text: content }));

export const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 3, arbitrary: mutation.map((source): Write => ({ kind: "mutate", source })) },
  { weight: 1, arbitrary: load },
);

const collision = fc.oneof(
  name.map((n) => `delete Person where name = ${quoted(n)}`),
  city.map((c) => `delete Place where city = ${quoted(c)}`),
  fc.constant('delete Note where text = "a"'),
  fc.tuple(name, name).map(([a, b]) => `insert Knows ${braces({ from: a, to: b }, {})}`),
  fc.tuple(name, place).map(([a, b]) => `insert LivesIn ${braces({ from: a, to: b }, {})}`),
  name.map((n) => `insert About ${braces({ from: "n1", to: n }, {})}`),
  fc.tuple(name, name).map(([a, b]) => `delete Knows where @src = ${quoted(a)} and @dst = ${quoted(b)}`),
  fc
    .tuple(name, name)
    .map(([a, b]) => `update Knows set { since: 7 } where from = ${quoted(a)} and to = ${quoted(b)}`),
  fc.tuple(name, text).map(([n, email]) => `insert Person ${braces({ name: n, email }, {})}`),
  fc.tuple(name, age).map(([n, stars]) => `insert Rates ${braces({ from: n, to: "n1", stars }, {})}`),
  name.map((n) => `upsert Person { name: ${quoted(n)}, level: level + 1 }`),
);

/** A write of one statement: seldom refused, and half of them on the few ids that others use as well. */
export const singleStatement: fc.Arbitrary<Write> = fc
  .oneof(statement, collision)
  .map((source): Write => ({ kind: "mutate", source: `query q() { ${source} }` }));

/** A graph in which most single statements are allowed. */
export const ORACLE_BASE: Write = {
  kind: "load",
  mode: "append",
  text: [
    ...["ann", "bob", "cyd", "dée"].map((person) => ({ type: "Person", data: { name: person, age: 5 } })),
    ...["x", "y"].flatMap((at) =>
      [1, 2].map((n) => ({ type: "Place", data: { city: at, number: n, tags: ["a"] } })),
    ),
    { type: "Note", data: { id: "n1", text: "a", stars: 3 } },
    { edge: "Knows", from: "ann", to: "bob", data: { since: 3 } },
    { edge: "Knows", from: "cyd", to: "cyd" },
    { edge: "LivesIn", from: "ann", to: '["x","1"]' },
    { edge: "LivesIn", from: "ann", to: '["y","1"]' },
    { edge: "LivesIn", from: "bob", to: '["y","2"]' },
    { edge: "Rates", from: "ann", to: "n1", data: { stars: 3 } },
    { edge: "Visits", from: "ann", to: '["x","1"]', data: { year: 1 } },
  ]
    .map((line) => JSON.stringify(line))
    .join("\n"),
};
