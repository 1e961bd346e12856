import type { Finding } from "../../text/diagnostics.ts";
import type { Span } from "../../text/source.ts";
import { findProduct } from "./cartesian.ts";
import { QUERY_CODES, type QueryCode } from "../typing/codes.ts";
import type { TypedQuery } from "../ir/typed-query.ts";
import {
  blocksAfterMatch,
  blocksInAggregated,
  blocksOf,
  mentionsAfterMatch,
  mentionsInAggregated,
  mentionsInBody,
  mentionsOf,
  type NestedBlock,
  ownMentions,
} from "../syntax/mentions.ts";
import { ANONYMOUS } from "../typing/scope.ts";
import type { ClauseNode, QueryNode, ReadNode, VariableNode } from "../syntax/tree.ts";

/** What may make the answer of a query, right in every other way, another than was meant. */
export function queryWarnings(node: QueryNode, query: TypedQuery): readonly Finding[] {
  const unused = unusedParameters(node);
  if (node.body.kind !== "read" || query.kind !== "read") return unused;
  return [...unused, ...unusedVariables(node.body), ...products(node.body, query)];
}

/** What is amiss with a query that is kept to be run again: its warnings, and a mutation that writes the same each time. */
export function lintWarnings(node: QueryNode, query: TypedQuery): readonly Finding[] {
  const fixed = query.kind === "mutation" && !node.bare && query.parameters.length === 0;
  const amiss = queryWarnings(node, query);
  return fixed ? [...amiss, warning("Q-NO-PARAMETERS", node.name.span, FIXED)] : amiss;
}

const FIXED =
  "the mutation declares no parameters: everything that it writes is fixed, which is easily overlooked";

function warning(code: QueryCode, span: Span, message: string): Finding {
  return { code, severity: "warning", span, message, remedy: QUERY_CODES[code].remedy };
}

function unusedParameters(node: QueryNode): readonly Finding[] {
  const used = new Set<string>();
  for (const { text } of mentionsInBody(node)) used.add(text);
  return node.parameters
    .filter(({ name }) => !used.has(name.text))
    .map(({ name }) =>
      warning("Q-UNUSED-PARAMETER", name.span, `the parameter \`$${name.text}\` is used nowhere`),
    );
}

/** A variable of one block: where it is named first, and how often it is named. */
interface Use {
  readonly node: VariableNode;
  count: number;
}

/** The names of a block; a name that it does not bind belongs to an enclosing block. */
class Names {
  readonly uses = new Map<string, Use>();
  readonly #parent: Names | null;

  constructor(parent: Names | null) {
    this.#parent = parent;
  }

  find(name: string): Use | undefined {
    return this.uses.get(name) ?? this.#parent?.find(name);
  }

  count(node: VariableNode): void {
    const use = this.find(node.text);
    if (use !== undefined) use.count++;
  }
}

function unusedVariables(read: ReadNode): readonly Finding[] {
  const blocks: Names[] = [];
  const names = countBlock({ aggregated: [], clauses: read.clauses }, null, blocks);
  for (const node of mentionsAfterMatch(read)) names.count(node);
  for (const block of blocksAfterMatch(read)) countBlock(block, names, blocks);
  return blocks
    .flatMap(({ uses }) => [...uses.values()])
    .filter(({ count, node }) => count === 1 && !node.text.startsWith(ANONYMOUS))
    .map(({ node }) =>
      warning("Q-UNUSED-VARIABLE", node.span, `\`$${node.text}\` is bound and used nowhere else`),
    );
}

/** Counts how often each variable of a block is named, nested blocks included; all blocks are added to the list. */
function countBlock(block: NestedBlock, parent: Names | null, blocks: Names[]): Names {
  const names = new Names(parent);
  blocks.push(names);
  const own = [...clausesOfBlock(block.clauses)];
  for (const clause of own) {
    if (clause.kind !== "binding" && clause.kind !== "traversal") continue;
    for (const node of ownMentions(clause)) {
      if (names.find(node.text) === undefined) names.uses.set(node.text, { node, count: 0 });
    }
  }
  for (const clause of own) {
    for (const node of ownMentions(clause)) names.count(node);
    for (const nested of blocksOf(clause)) countBlock(nested, names, blocks);
  }
  for (const node of mentionsInAggregated(block)) names.count(node);
  for (const nested of blocksInAggregated(block)) countBlock(nested, names, blocks);
  return names;
}

/** The clauses of a block; those of an optional one are among them, as its names are. */
function* clausesOfBlock(clauses: readonly ClauseNode[]): Generator<ClauseNode> {
  for (const clause of clauses) {
    if (clause.kind === "nested" && clause.keyword === "optional") yield* clausesOfBlock(clause.clauses);
    else yield clause;
  }
}

function products(read: ReadNode, query: Extract<TypedQuery, { kind: "read" }>): readonly Finding[] {
  const product = findProduct(query);
  if (product === null) return [];
  const [before, apart] = product.map((index) => query.variables[index]?.name ?? ANONYMOUS);
  const place = firstMention(read, apart ?? ANONYMOUS) ?? read;
  const message = `nothing joins \`$${apart}\` to \`$${before}\`: each of the one comes with each of the other`;
  return [warning("Q-CARTESIAN-PRODUCT", place.span, message)];
}

function firstMention({ clauses }: ReadNode, name: string): VariableNode | undefined {
  for (const clause of clauses) {
    for (const node of mentionsOf(clause)) if (node.text === name) return node;
  }
  return undefined;
}
