/** What a grammar expected at the place of a syntax error. */
type Expectation =
  | { readonly type: "literal"; readonly text: string }
  | { readonly type: "other"; readonly description: string }
  | { readonly type: "class" }
  | { readonly type: "any" }
  | { readonly type: "end" };

/** The error that a generated parser throws for a syntax error. */
export interface ParserError extends Error {
  readonly expected: readonly Expectation[] | null;
  readonly found: string | null;
  readonly location: {
    readonly start: { readonly offset: number };
    readonly end: { readonly offset: number };
  };
}

/** A parser generated from a grammar by `scripts/generate-parsers.mjs`. */
export interface Parser<Tree> {
  /** The tree of a text of the language; throws an instance of `SyntaxError`. */
  parse(text: string): Tree;
  readonly SyntaxError: new (...args: never[]) => ParserError;
}
