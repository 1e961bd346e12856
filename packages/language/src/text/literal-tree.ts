import type { Span } from "./source.ts";

/** A name as written. */
export interface NameNode {
  readonly text: string;
  readonly span: Span;
}

/** An integer as written, exact; below zero where a sign is written. */
export interface IntegerNode {
  readonly kind: "integer";
  readonly value: bigint;
  readonly span: Span;
}

/** Literals that hold no other literal. */
export type ScalarLiteralNode =
  | { readonly kind: "string"; readonly value: string; readonly span: Span }
  | IntegerNode
  | { readonly kind: "float"; readonly value: number; readonly span: Span }
  | { readonly kind: "boolean"; readonly value: boolean; readonly span: Span }
  /** `date("…")`: the text is judged by the type rules. */
  | { readonly kind: "date"; readonly text: string; readonly span: Span }
  | { readonly kind: "datetime"; readonly text: string; readonly span: Span };

interface ListNode {
  readonly kind: "list";
  readonly items: readonly LiteralNode[];
  readonly span: Span;
}

export type LiteralNode = ScalarLiteralNode | ListNode;
