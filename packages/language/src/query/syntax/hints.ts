import type { Hint, Seen, Wording } from "../../text/syntax-finding.ts";
import { typeAliasRemedy } from "../../types/type-aliases.ts";
import { SCALARS } from "../../types/value-types.ts";
import { didYouMean } from "../../text/suggest.ts";
import { FUNCTION_NAMES } from "../../types/functions.ts";

const AND = "Write `and` in lower case between conditions; patterns follow one another without it.";
const OR =
  "Write `or` in lower case between conditions: `$x.p = 1 or $x.q = 2`. A pattern cannot be a part of it.";
const CYPHER = "A pattern is written `match { $a: Person $a knows $b } return { $b.name }`.";
const EDGE = "An edge is its name between two variables: `$a knows $b`; the types decide the direction.";
const IN_MATCH = "Conditions stand in match, among the clauses: `match { $p: Person $p.age > 30 }`.";
const WHERE_JOINED = "Conditions of `where` are joined by `and` and `or`: `where p = 1 and q = 2`.";
const ENTRY = 'In braces a property and its value are joined by `:`: `{ name: "x" }`.';
const BOUNDS =
  "Several hops are bounds behind the edge: `$a edge{1,3} $b`, or `$a edge{1,*} $b` for any number.";
const SHORTEST =
  "Traversals take shortest paths: `$a edge{1,*} as $p $b` names the one to each `$b`, and `length($p)` and `nodes($p)` tell of it.";
const NO_REMAINDER = "There is no remainder: numbers are computed by `+`, `-`, `*` and `/`.";
const CLAUSE_IN_BRACES =
  "Braces hold equal values alone, `{ p: value }`; another comparison is a clause of its own: `$x.p > 3`.";
const DELETE = "Nodes and edges go by `delete Type where property = value`.";
const MERGED =
  "`insert Type { … }` replaces an entity with the same key as a whole, `upsert Type { … }` changes what it assigns.";
const HEADED = "Text without `query name() { … }` around it stands alone; several queries each have a head.";
const PAGE =
  "Write `offset 20` behind `limit`; deep pages are read faster by a filter on what they are in order of: `$x.p > $last`.";

/** The remedy for tests of null, which equals nothing, not even itself. */
export const NULL_TEST = "Null equals nothing: write `$x.p is null` or `$x.p is not null`.";

