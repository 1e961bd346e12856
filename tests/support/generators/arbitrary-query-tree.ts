import fc from "fast-check";
import {
  ARITHMETIC,
  type ClauseNode,
  type ConditionNode,
  type EdgesNode,
  type EntryNode,
  type ExistenceNode,
  type ExprNode,
  OPERATORS,
  type PredicateNode,
  type QueryFileNode,
  type ResultNode,
  type StatementNode,
  type ValueNode,
} from "../../../packages/language/src/query/syntax/tree.ts";
import { AGGREGATES } from "../../../packages/language/src/types/aggregates.ts";
import { FUNCTION_NAMES } from "../../../packages/language/src/types/functions.ts";
import type { IntegerNode, LiteralNode } from "../../../packages/language/src/text/literal-tree.ts";
import { arbitraryType } from "./arbitrary-type.ts";

/** Spans of generated trees mean nothing. */
const span = { start: 0, end: 0 };

/** Names, keywords among them: none is reserved. */
const name = fc.oneof(
  fc.constantFrom(
    "match",
    "not",
    "return",
    "as",
    "order",
    "asc",
    "desc",
    "limit",
    "where",
    "and",
    "or",
    "is",
    "in",
    "set",
    "contains",
    "count",
    "now",
    "from",
  ),
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/),
);
const nameNode = name.map((text) => ({ text, span }));
/** A property, or a system field. */
const fieldName = fc.oneof(
  nameNode,
  fc.constantFrom("@id", "@src", "@dst", "@any").map((text) => ({ text, span })),
);
const typeName = fc.stringMatching(/^[A-Z][A-Za-z0-9_]{0,6}$/).map((text) => ({ text, span }));
const variable = name.map((text) => ({ kind: "variable" as const, text, span }));
const integerBetween = (min: bigint): fc.Arbitrary<IntegerNode> =>
  fc.bigInt({ min, max: 2n ** 64n }).map((value) => ({ kind: "integer" as const, value, span }));
/** Of a limit or a bound, which have no sign. */
const count = integerBetween(0n);
const operator = fc.constantFrom(...OPERATORS);

const scalarLiteral = fc.oneof(
  fc.string({ unit: "grapheme" }).map((value) => ({ kind: "string" as const, value, span })),
  fc
    .constantFrom('a"b', "\\", "a\nb\t\r", "// no comment", "/* nor this")
    .map((value) => ({ kind: "string" as const, value, span })),
  integerBetween(-(2n ** 64n)),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => ({ kind: "float" as const, value, span })),
  fc.boolean().map((value) => ({ kind: "boolean" as const, value, span })),
  fc.record({
    kind: fc.constantFrom("date" as const, "datetime" as const),
    text: fc.string(),
    span: fc.constant(span),
  }),
);

const { literal } = fc.letrec<{ literal: LiteralNode }>((tie) => ({
  literal: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    scalarLiteral,
    fc.array(tie("literal"), { maxLength: 3 }).map((items) => ({ kind: "list" as const, items, span })),
  ),
}));

/** What may have a block behind it. */
const AGGREGATE_NAMES = FUNCTION_NAMES.filter((one) => Object.hasOwn(AGGREGATES, one));

const now = fc.constant({ kind: "now" as const, span });
const value: fc.Arbitrary<ValueNode> = fc.oneof(literal, variable, now);

/** Words that a condition goes on with, where they stand after another one. */
const CONNECTIVES: readonly string[] = ["and", "or", "not", "is", ...OPERATORS];

const alias = (names: fc.Arbitrary<string>): fc.Arbitrary<Extract<ExprNode, { kind: "alias" }>> =>
  names
    .filter((text) => text !== "true" && text !== "false")
    .map((text) => ({ kind: "alias" as const, text, span }));

