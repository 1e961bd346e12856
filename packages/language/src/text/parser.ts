/** What a grammar looked for at the place where it gave up. */
type Expectation =
  | { readonly type: "literal"; readonly text: string }
  | { readonly type: "other"; readonly description: string }
  | { readonly type: "class" }
  | { readonly type: "any" }
  | { readonly type: "end" };

/** What a generated parser throws for a text outside its language. */
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
