import type { ValueType } from "../../types/value-types.ts";
import type { IntegerNode, LiteralNode, NameNode } from "../../text/literal-tree.ts";
import type { Span } from "../../text/source.ts";
import type { FunctionName } from "../../types/functions.ts";

/** `$name`; `text` is without the sigil, `_` is the anonymous variable. */
export interface VariableNode {
  readonly kind: "variable";
  readonly text: string;
  readonly span: Span;
}

interface NowNode {
  readonly kind: "now";
  readonly span: Span;
}

/** A value that is not made of others: a literal, a parameter or `now()`. */
export type ValueNode = LiteralNode | VariableNode | NowNode;

export interface CallNode {
  readonly kind: "call";
  readonly function: FunctionName;
  /** `distinct` before the arguments. */
  readonly distinct: boolean;
  readonly arguments: readonly ExprNode[];
  /** `count { … }`: what an aggregate is of, where that is not the rows of the query. */
  readonly block: readonly ClauseNode[] | null;
  readonly span: Span;
}

/** `$x.property` or `$x.@id`. */
export interface PropertyNode {
  readonly kind: "property";
  readonly variable: VariableNode;
  /** The name of a property, or that of a system field with its `@`. */
  readonly property: NameNode;
  readonly span: Span;
}

/** A bare name: the alias of a returned column. */
export interface AliasNode {
  readonly kind: "alias";
  readonly text: string;
  readonly span: Span;
}

export const ARITHMETIC = ["+", "-", "*", "/"] as const;

export type ArithmeticOperator = (typeof ARITHMETIC)[number];

/** `$x.p * 2`; operators of one rank go from left to right. */
interface BinaryNode {
  readonly kind: "binary";
  readonly operator: ArithmeticOperator;
  readonly left: ExprNode;
  readonly right: ExprNode;
  readonly span: Span;
}

/** `-$x.p`; a sign before a number is a part of the number. */
interface NegativeNode {
  readonly kind: "negative";
  readonly operand: ExprNode;
  readonly span: Span;
}

/** Whether a condition holds, as a returned value or an order key: `$x.p > 30`. */
interface OutcomeNode {
  readonly kind: "outcome";
  readonly condition: PredicateNode;
  readonly span: Span;
}

/** A value made of others. */
export type ExprNode = ValueNode | PropertyNode | AliasNode | CallNode | BinaryNode | NegativeNode;

/** What is returned, or ordered by. */
export type ResultNode = ExprNode | OutcomeNode;

export const OPERATORS = [
  "=",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "contains",
  "starts_with",
  "ends_with",
  "matches",
  "in",
] as const;

/** A comparison as written; `contains` means membership or substring by its operands, `in` is membership with its operands the other way round. */
export type OperatorText = (typeof OPERATORS)[number];

/** `null`, which only assignments take. */
interface NullNode {
  readonly kind: "null";
  readonly span: Span;
}

/** `prop: value`, in a binding's braces, and in assignments. */
export interface EntryNode {
  readonly kind: "entry";
  readonly name: NameNode;
  readonly value: ExprNode | NullNode;
  readonly span: Span;
}

/** `$x: Type { prop: value }` */
export interface BindingNode {
  readonly kind: "binding";
  readonly variable: VariableNode;
  readonly type: NameNode;
  readonly entries: readonly EntryNode[];
  readonly span: Span;
}

/** `{min,max}`, or `{min,*}` for any number of hops; a missing max is refused by the type rules. */
export interface HopsNode {
  readonly kind: "hops";
  readonly min: IntegerNode;
  readonly max: IntegerNode | "*" | null;
  readonly span: Span;
}

export interface EdgeNameNode extends NameNode {
  /** `"edge"`: surely an edge, also where an operator has that name. */
  readonly quoted: boolean;
}

/** What a traversal follows: edges of one type, `(a | b)` of any of several, or `*` of all types that fit its ends. */
export type EdgesNode =
  | { readonly kind: "named"; readonly names: readonly EdgeNameNode[]; readonly span: Span }
  | { readonly kind: "any"; readonly span: Span };

/** `$a $w:<edge>{min,max} as $p $b`. `$a contains $b` is parsed as one too; the type rules tell whether there is such an edge. */
export interface TraversalNode {
  readonly kind: "traversal";
  readonly from: VariableNode;
  readonly edgeVariable: VariableNode | null;
  readonly edges: EdgesNode;
  readonly undirected: boolean;
  readonly hops: HopsNode | null;
  readonly path: VariableNode | null;
  readonly to: VariableNode;
  readonly span: Span;
}

export interface FilterNode {
  readonly kind: "filter";
  readonly left: ExprNode;
  readonly operator: OperatorText;
  readonly right: ExprNode;
  readonly span: Span;
}

/** `$x.p is null`, `$x.p is not null` */
export interface NullTestNode<Operand> {
  readonly kind: "null_test";
  readonly operand: Operand;
  readonly negated: boolean;
  readonly span: Span;
}

