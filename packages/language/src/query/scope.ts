import type { Catalog, EntityType, NodeType } from "../schema/catalog.ts";
import type { Parameter, Variable } from "./ir.ts";
import { Problems } from "./problems.ts";
import { didYouMean } from "./suggest.ts";
import type { QueryNode, VariableNode } from "./syntax.ts";

/** The name under which every occurrence is a variable of its own. */
export const ANONYMOUS = "_";

/** A variable while its block is being typed. A null type is one that an error left open: uses of it are not judged. */
export interface Binding {
  readonly kind: "node" | "edge";
  readonly index: number;
  readonly name: string | null;
  readonly depth: number;
  type: EntityType | null;
}

/** The names that a block sees: its own and those of the blocks around it. */
export class Scope {
  readonly parent: Scope | null;
  readonly depth: number;
  private readonly own = new Map<string, Binding>();

  constructor(parent: Scope | null) {
    this.parent = parent;
    this.depth = parent === null ? 0 : parent.depth + 1;
  }

  find(name: string): Binding | undefined {
    return this.own.get(name) ?? this.parent?.find(name);
  }

  /** Whether the name is bound here or further out. */
  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  set(name: string, binding: Binding): void {
    this.own.set(name, binding);
  }

  names(): readonly string[] {
    return [...(this.parent?.names() ?? []), ...this.own.keys()];
  }
}

/** What the typing of one query shares. */
export class QueryContext {
  readonly catalog: Catalog;
  readonly problems: Problems = new Problems();
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly bindings: Binding[] = [];

  constructor(catalog: Catalog, query: QueryNode) {
    this.catalog = catalog;
    this.parameters = this.declareParameters(query);
  }

  /** Gives a new variable its index: variables are counted in the order of their blocks and first mention. */
  bind(scope: Scope, node: VariableNode, kind: "node" | "edge"): Binding {
    const anonymous = node.text === ANONYMOUS;
    const index = this.bindings.length;
    const binding: Binding = {
      kind,
      index,
      name: anonymous ? null : node.text,
      depth: scope.depth,
      type: null,
    };
    this.bindings.push(binding);
    if (!anonymous) scope.set(node.text, binding);
    if (this.parameters.has(node.text)) {
      this.problems.add("Q-NAME-TAKEN", node.span, `\`$${node.text}\` is a parameter and cannot be bound in match`);
    }
    return binding;
  }

  /** The variables, when every one of them found its type. */
  variables(): readonly Variable[] | null {
    const variables: Variable[] = [];
    for (const { index, name, type, depth } of this.bindings) {
      if (type === null) return null;
      variables.push({ index, name, type, depth });
    }
    return variables;
  }

  /** A node type by name; null (T1 or T10 is the caller's) with a remedy when there is none. */
  nodeType(name: string): NodeType | null {
    return this.catalog.nodes.get(name) ?? null;
  }

  private declareParameters(query: QueryNode): ReadonlyMap<string, Parameter> {
    const declared = new Map<string, Parameter>();
    for (const { name, type } of query.parameters) {
      if (name.text === ANONYMOUS) {
        this.problems.add("Q-NAME-TAKEN", name.span, "a parameter cannot be called `$_`, the anonymous variable");
      } else if (declared.has(name.text)) {
        this.problems.add("Q-DUPLICATE-PARAMETER", name.span, `the parameter \`$${name.text}\` is declared twice`);
      } else {
        declared.set(name.text, { name: name.text, type });
      }
    }
    return declared;
  }
}

/** The parameter that a value names, or null after reporting T14. */
export function useParameter(context: QueryContext, node: VariableNode, scope: Scope | null): Parameter | null {
  const parameter = context.parameters.get(node.text);
  if (parameter !== undefined) return parameter;
  if (scope?.has(node.text) === true) {
    const message = `\`$${node.text}\` is a variable; a parameter or a literal is needed here`;
    context.problems.add("T14", node.span, message, "Compare with a variable's property in a filter of its own.");
  } else {
    const names = [...context.parameters.keys()].map((name) => `$${name}`);
    const remedy = didYouMean(`$${node.text}`, names, "declared parameter");
    context.problems.add("T14", node.span, `the parameter \`$${node.text}\` is not declared`, remedy);
  }
  return null;
}
