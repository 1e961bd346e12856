import { scalarType } from "../../types/expr-types.ts";
import type { PathFunction } from "../../types/functions.ts";
import type { Expr } from "../ir/typed-query.ts";
import type { CallNode, TraversalNode } from "../syntax/tree.ts";
import { ANONYMOUS, type Binding, type QueryContext, type Scope } from "./scope.ts";
import type { Site } from "./site.ts";

const PARTS = {
  length: scalarType("I64"),
  nodes: { ...scalarType("String"), list: true },
} as const;

/** The variable of `as $p`, which names the path of a traversal; null where there is none, or after an error. */
export function declarePath(
  context: QueryContext,
  { path, edgeVariable }: TraversalNode,
  scope: Scope,
  optional: boolean,
): Binding | null {
  if (path === null) return null;
  const problem =
    edgeVariable !== null
      ? "an edge that is bound has no path beside it"
      : path.text === ANONYMOUS
        ? "a path that has no name cannot be asked for"
        : scope.find(path.text) !== undefined
          ? `\`$${path.text}\` is bound already and cannot name a path`
          : null;
  if (problem === null) return context.bind(scope, path, "path", optional);
  context.error("Q-PATH", path.span, problem);
  return null;
}

/** `length($p)` or `nodes($p)`; null after errors. */
export function typePathCall({ context, scope }: Site, node: CallNode, part: PathFunction): Expr | null {
  const [argument, ...more] = node.arguments;
  const binding = argument?.kind === "variable" ? scope.find(argument.text) : undefined;
  if (binding?.kind !== "path" || more.length > 0) {
    context.error("Q-PATH", (argument ?? node).span, `\`${part}\` takes one path`);
    return null;
  }
  if (part === "nodes") binding.traced = true;
  const type = { ...PARTS[part], nullable: binding.optional };
  return { kind: "path", variable: binding.index, part, type };
}
