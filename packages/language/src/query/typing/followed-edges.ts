import type { EdgeType } from "../../schema/catalog/catalog.ts";
import type { FollowedEdge } from "../ir/typed-query.ts";
import type { EdgeNameNode, TraversalNode } from "../syntax/tree.ts";
import type { Binding, QueryContext } from "./scope.ts";

/** The types whose edges a traversal follows; they join nodes of the same two types. */
export type EdgeTypes = readonly [EdgeType, ...EdgeType[]];

/** The edge types that a traversal names, each once; `any` for `*`. Null after errors. */
export function findEdges(context: QueryContext, { edges }: TraversalNode): EdgeTypes | "any" | null {
  if (edges.kind === "any") return "any";
  const found = edges.names.map((name) => findEdge(context, name));
  const known = [...new Set(found)].filter((edge) => edge !== null);
  const [first, ...others] = known;
  if (first === undefined || found.includes(null)) return null;
  const stray = others.find((edge) => !joinAlike(first, edge));
  if (stray === undefined) return [first, ...others];
  const message = `the edges of a choice join the same two types: ${joins(first)}, but ${joins(stray)}`;
  context.error(
    "T5",
    edges.names[found.indexOf(stray)]?.span ?? edges.span,
    message,
    "Leave it out, or ask twice.",
  );
  return null;
}

/** The edge types, in any direction, that fit the declared ends of `*`. Null after errors, or where an earlier error left a type open. */
export function fittingEdges(
  context: QueryContext,
  { edges }: TraversalNode,
  left: Binding,
  right: Binding,
): EdgeTypes | null {
  const open = [left, right].filter(({ type }) => type === null);
  if (left.type === null || right.type === null) {
    if (open.some(({ broken }) => broken)) return null;
    const names = open.map(({ name }) => (name === null ? "the anonymous one" : `\`$${name}\``));
    const message = `\`*\` follows the edges that fit both of its ends, and nothing gives ${names.join(" and ")} a type`;
    context.error("T5", edges.span, message, `Declare both ends: \`$${open[0]?.name ?? "x"}: Type\`.`);
    return null;
  }
  const { type: from } = left;
  const { type: to } = right;
  const [first, ...others] = [...context.catalog.edges.values()].filter(
    (edge) => (edge.from === from && edge.to === to) || (edge.from === to && edge.to === from),
  );
  if (first !== undefined) return [first, ...others];
  if (from.kind === "node" && to.kind === "node")
    context.error("T5", edges.span, `the schema has no edge between ${from.name} and ${to.name}`);
  return null;
}

/** The types with the way in which their edges run, as the first of them does or against it. */
export function alongFirst([first, ...others]: EdgeTypes): readonly [FollowedEdge, ...FollowedEdge[]] {
  const followed = (edge: EdgeType): FollowedEdge => ({ edge, reversed: edge.from !== first.from });
  return [followed(first), ...others.map(followed)];
}

/** The edge type of a name, in any letter case; null after T4. */
function findEdge(context: QueryContext, { text, span }: EdgeNameNode): EdgeType | null {
  const found = context.catalog.edgeByLowerName.get(text.toLowerCase());
  if (found !== undefined) return found;
  const remedy = context.suggest(text, traversedNames(context), "edge type");
  context.error("T4", span, `the schema has no edge type \`${text}\``, remedy);
  return null;
}

/** The names under which edges are usually traversed: `WorksAt` as `worksAt`. */
function* traversedNames({ catalog }: QueryContext): Generator<string> {
  for (const name of catalog.edges.keys()) yield name.slice(0, 1).toLowerCase() + name.slice(1);
}

function joinAlike(a: EdgeType, b: EdgeType): boolean {
  return (a.from === b.from && a.to === b.to) || (a.from === b.to && a.to === b.from);
}

function joins({ name, from, to }: EdgeType): string {
  return `${name} joins ${from.name} to ${to.name}`;
}
