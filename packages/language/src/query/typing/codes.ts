import { aggregateUses } from "../../types/aggregates.ts";

/** The meaning of a code of the query language, and its remedy. */
export interface QueryCodeEntry {
  readonly meaning: string;
  readonly remedy: string;
}

/** Every code of findings in .gq sources; `docs/reference/diagnostics.md` is generated from it. */
export const QUERY_CODES = {
  Q000: {
    meaning: "The source cannot be parsed.",
    remedy: "Write what the grammar expects at the marked place.",
  },
  T1: {
    meaning: "A binding names a node type that the schema lacks.",
    remedy: "Name a node type of the schema.",
  },
  T2: {
    meaning: "A binding's braces name a property that the type lacks.",
    remedy: "Name a property of the type.",
  },
  T3: {
    meaning:
      "A literal does not fit the property that it is matched with or assigned to: its kind, its range, a value that the enum does not list, a vector of another length, a blob.",
    remedy: "Write a literal of the property's type.",
  },
  T4: {
    meaning: "A traversal names an edge type that the schema lacks.",
    remedy: "Name an edge type of the schema.",
  },
  T5: {
    meaning:
      "The types at the ends of a traversal are not those that the edge joins, the edges of a choice join different types, or the ends of `*` have no type or no edge between them.",
    remedy: "Traverse an edge between these types, or fix the bindings.",
  },
  T6: {
    meaning: "An expression uses a variable that no clause binds, or a property that its type lacks.",
    remedy: "Bind the variable in match, or name a property of its type.",
  },
  T7: {
    meaning:
      "Two values cannot be compared or computed with, or a value cannot be assigned, because of their types.",
    remedy: "Use values of one type; numbers of any type compare with each other.",
  },
  T8: {
    meaning: "An aggregate is applied to what it cannot take.",
    remedy: `Use ${aggregateUses()}.`,
  },
  T9: {
    meaning:
      "An expression beside aggregates is no plain group key, an aggregate without a block stands outside return, a block stands in a statement, or a block mentions no variable of the one around it.",
    remedy:
      "Group by `$x` or `$x.property`, order by what is returned, and tie each block to an outer variable.",
  },
  T10: {
    meaning: "A mutation names a type that the schema lacks, or assigns nothing.",
    remedy: "Name a type of the schema and assign at least one property.",
  },
  T11: {
    meaning: "A mutation names a property that the type lacks, or compares a blob.",
    remedy: "Name a property of the type that is no blob.",
  },
  T12: {
    meaning: "An insert leaves out a required property or an endpoint.",
    remedy: "Assign every required property without a default, and from and to of an edge.",
  },
  T13: { meaning: "A statement assigns one property twice.", remedy: "Keep one of the assignments." },
  T14: {
    meaning: "A parameter is used that the query does not declare.",
    remedy: "Declare it between the query's parentheses.",
  },
  T15: {
    meaning: "The bounds of a traversal, or the use or arguments of nearest, are wrong.",
    remedy:
      "Give bounds {min,max} with 1 <= min <= max, or {min,*} for any number of hops, and nearest a vector property and a vector of its length or a string, in return or order.",
  },
  T16: {
    meaning: "An update sets the id or an end of an edge.",
    remedy: "Delete the edge and insert it anew.",
  },
  T17: { meaning: "An order by nearest has no limit.", remedy: "Add a limit." },
  T18: {
    meaning: "An alias is an order key together with nearest.",
    remedy: "Order by nearest alone, or by the expression behind the alias.",
  },
  T19: {
    meaning: "The arguments of search or fuzzy are wrong.",
    remedy: "Give a String property, a string and, for fuzzy, the number of edits.",
  },
  T20: {
    meaning: "The use or the arguments of match_text or bm25 are wrong.",
    remedy: "Give a String property and a string; bm25 ranks in return or order.",
  },
  T21: {
    meaning: "The use or the arguments of rrf are wrong, or a limit is missing.",
    remedy: "Order by rrf of two rankings (nearest or bm25) and optionally k >= 1, and add a limit.",
  },
  T22: {
    meaning: "An edge between two different types is traversed in either direction.",
    remedy: "Leave out the angle brackets: the types decide the direction.",
  },
  T23: {
    meaning:
      "An edge binding is misused: with bounds, with a choice of edges, for a name that is bound already, as a node, or as a whole value.",
    remedy: "Bind the edge of one hop to a name of its own and use its properties.",
  },
  T24: {
    meaning: "A blob is used as a value.",
    remedy:
      "Return other properties: queries do not read blobs; `blob get` does, and `export` writes them out whole.",
  },
  T41: {
    meaning: "A part of a condition is neither true nor false, or what can never be null is tested for it.",
    remedy: "Compare it, as `$x.p = 3`, or name a Bool.",
  },
  "Q-DUPLICATE-QUERY": { meaning: "Two queries of one source share a name.", remedy: "Rename one of them." },
  "Q-DUPLICATE-PARAMETER": {
    meaning: "A parameter is declared twice.",
    remedy: "Keep one of the declarations.",
  },
  "Q-DUPLICATE-ANNOTATION": { meaning: "An annotation is given twice.", remedy: "Keep one of them." },
  "Q-DUPLICATE-COLUMN": {
    meaning: "Two returned columns share a name.",
    remedy: "Give one of them another name with `as`.",
  },
  "Q-ORDER-UNKNOWN": {
    meaning: "An order key is a name that no returned column has as its alias.",
    remedy: "Order by a property, `$x.p`, or by a name that return gives with `as`.",
  },
  "Q-PATH": {
    meaning:
      "The name of a path is misused: of edges between nodes of two types, beside an edge binding, bound already, as a node or as a value; or `length` or `nodes` is applied to something else.",
    remedy:
      "Name the path of a traversal between nodes of one type, `$a edge{1,3} as $p $b`, and ask for `length($p)` or `nodes($p)`.",
  },
  "Q-NAME-TAKEN": {
    meaning: "A variable has the name of a parameter, or a parameter the name of the anonymous variable.",
    remedy: "Choose another name: parameters and variables share one name space.",
  },
  "Q-REBOUND": {
    meaning: "A variable is bound to two different types.",
    remedy: "Use two variables.",
  },
  "Q-OPTIONAL": {
    meaning: "An optional block stands within another block.",
    remedy: "Put it into match itself, behind the block around it.",
  },
  "Q-UPSERT": {
    meaning: "An upsert is of a type without a key, by which it would find what is there.",
    remedy: "Insert it, or update it by its id; in a schema `@key(…)` gives a type a key.",
  },
  "Q-FUNCTION": {
    meaning: "A function is given too few or too many values, or values that it does not take.",
    remedy: "Write `lower(text)`, `upper(text)`, `length(text or list)` or `coalesce(value, value, …)`.",
  },
  "Q-PATTERN": {
    meaning: "The right side of `matches` is no regular expression, or not the same one for all rows.",
    remedy: 'Give a regular expression in RE2 syntax as a literal or a parameter: `$x.p matches "^a.*z$"`.',
  },
  "Q-LIMIT": {
    meaning: "A limit or an offset is too large to count, or a parameter that is no whole number.",
    remedy: "Give a whole number below 2^53, or a parameter of an integer type.",
  },
  "Q-NO-PARAMETERS": {
    meaning: "A mutation declares no parameters (warning).",
    remedy: "Make what it writes a parameter, unless it is meant to be fixed.",
  },
  "Q-UNUSED-PARAMETER": {
    meaning: "A parameter is declared and used nowhere (warning).",
    remedy: "Take it out of the query's head, or use it.",
  },
  "Q-UNUSED-VARIABLE": {
    meaning:
      "A variable is bound and named nowhere else (warning): often a slip of the keyboard, since a second name joins nothing.",
    remedy: "Use it, or write `$_` (or a name that begins with `_`) where only its existence counts.",
  },
  "Q-CARTESIAN-PRODUCT": {
    meaning:
      "Parts of a pattern have nothing to do with each other, so the answer holds every pair of their matches (warning).",
    remedy: "Join them by an edge or a comparison, or ask two queries.",
  },
  L201: {
    meaning: "A nullable property of a type that the source updates is set by none of its updates (warning).",
    remedy: "Set the property in an update, or ignore the warning if it never changes.",
  },
} as const satisfies Readonly<Record<string, QueryCodeEntry>>;

export type QueryCode = keyof typeof QUERY_CODES;