const { expr, call } = fc.letrec<{ expr: ExprNode; call: Extract<ExprNode, { kind: "call" }> }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    value,
    fc.record({
      kind: fc.constant("property" as const),
      variable,
      property: fieldName,
      span: fc.constant(span),
    }),
    alias(name.filter((text) => !CONNECTIVES.includes(text) && !["as", "asc", "desc"].includes(text))),
    tie("call"),
    fc.record({
      kind: fc.constant("binary" as const),
      operator: fc.constantFrom(...ARITHMETIC),
      left: tie("expr"),
      right: tie("expr"),
      span: fc.constant(span),
    }),
    // A sign before a number is a part of the number.
    tie("expr")
      .filter(({ kind }) => kind !== "integer" && kind !== "float")
      .map((operand) => ({ kind: "negative" as const, operand, span })),
  ),
  call: fc
    .record({
      kind: fc.constant("call" as const),
      function: fc.constantFrom(...FUNCTION_NAMES),
      distinct: fc.boolean(),
      arguments: fc.array(tie("expr"), { maxLength: 3 }),
      block: fc.constant(null),
      span: fc.constant(span),
    })
    .map((node) => ({ ...node, distinct: node.distinct && node.arguments.length > 0 })),
}));

const entry: fc.Arbitrary<EntryNode> = fc.record({
  kind: fc.constant("entry" as const),
  name: nameNode,
  value: fc.oneof(
    expr.filter((node) => node.kind !== "alias" || node.text !== "null"),
    fc.constant({ kind: "null" as const, span }),
  ),
  span: fc.constant(span),
});
const entries = fc.array(entry, { maxLength: 4 });

const hops = fc.record({
  kind: fc.constant("hops" as const),
  min: count,
  max: fc.oneof(fc.option(count), fc.constant("*" as const)),
  span: fc.constant(span),
});

const edges: fc.Arbitrary<EdgesNode> = fc.oneof(
  fc.constant({ kind: "any" as const, span }),
  fc.record({
    kind: fc.constant("named" as const),
    names: fc.array(fc.record({ text: name, quoted: fc.boolean(), span: fc.constant(span) }), {
      minLength: 1,
      maxLength: 3,
    }),
    span: fc.constant(span),
  }),
);

/** Conditions and clauses, which stand in each other. */
const { predicate, clause, blockCall } = fc.letrec<{
  predicate: PredicateNode;
  clause: ClauseNode;
  existence: ExistenceNode;
  blockCall: Extract<ExprNode, { kind: "call" }>;
}>((tie) => ({
  blockCall: fc
    .record({
      kind: fc.constant("call" as const),
      function: fc.constantFrom(...AGGREGATE_NAMES),
      distinct: fc.boolean(),
      arguments: fc.array(expr, { maxLength: 1 }),
      block: fc.array(tie("clause"), { minLength: 1, maxLength: 2 }),
      span: fc.constant(span),
    })
    .map((node) => ({ ...node, distinct: node.distinct && node.arguments.length > 0 })),
  existence: fc.record({
    kind: fc.constant("nested" as const),
    keyword: fc.constantFrom("not" as const, "exists" as const, "not exists" as const),
    clauses: fc.array(tie("clause"), { minLength: 1, maxLength: 2 }),
    span: fc.constant(span),
  }),
  predicate: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc
      .record({
        kind: fc.constant("filter" as const),
        left: expr,
        operator,
        right: expr,
        span: fc.constant(span),
      })
      // Two bare variables around a word are a traversal until the type rules have seen the edges.
      .filter(
        ({ left, operator: written, right }) =>
          left.kind !== "variable" || right.kind !== "variable" || !/^[a-z]/u.test(written),
      ),
    fc.record({
      kind: fc.constant("null_test" as const),
      operand: expr,
      negated: fc.boolean(),
      span: fc.constant(span),
    }),
    expr
      .filter(({ kind }) => kind === "property")
      .map((node) => ({ kind: "truth" as const, operand: node, span })),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      parts: fc.array(tie("predicate"), { minLength: 2, maxLength: 3 }),
      span: fc.constant(span),
    }),
    tie("predicate").map((node) => ({ kind: "negation" as const, operand: node, span })),
    tie("existence"),
    fc.record({
      kind: fc.constant("filter" as const),
      left: tie("blockCall"),
      operator,
      right: expr,
      span: fc.constant(span),
    }),
  ),

  clause: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({
      kind: fc.constant("binding" as const),
      variable,
      type: typeName,
      entries,
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("traversal" as const),
      from: variable,
      edgeVariable: fc.option(variable),
      edges,
      undirected: fc.boolean(),
      hops: fc.option(hops),
      path: fc.option(variable),
      to: variable,
      span: fc.constant(span),
    }),
    tie("predicate").filter(({ kind }) => kind !== "truth"),
    call
      .filter((node) => ["search", "fuzzy", "match_text"].includes(node.function))
      .map((node) => ({ kind: "text" as const, call: node, span })),
    fc.record({
      kind: fc.constant("nested" as const),
      keyword: fc.constant("optional" as const),
      clauses: fc.array(tie("clause"), { minLength: 1, maxLength: 3 }),
      span: fc.constant(span),
    }),
  ),
}));