/** A Bool as a part of a condition: `$x.active` in `$x.active or $x.age > 3`. */
export interface TruthNode<Operand> {
  readonly kind: "truth";
  readonly operand: Operand;
  readonly span: Span;
}

/** Conditions joined by `and` or by `or`; there are at least two. */
export interface LogicNode<Leaf> {
  readonly kind: "and" | "or";
  readonly parts: readonly Logical<Leaf>[];
  readonly span: Span;
}

/** `not` before a condition. */
export interface NegationNode<Leaf> {
  readonly kind: "negation";
  readonly operand: Logical<Leaf>;
  readonly span: Span;
}

/** A condition, or several that are joined. */
export type Logical<Leaf> = Leaf | LogicNode<Leaf> | NegationNode<Leaf>;

/** A condition that is not made of others. */
export type SimpleNode = FilterNode | NullTestNode<ExprNode> | TruthNode<ExprNode> | ExistenceNode;

export type PredicateNode = Logical<SimpleNode>;

/** A text search as a predicate. */
interface TextNode {
  readonly kind: "text";
  readonly call: CallNode;
  readonly span: Span;
}

/** A block of clauses behind a keyword. */
interface BlockNode<Keyword> {
  readonly kind: "nested";
  readonly keyword: Keyword;
  readonly clauses: readonly ClauseNode[];
  readonly span: Span;
}

/** `not { … }`, `exists { … }` or `not exists { … }`: a clause, or a part of a condition. */
export type ExistenceNode = BlockNode<"not" | "exists" | "not exists">;

/** `optional { … }` */
export type OptionalNode = BlockNode<"optional">;

export type NestedNode = ExistenceNode | OptionalNode;

export type ClauseNode = BindingNode | TraversalNode | PredicateNode | TextNode | OptionalNode;

export interface ColumnNode {
  readonly kind: "column";
  readonly expr: ResultNode;
  readonly alias: NameNode | null;
  readonly span: Span;
}

export interface OrderNode {
  readonly kind: "order";
  readonly expr: ResultNode;
  /** As written; null when left out, which means ascending. */
  readonly direction: "asc" | "desc" | null;
  readonly span: Span;
}

/** How many rows: written out, or a parameter that is given it. */
export type RowCountNode = IntegerNode | VariableNode;

export interface ReadNode {
  readonly kind: "read";
  readonly clauses: readonly ClauseNode[];
  readonly columns: readonly ColumnNode[];
  /** `return distinct { … }` */
  readonly distinct: boolean;
  /** Conditions on groups; all of them hold. */
  readonly having: readonly PredicateNode[];
  readonly order: readonly OrderNode[];
  readonly limit: RowCountNode | null;
  readonly offset: RowCountNode | null;
  readonly span: Span;
}

/** `prop op value` in a `where`; the name may be that of a system field with its `@`. */
export interface FieldConditionNode {
  readonly kind: "condition";
  readonly name: NameNode;
  readonly operator: OperatorText;
  readonly value: ExprNode;
  readonly span: Span;
}

/** A condition of a `where` that is not made of others. */
export type SimpleConditionNode = FieldConditionNode | NullTestNode<NameNode> | TruthNode<NameNode>;

export type ConditionNode = Logical<SimpleConditionNode>;

export interface WhereNode {
  readonly kind: "where";
  readonly condition: ConditionNode;
  readonly span: Span;
}

export interface InsertNode {
  /** An `upsert` keeps what is there and is not assigned. */
  readonly kind: "insert" | "upsert";
  readonly type: NameNode;
  readonly entries: readonly EntryNode[];
  readonly span: Span;
}

export interface UpdateNode {
  readonly kind: "update";
  readonly type: NameNode;
  readonly entries: readonly EntryNode[];
  readonly where: WhereNode;
  readonly span: Span;
}

export interface DeleteNode {
  readonly kind: "delete";
  readonly type: NameNode;
  readonly where: WhereNode;
  readonly span: Span;
}

export type StatementNode = InsertNode | UpdateNode | DeleteNode;

export interface MutationNode {
  readonly kind: "mutation";
  readonly statements: readonly StatementNode[];
  readonly span: Span;
}

export interface ParameterNode {
  readonly kind: "parameter";
  readonly name: VariableNode;
  readonly type: ValueType;
  readonly span: Span;
}

/** `@description("…")` or `@instruction("…")` of a query. */
export interface QueryAnnotationNode {
  readonly kind: "annotation";
  readonly name: "description" | "instruction";
  readonly text: string;
  readonly span: Span;
}

export interface QueryNode {
  readonly kind: "query";
  /** A body alone, without `query name() { … }` around it. */
  readonly bare: boolean;
  /** The name; for a bare query `query` or `mutation`, with the span of its first keyword. */
  readonly name: NameNode;
  readonly parameters: readonly ParameterNode[];
  readonly annotations: readonly QueryAnnotationNode[];
  readonly body: ReadNode | MutationNode;
  readonly span: Span;
}

export interface QueryFileNode {
  readonly kind: "file";
  readonly queries: readonly QueryNode[];
  readonly span: Span;
}
