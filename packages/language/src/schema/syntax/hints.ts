import { closest } from "../../text/suggest.ts";
import type { Hint, Wording } from "../../text/syntax-finding.ts";

const NODE = "A node type is written `node Person { name: String @key }`.";
const REQUIRED = "A property is required unless its type ends with `?`: leave the rest out.";

const CONSTRAINTS =
  'In the body stand `@key(a, b)`, `@unique(a, b)`, `@index(a)`, `@range(a, 0..9)` and `@check(a, "…")`.';

const HINTS: readonly Hint[] = [
  {
    at: /^,/,
    expects: "property name",
    remedy: "Leave the comma out: properties follow one another without it.",
  },
  { at: /^;/, remedy: "Leave the `;` out: properties and declarations follow one another without it." },
  { at: /^'/, remedy: 'Text stands in double quotes: `"…"`.' },
  { at: /^(#|--\s)/, remedy: "Comments are `// …` and `/* … */`." },
  { at: /^!/, remedy: REQUIRED },
  { at: /^null\b/i, before: /\b(?<mark>not)\s+$/i, remedy: REQUIRED },
  { at: /^=>/, expects: "->", remedy: "Write `->` between the ends: `edge Knows: Person -> Person`." },
  { at: /^=/, remedy: "A default is written `@default(value)`." },
  { at: /^(type|table|class|entity|create|model|vertex)\b/i, expects: "node", remedy: NODE },
  {
    at: /^(relation|relationship|rel)\b/i,
    expects: "edge",
    remedy: "An edge type is written `edge Knows: Person -> Person`.",
  },
  {
    at: /^enum\b/i,
    expects: "node",
    remedy: "An enum is the type of a property: `role: enum(engineer, designer)`.",
  },
  { at: /^(extends|:)/i, expects: "implements", remedy: "Write `node Person implements Named { … }`." },
  { at: /^\(/, expects: "{", remedy: "Properties stand in braces: `{ name: String }`." },
  { at: /^\[/, before: /(?<mark>\bVector)\s*$/, remedy: "Write the length in parentheses: `Vector(4)`." },
  {
    at: /^\[\s*\]/,
    before: /(?<mark>\b[A-Z]\w*)\s*$/,
    remedy: ({ before }) => listOf(before["mark"]),
  },
  { at: /^<\s*\w+/, before: /(?<mark>\b[A-Z]\w*)\s*$/, remedy: "A list is written `[String]`." },
  { at: /^"/, expects: "enum value", remedy: "Enum values are bare words: `enum(draft, in-print)`." },
  { at: /^-/, expects: "..", remedy: "A range is written `min..max`." },
  {
    at: /^\.\./,
    expects: ")",
    before: /(?<mark>@\w+)\s*\(\s*-?[\d.]*$/,
    remedy: ({ before }) =>
      meantAnnotation(before["mark"]) ??
      "Only `@card(min..max)` and `@range(property, min..max)` hold a range.",
  },
  {
    at: /^\)/,
    expects: "=",
    before: /(?<mark>@\w+)\s*\([^()]*$/,
    remedy: ({ before }) =>
      meantAnnotation(before["mark"]) ??
      "Only `@key`, `@unique` and `@index` list properties; another annotation takes one value, then `name = value`.",
  },
  {
    at: /^\}|^@|^\w+\s*:/,
    expects: ":",
    before: /\b(?<mark>key|unique|index|required|optional|primary)\s*$/i,
    remedy:
      "What is said of a property begins with `@`: `@key`, `@unique`, `@index`; `?` behind the type makes it optional.",
  },
  { at: /^\w/, expects: ":", before: /\bedge\s+\w+\s+$/, remedy: "Write `edge Knows: Person -> Person`." },
  {
    at: /^key\b/i,
    expects: ":",
    before: /\b(?<mark>primary)\s+$/i,
    remedy: "What identifies a node is marked `@key`: `sku: String @key`.",
  },
  {
    at: /^[-.\d]/,
    expects: "property name",
    before: /@(?:range|check)\s*\(\s*$/,
    remedy: "The property stands first: `@range(age, 0..150)`.",
  },
  {
    at: /^"/,
    expects: "property name",
    before: /@check\s*\(\s*$/,
    remedy: 'The property stands first: `@check(slug, "^[a-z-]+$")`.',
  },
  { at: /^\(/, expects: ":", before: /\bedge\s+\w+\s*$/, remedy: "Write `edge Knows: Person -> Person`." },
  {
    at: /^\w/,
    expects: ":",
    before: /\b(?<name>\w+)\s+$/,
    remedy: ({ found, before }) => `Write \`${before["name"]}: ${found}\`.`,
  },
  { expects: "->", remedy: "An edge type has two ends: `edge Knows: Person -> Person`." },
  {
    at: /^@/,
    expects: "property name",
    remedy: ({ rest }) => meantAnnotation(/^@\w*/u.exec(rest)?.[0]) ?? CONSTRAINTS,
  },
  { at: /^\}/, expects: "node", remedy: "Take it out, or look for a `}` that stands too early." },
  { at: /^\{/, expects: "type name", remedy: "Give the type a name: `node Person { … }`." },
];

/** The constraint that a misspelt annotation means, if it is nearly one. */
function meantAnnotation(written = ""): string | null {
  const meant = closest(written.slice(1), ["key", "unique", "index", "range", "check", "card"]);
  return meant === null ? null : `Did you mean \`@${meant}\`?`;
}

function listOf(type: string | undefined): string {
  return `A list is written \`[${type ?? "String"}]\`.`;
}

export const SCHEMA_WORDING: Wording = {
  code: "S000",
  groups: [
    {
      of: ["?", "}", "annotation", "constraint", "property name"],
      name: "`?`, an annotation, the next property or `}`",
    },
    { of: ["}", "constraint", "property name"], name: "a property, a constraint or `}`" },
    { of: ["edge", "interface", "node"], name: "a declaration (`node`, `edge` or `interface`)" },
    {
      of: ["Vector", "[", "enum", "type"],
      name: "a type (`String`, `Bool`, `I64`, `[String]`, `enum(a, b)`, …)",
    },
  ],
  names: new Map([
    ["name", "a name"],
    ["type name", "the name of a type"],
    ["property name", "the name of a property"],
    ["enum value", "an enum value (letters, digits, `_` and `-`)"],
    ["annotation", "an annotation"],
    ["constraint", "a constraint"],
    ["integer", "a whole number"],
    ["number", "a number"],
    ["string", "text in double quotes"],
    ["value", "a value"],
  ]),
  hints: HINTS,
};