const result: fc.Arbitrary<ResultNode> = fc.oneof(
  { weight: 3, arbitrary: expr },
  blockCall,
  alias(name),
  predicate
    .filter(({ kind }) => kind !== "truth")
    .map((node) => ({ kind: "outcome" as const, condition: node, span })),
);

const read = fc.record({
  kind: fc.constant("read" as const),
  clauses: fc.array(clause, { minLength: 1, maxLength: 4 }),
  columns: fc.array(
    fc.record({
      kind: fc.constant("column" as const),
      expr: result,
      alias: fc.option(nameNode),
      span: fc.constant(span),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  order: fc.array(
    fc.record({
      kind: fc.constant("order" as const),
      expr: result,
      direction: fc.constantFrom(null, "asc" as const, "desc" as const),
      span: fc.constant(span),
    }),
    { maxLength: 3 },
  ),
  distinct: fc.boolean(),
  having: fc.array(
    predicate.filter(({ kind }) => kind !== "truth"),
    { maxLength: 2 },
  ),
  limit: fc.option(fc.oneof(count, variable)),
  offset: fc.option(fc.oneof(count, variable)),
  span: fc.constant(span),
});

/** A property that a condition can be told from: these words may begin one. */
const conditionName = fieldName.filter(({ text }) => !CONNECTIVES.includes(text));

const { condition } = fc.letrec<{ condition: ConditionNode }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({
      kind: fc.constant("condition" as const),
      name: conditionName,
      operator,
      value: expr,
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("null_test" as const),
      operand: conditionName,
      negated: fc.boolean(),
      span: fc.constant(span),
    }),
    conditionName.map((operand) => ({ kind: "truth" as const, operand, span })),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      parts: fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
      span: fc.constant(span),
    }),
    tie("condition").map((operand) => ({ kind: "negation" as const, operand, span })),
  ),
}));

const where = fc.record({
  kind: fc.constant("where" as const),
  condition: condition.filter(({ kind }) => kind !== "truth"),
  span: fc.constant(span),
});
const statement: fc.Arbitrary<StatementNode> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("insert" as const, "upsert" as const),
    type: typeName,
    entries,
    span: fc.constant(span),
  }),
  fc.record({
    kind: fc.constant("update" as const),
    type: typeName,
    entries,
    where,
    span: fc.constant(span),
  }),
  fc.record({ kind: fc.constant("delete" as const), type: typeName, where, span: fc.constant(span) }),
);

const mutation = fc.record({
  kind: fc.constant("mutation" as const),
  statements: fc.array(statement, { minLength: 1, maxLength: 3 }),
  span: fc.constant(span),
});

const parameter = fc.record({
  kind: fc.constant("parameter" as const),
  name: variable,
  type: arbitraryType,
  span: fc.constant(span),
});
const annotation = fc.record({
  kind: fc.constant("annotation" as const),
  name: fc.constantFrom("description" as const, "instruction" as const),
  text: fc.string(),
  span: fc.constant(span),
});

const query = fc.record({
  kind: fc.constant("query" as const),
  bare: fc.constant(false),
  name: nameNode,
  parameters: fc.array(parameter, { maxLength: 4 }),
  annotations: fc.array(annotation, { maxLength: 2 }),
  body: fc.oneof(read, mutation),
  span: fc.constant(span),
});

/** A body without a head, which stands alone in its file. */
const bareQuery = fc.oneof(read, mutation).map((body) => ({
  kind: "query" as const,
  bare: true,
  name: { text: body.kind === "read" ? "query" : "mutation", span },
  parameters: [],
  annotations: [],
  body,
  span,
}));

/** Any tree that the grammar can build, whether it makes sense or not. */
export const arbitraryQueryTree: fc.Arbitrary<QueryFileNode> = fc
  .oneof({ weight: 3, arbitrary: fc.array(query, { maxLength: 3 }) }, fc.tuple(bareQuery))
  .map((queries) => ({ kind: "file" as const, queries, span }));
