/** The meaning of a code of the schema language, and its remedy. */
export interface SchemaCodeEntry {
  readonly meaning: string;
  readonly remedy: string;
}

/** Every code of findings in .pg sources; `docs/reference/diagnostics.md` is generated from it. */
export const SCHEMA_CODES = {
  S000: {
    meaning: "The source cannot be parsed, is too large, or nests too deep.",
    remedy: "Write what the grammar expects at the marked place.",
  },
  "S-TYPE-NAME": {
    meaning: "The name of a node, an edge or an interface does not begin with an upper-case letter.",
    remedy: "Begin it with an upper-case letter.",
  },
  "S-TYPE-TWICE": {
    meaning: "Two node types, or a node type and an interface, or two interfaces share a name.",
    remedy: "Rename one of them, or take it out.",
  },
  "S-EDGE-TWICE": {
    meaning: "Two edge types have names that differ in letter case at most; traversals do not look at case.",
    remedy: "Rename one of them.",
  },
  "S-ENDPOINT-UNKNOWN": {
    meaning: "An edge joins a type that is no node type of the schema.",
    remedy: "Declare the node type, or name one that is declared.",
  },
  "S-PROPERTY-NAME": {
    meaning: "The name of a property begins with an upper-case letter.",
    remedy: "Begin it with a lower-case letter or an underscore.",
  },
  "S-PROPERTY-RESERVED": {
    meaning: "A property has a name that the system keeps for itself.",
    remedy: "Choose another name.",
  },
  "S-PROPERTY-END": {
    meaning:
      "A property of an edge is called `from` or `to`, which are the ids of its ends in queries and loads.",
    remedy: "Choose another name, `valid_from` say.",
  },
  "S-PROPERTY-TWICE": { meaning: "A type declares a property twice.", remedy: "Keep one of them." },
  "S-TYPE-UNKNOWN": {
    meaning: "A property is of a type that the language does not have.",
    remedy: "Use a scalar, a list of one, an enum or a Vector.",
  },
  "S-LIST-ITEM": {
    meaning: "A list is declared of something other than a plain scalar.",
    remedy: "List String, Bool, a number, Date or DateTime; only the list itself can be optional.",
  },
  "S-ENUM-TWICE": { meaning: "An enum lists a value twice.", remedy: "List it once." },
  "S-VECTOR-LENGTH": {
    meaning: "A vector has no length, or more than is allowed.",
    remedy: "Give the number of dimensions of the embedding.",
  },
  "S-INTERFACE-UNKNOWN": {
    meaning: "A node implements an interface that is not declared.",
    remedy: "Declare the interface, or name one that is declared.",
  },
  "S-INTERFACE-REPEATED": { meaning: "A node names an interface twice.", remedy: "Name it once." },
  "S-INTERFACE-CLASH": {
    meaning: "A property comes with different types: from an interface and the node, or from two interfaces.",
    remedy: "Declare it with the interface's type, or leave it to the interface.",
  },
  "S-TOO-LARGE": {
    meaning:
      "The types of the schema have too many properties together, those of interfaces counted for each type.",
    remedy: "Implement fewer interfaces, or declare fewer properties.",
  },
  "S-CARD": {
    meaning:
      "An edge has more than one @card, or one whose minimum is above its maximum, or too large to count.",
    remedy: "Give one @card(min..max) with min <= max; leave max out where it is open.",
  },
  "S-MEMBER-UNKNOWN": {
    meaning: "A constraint names a property that the type does not have.",
    remedy: "Name properties of the type; of an edge also @src and @dst.",
  },
  "S-MEMBER-TWICE": { meaning: "A constraint names a property twice.", remedy: "Name it once." },
  "S-KEY-TWICE": {
    meaning: "A type has more than one key.",
    remedy: "Keep one, or make one key of several properties: @key(a, b).",
  },
  "S-KEY-EDGE": {
    meaning: "The key of an edge type lacks one of its ends, or both.",
    remedy: "Write @key(@src, @dst), with properties behind them where that is not enough.",
  },
  "S-KEY-TYPE": {
    meaning: "A key property is optional, a list, a vector or a blob.",
    remedy: "Use properties of a plain scalar that is always there.",
  },
  "S-UNIQUE-TYPE": {
    meaning: "A list, vector or blob is declared unique.",
    remedy: "Use properties of a plain scalar.",
  },
  "S-INDEX-TYPE": { meaning: "A blob is declared indexed.", remedy: "Take the index out." },
  "S-EDGE-CONSTRAINT": {
    meaning: "An edge type has a @range or a @check.",
    remedy: "Take it out; edges have @unique and @index.",
  },
  "S-RANGE-TYPE": { meaning: "A @range is on a property that is no number.", remedy: "Range a number." },
  "S-RANGE-EMPTY": { meaning: "A @range allows no value.", remedy: "Put the lower bound first." },
  "S-CHECK-TYPE": { meaning: "A @check is on a property that is no String.", remedy: "Check a String." },
  "S-CHECK-PATTERN": {
    meaning: "The regular expression of a @check is none in RE2 syntax, or is too large.",
    remedy: "Fix it; RE2 has neither look-around nor back-references.",
  },
  "S-DEFAULT": {
    meaning: "A @default does not fit the type of its property.",
    remedy: "Give a literal of the property's type.",
  },
  "S-EMBED-TYPE": {
    meaning: "An @embed is on a property that is no Vector.",
    remedy: "Embed into a Vector.",
  },
  "S-EMBED-SOURCE": {
    meaning: "An @embed names a source that is no String property of the type.",
    remedy: "Name a String property of the same type.",
  },
  "S-NUMBER": { meaning: "A number is too large for a float.", remedy: "Write a smaller one." },
  "S-ANNOTATION-ARGUMENT": {
    meaning: "An annotation of the language lacks its argument, or has one that it does not know.",
    remedy: "Write it as the language defines it.",
  },
  "S-ANNOTATION-PLACE": {
    meaning: "An annotation of the language stands where it means nothing.",
    remedy: "Put it where it belongs, or take it out.",
  },
  "S-ANNOTATION-MISSPELT": {
    meaning:
      "An unknown annotation is nearly one of the language: an error within one edit of @key, @unique, @index or @card, else a warning. Other unknown ones are kept as metadata.",
    remedy: "Write the annotation of the language, or give yours a name that is less like it.",
  },
  "S-ANNOTATION-TWICE": {
    meaning: "An annotation of the language is given twice.",
    remedy: "Keep one of them.",
  },
} as const satisfies Readonly<Record<string, SchemaCodeEntry>>;

export type SchemaCode = keyof typeof SCHEMA_CODES;
