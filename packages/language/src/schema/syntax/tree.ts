import type { LiteralNode, NameNode, ScalarLiteralNode } from "../../text/literal-tree.ts";
import type { Span } from "../../text/source.ts";

/** A number of a bound: signed, exact. */
export type NumberNode = Extract<ScalarLiteralNode, { kind: "integer" | "float" }>;

/** The type of a property as written; `scalar` and `item` may name types that do not exist. */
export type TypeNode =
  | { readonly kind: "scalar"; readonly name: NameNode; readonly nullable: boolean; readonly span: Span }
  | { readonly kind: "list"; readonly item: TypeNode; readonly nullable: boolean; readonly span: Span }
  | {
      readonly kind: "enum";
      readonly values: readonly NameNode[];
      readonly nullable: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: "vector";
      readonly dimension: Extract<NumberNode, { kind: "integer" }>;
      readonly nullable: boolean;
      readonly span: Span;
    };

/** An argument of an annotation: a literal, or a bare name. */
export type ArgumentNode =
  | LiteralNode
  | { readonly kind: "name"; readonly text: string; readonly span: Span };

interface NamedArgumentNode {
  readonly kind: "named";
  readonly name: NameNode;
  readonly value: ArgumentNode;
  readonly span: Span;
}

/** `@name(value, name = value, …)`; value null without parentheses. */
export interface AnnotationNode {
  readonly kind: "annotation";
  readonly name: NameNode;
  readonly value: ArgumentNode | null;
  readonly named: readonly NamedArgumentNode[];
  readonly span: Span;
}

export interface PropertyNode {
  readonly kind: "property";
  readonly name: NameNode;
  readonly type: TypeNode;
  readonly annotations: readonly AnnotationNode[];
  readonly span: Span;
}

/** A constraint of a body. */
export type ConstraintNode =
  | {
      readonly kind: "key" | "unique" | "index";
      /** Names of properties; of an end of an edge with its `@`, if it has one. */
      readonly members: readonly NameNode[];
      readonly span: Span;
    }
  | {
      readonly kind: "range";
      readonly property: NameNode;
      readonly min: NumberNode | null;
      readonly max: NumberNode | null;
      readonly span: Span;
    }
  | {
      readonly kind: "check";
      readonly property: NameNode;
      readonly pattern: Extract<LiteralNode, { kind: "string" }>;
      readonly span: Span;
    };

export type MemberNode = PropertyNode | ConstraintNode;

/** `{ … }`: `open` and `close` are the places of the braces. */
export interface BodyNode<Member> {
  readonly kind: "body";
  readonly open: Span;
  readonly members: readonly Member[];
  readonly close: Span;
  readonly span: Span;
}

export interface InterfaceNode {
  readonly kind: "interface";
  readonly name: NameNode;
  readonly body: BodyNode<PropertyNode>;
  readonly span: Span;
}

export interface NodeTypeNode {
  readonly kind: "node";
  readonly name: NameNode;
  readonly annotations: readonly AnnotationNode[];
  readonly implements: readonly NameNode[];
  readonly body: BodyNode<MemberNode>;
  readonly span: Span;
}

/** `@card(min..max)`; max null when open. */
export interface CardinalityNode {
  readonly kind: "card";
  readonly min: Extract<NumberNode, { kind: "integer" }>;
  readonly max: Extract<NumberNode, { kind: "integer" }> | null;
  readonly span: Span;
}

export interface EdgeTypeNode {
  readonly kind: "edge";
  readonly name: NameNode;
  readonly from: NameNode;
  readonly to: NameNode;
  readonly cardinalities: readonly CardinalityNode[];
  readonly annotations: readonly AnnotationNode[];
  readonly body: BodyNode<MemberNode> | null;
  readonly span: Span;
}

export type DeclarationNode = InterfaceNode | NodeTypeNode | EdgeTypeNode;

export interface SchemaFileNode {
  readonly kind: "file";
  readonly declarations: readonly DeclarationNode[];
  readonly span: Span;
}