/** Operators and punctuation of other languages. */
const SIGNS: readonly Hint[] = [
  { at: /^;/, remedy: "Leave the `;` out: clauses, statements and queries follow one another without it." },
  { at: /^'/, remedy: 'Text stands in double quotes: `"…"`.' },
  { at: /^`/, remedy: "Names stand without quotes, text in double quotes." },
  { at: /^(#|--\s)/, remedy: "Comments are `// …` and `/* … */`." },
  { at: /^=/, before: /(?<mark>=)$/, remedy: "Write `=` for equality." },
  { at: /^>/, before: /(?<mark><)$/, expects: "string", remedy: "Write `!=` for inequality." },
  { at: /^[<>]/, before: /(?<mark>=)$/, remedy: "Write `<=` and `>=`." },
  { at: /^!=/, expects: "string", remedy: "`!=` stands between two values: `$x.p != 3`." },
  {
    at: /^!/,
    remedy: "Negation is `not` before a condition, `not { … }` around clauses, `!=` between values.",
  },
  { at: /^&/, expects: "insert", remedy: WHERE_JOINED },
  { at: /^\|/, expects: "insert", remedy: WHERE_JOINED },
  { at: /^&/, remedy: AND },
  { at: /^\|/, remedy: OR },
  { at: /^-/, expects: "integer", remedy: "A whole number from 0 stands here, without a sign." },
  { at: /^-\d/, expects: "as", remedy: "Put a comma before a column that begins with a sign." },
  { at: /^-/, before: /\$\w+\s*(?<mark><)$/, remedy: EDGE },
  { at: /^-/, before: /\$\w+\s*$/, remedy: EDGE },
  { at: /^-/, expects: "number", remedy: "One sign stands directly before the digits: `-3`." },
  { at: /^\+\d/, remedy: "Leave the `+` out." },
  { at: /^\.\d/, expects: "number", remedy: "Write a digit before the point: `0.5`." },
];

/** Keywords of other languages. */
const WORDS: readonly Hint[] = [
  { at: /^(and|or)\b/i, expects: "insert", remedy: WHERE_JOINED },
  { before: /\b(?<mark>and)\s+$/i, expects: "operator", remedy: AND },
  { at: /^and\b/i, remedy: AND },
  { before: /\b(?<mark>or)\s+$/i, expects: "operator", remedy: OR },
  { at: /^or\b/i, remedy: OR },
  {
    at: /^not\s+in\b/i,
    expects: "operator",
    remedy: 'Write `not` before the condition: `not $x.p in ["a"]`.',
  },
  { at: /^in\b/i, expects: "operator", remedy: 'Write `in` in lower case: `$x.p in ["a", "b"]`.' },
  { at: /^(is|isnull|notnull)\b/i, expects: "operator", remedy: NULL_TEST },
  { at: /^null\b/i, remedy: `${NULL_TEST} Only an assignment takes it: \`set { p: null }\`.` },
  {
    at: /^(like|ilike|rlike|regexp|matches|~)/i,
    expects: "operator",
    remedy:
      '`contains "x"` finds a text anywhere, `starts_with "x"` at the beginning, `ends_with "x"` at the end, `matches "^x+$"` by a regular expression.',
  },
  { at: /^between\b/i, expects: "operator", remedy: "Write two conditions: `$x.p >= 1 and $x.p <= 9`." },
  { at: /^desc\w+/i, remedy: "Write `desc`." },
  { at: /^asc\w+/i, remedy: "Write `asc`." },
  { at: /^where\b/i, expects: "return", remedy: IN_MATCH },
  { at: /^where\b/i, expects: "limit", remedy: IN_MATCH },
  { before: /\b(?<mark>where)\s+$/i, expects: "operator", remedy: IN_MATCH },
  { at: /^by\b/i, remedy: "Write `order { $x.p desc }`." },
  { at: /^(skip|offset)\b/i, remedy: PAGE },
  { at: /^having\b/i, remedy: "Write `having { count($p) > 3 }` behind the columns." },
  {
    at: /^group\b/i,
    remedy: "The other returned columns are the groups: `return { $p.city, count($p) as people }`.",
  },
  { at: /^\$/, before: /\b(?<mark>shortest\w*)\s+$/i, expects: "operator", remedy: SHORTEST },
  { at: /^\(/, before: /\b(?<mark>(?:all_?)?shortest\w*)\s*$/i, remedy: SHORTEST },
  { at: /^select\b/i, remedy: "A read is `match { $f: Film } return { $f.title }`." },
  { at: /^match\s*\(/i, remedy: CYPHER },
  { at: /^\(/, before: /\bmatch\s*$/i, remedy: CYPHER },
  { at: /^(merge|upsert|replace)\b/i, remedy: MERGED },
  { at: /^(create|add)\b/i, remedy: "Nodes and edges are made by `insert Type { … }`." },
  { at: /^(detach|remove)\b/i, remedy: DELETE },
  { at: /^from\b/i, before: /\bdelete\s+$/, remedy: DELETE },
  { at: /^delete\b/i, expects: "return", remedy: `What is read changes nothing. ${DELETE}` },
  {
    at: /^(update|set)\b/i,
    expects: "return",
    remedy:
      "What is read changes nothing. Write `update Type set { property: value } where property = value`.",
  },
  { at: /^into\b/i, remedy: "Write `insert Type { … }`." },
  { at: /^return\b/i, expects: "match", remedy: "`match { … }` comes first, `return { … }` after it." },
  {
    at: /^\{/,
    before: /\b(?<mark>any|all|some)\s*$/i,
    expects: "operator",
    remedy:
      "Every clause of match must hold; `exists { … }` is what must match, `not { … }` what must not, `optional { … }` what may.",
  },
];

/** Missing parts, and wrong brackets. */
const PARTS: readonly Hint[] = [
  { at: /^\*/, before: /\bcount\s*\(\s*$/, remedy: "Count a variable: `count($x)`." },
  { at: /^\*/, before: /\$\w+\s+<?\w+$/, remedy: BOUNDS },
  { at: /^%/, remedy: NO_REMAINDER },
  { at: /^\$/, before: /\bcount\s*\(\s*(?<mark>distinct)\s+$/i, remedy: "Write `distinct` in lower case." },
  { at: /^\*/, remedy: "Name what is returned: `return { $x.p, $x.q }`; a bare `$x` is its id." },
  {
    before: /(?:^|[^$\w.])(?<mark>[A-Za-z_]\w*)\s*$/,
    at: /^(:(?!\s*$)|\.)/,
    expects: "operator",
    remedy: ({ before }) => sigil(before),
  },
  {
    before: /(?:^|[^$\w.])(?<mark>[A-Za-z_]\w*)\s*$/,
    at: /^\./,
    expects: "as",
    remedy: ({ before }) => sigil(before),
  },
  {
    before: /(?:^|[^$\w.])(?<mark>[A-Za-z_]\w*)\s*$/,
    at: /^\./,
    expects: "desc",
    remedy: ({ before }) => sigil(before),
  },
  {
    at: /^[A-Za-z_]\w*\s*:/,
    expects: ")",
    remedy: ({ found }) => `A parameter begins with \`$\`: \`$${found}\`.`,
  },
  {
    at: /^\$/,
    expects: "name",
    before: /\bwhere\s+$/,
    remedy: "`where` names the property alone: `where slug = …`.",
  },
  {
    at: /^\$/,
    before: /\$\w+\.\w+\s+$/,
    expects: "operator",
    remedy: `${EDGE} Properties are compared by an operator.`,
  },
  { at: /^:/, before: /\$\w+\.\w+\s*$/, remedy: "Outside braces write `=`." },
  {
    at: /^(<|>|!=|contains\b|starts_with\b|ends_with\b|matches\b|in\b)/,
    before: /\$\w+\s*:\s*\w+\s*\{[^}]*$/,
    expects: ":",
    remedy: CLAUSE_IN_BRACES,
  },
  { at: /^=/, expects: ":", remedy: ENTRY },
  {
    at: /^\(/,
    before: /(?:^|[^$\w.])(?<mark>[A-Za-z_]\w*)\s*$/,
    expects: "operator",
    remedy: ({ before }) => functionRemedy(before),
  },
  {
    at: /^\(/,
    before: /(?:^|[^$\w.])(?<mark>[A-Za-z_]\w*)\s*$/,
    expects: "as",
    remedy: ({ before }) => functionRemedy(before),
  },
  { before: /\bnot\s*$/, expects: "{", remedy: "Put a pattern that must not hold in braces: `not { … }`." },
  {
    before: /\b(?<word>match|return|having|order)\s*$/,
    expects: "{",
    remedy: ({ before }) => `Put what belongs to it in braces: \`${before["word"]} { … }\`.`,
  },
  { before: /\b(insert\s+\w+|set)\s*$/, expects: "{", remedy: `Values stand in braces. ${ENTRY}` },
  {
    at: /^\{/,
    before: /\bdelete\s+(?<type>\w+)\s*$/,
    remedy: ({ before }) => `Write \`delete ${before["type"]} where property = value\`.`,
  },
  { expects: "where", remedy: "Say which ones: `where property = value`." },
  { expects: "set", remedy: "Write `update Type set { property: value } where property = value`." },
  { at: /^\{/, before: /\bquery\s+\w+\s*$/, remedy: "The head has parentheses: `query name() { … }`." },
  { at: /^\(/, before: /\bquery\s*$/, remedy: "Give the query a name: `query name() { … }`." },
  { at: /^\}/, expects: "return", remedy: "A read ends with what it returns: `return { $x.p }`." },
  { at: /^\}/, expects: "match", remedy: "Write `match { … } return { … }`, or statements." },
  { at: /^\}/, expects: "query", remedy: "Take it out, or look for a `}` that stands too early." },
  { at: /^\}/, before: /\{\s*$/, expects: "string", remedy: "The braces need at least one thing in them." },
  { at: /^\}/, before: /\{\s*\d+\s*$/, remedy: "Bounds are `{min,max}`." },
  { at: /^\.\./, before: /\{\s*\d+\s*$/, remedy: "Bounds are `{min,max}`." },
  {
    at: /^\}/,
    before: /\$\w+\s+\w+\s*$/,
    remedy: "An edge leads to a variable: `$a edge $b`, or `$_` where it needs no name.",
  },
  { at: /^,/, expects: "not", remedy: "Leave the comma out: clauses follow one another without it." },
  { at: /^,/, expects: "insert", remedy: "Leave the comma out: statements follow one another without it." },
  { at: /^[a-z]\w*/, expects: "type name", remedy: ({ found }) => upperCase(found) },
  { at: /^\w+/, expects: "type", remedy: ({ found }) => parameterType(found) },
  { at: /^[A-Za-z_]/, expects: "string", remedy: ({ found }) => unquoted(found) },
  { at: /^query\b/, expects: "the end", remedy: HEADED },
  { at: /^(match|insert|upsert|update|delete)\b/, before: /\}\s*$/, expects: "query", remedy: HEADED },
];

function sigil({ mark = "x" }: Seen["before"]): string {
  return `A variable begins with \`$\`: \`$${mark}\`.`;
}

function functionRemedy({ mark = "" }: Seen["before"]): string {
  return `There is no function \`${mark}\`. ${didYouMean(mark, FUNCTION_NAMES, "function")}`;
}

function upperCase(found: string): string {
  return `The name of a type begins with an upper-case letter: \`${found.slice(0, 1).toUpperCase()}${found.slice(1)}\`.`;
}

const TYPE_NAMES = [...SCALARS, "Vector"];

function parameterType(found: string): string {
  return typeAliasRemedy(found) ?? didYouMean(found, TYPE_NAMES, "type");
}

function unquoted(found: string): string {
  const lower = found.toLowerCase();
  if (lower === "true" || lower === "false") return `Write \`${lower}\`.`;
  return `Text stands in double quotes, \`"${found}"\`; a parameter begins with \`$\`, \`$${found}\`.`;
}

const VALUE = ["[", "date", "datetime", "false", "now", "true", "number", "string"];

const STATEMENTS = ["insert", "upsert", "update", "delete"];

export const QUERY_WORDING: Wording = {
  code: "Q000",
  groups: [
    {
      of: [...STATEMENTS, "match", "query"],
      name: "`query`, `match`, `insert`, `upsert`, `update`, `delete`",
    },
    { of: [...STATEMENTS, "match"], name: "`match` or a statement (`insert`, `upsert`, `update`, `delete`)" },
    { of: [...STATEMENTS, "and"], name: "`and` or a statement (`insert`, `upsert`, `update`, `delete`)" },
    { of: STATEMENTS, name: "a statement (`insert`, `upsert`, `update`, `delete`)" },
    {
      of: [...VALUE, "function", "name", "not", "variable"],
      name: "a clause (`$x: Type`, `$a edge $b`, a comparison, `not { … }`)",
    },
    {
      of: [...VALUE, "function", "name", "variable"],
      name: "a value (`$x.p`, a literal, `$parameter`, `now()` or a function)",
    },
    { of: [...VALUE, "variable"], name: "a value (a literal, `$parameter` or `now()`)" },
    { of: VALUE.filter((one) => one !== "now"), name: "a literal" },
    {
      of: [".", ":", "<", "name", "operator", "variable"],
      name: "`: Type`, `.property`, an edge or a comparison",
    },
  ],
  names: new Map([
    ["name", "a name"],
    ["type name", "the name of a type"],
    ["type", "a type (`String`, `Bool`, `I64`, …)"],
    ["enum value", "an enum value"],
    ["function", "a function"],
    ["integer", "a whole number"],
    ["number", "a number"],
    ["string", "text in double quotes"],
    ["variable", "a variable such as `$x`"],
    [
      "operator",
      "a comparison (`=`, `!=`, `<`, `<=`, `>`, `>=`, `contains`, `starts_with`, `ends_with`, `matches`)",
    ],
  ]),
  hints: [...SIGNS, ...WORDS, ...PARTS],
};
