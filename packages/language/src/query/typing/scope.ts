import { LIMITS } from "@omnigraph/base";
import type { Catalog, EntityType } from "../../schema/catalog/catalog.ts";
import type { ExprType } from "../../types/expr-types.ts";
import { formatType, type ValueType } from "../../types/value-types.ts";
import type { Finding } from "../../text/diagnostics.ts";
import type { Span } from "../../text/source.ts";
import { QUERY_CODES, type QueryCode } from "./codes.ts";
import type { Parameter, Variable } from "../ir/typed-query.ts";
import { closest, didYouMean, withArticle } from "../../text/suggest.ts";
import type { ParameterNode, QueryNode, VariableNode } from "../syntax/tree.ts";

/** The anonymous name: each occurrence is a variable of its own. */
export const ANONYMOUS = "_";

/** The variables at the ends of an edge. */
interface EdgeEnds {
  readonly src: number;
  readonly dst: number;
}

/** A variable while its block is being typed. Uses are not checked while its type is null. */
export interface Binding {
  readonly kind: "node" | "edge" | "path";
  readonly index: number;
  readonly name: string | null;
  readonly depth: number;
  /** Bound by an optional block. */
  readonly optional: boolean;
  /** Of a path: that of its nodes. */
  type: EntityType | null;
  /** Of a path: its nodes are asked for. */
  traced: boolean;
  /** Of an edge whose direction the pattern fixes: the variables of its source and its destination. */
  ends: EdgeEnds | null;
  /** The type is unknown because of an error, so nothing is concluded from the variable. */
  broken: boolean;
}

/** The value of a subquery, which has no name. */
interface SubqueryBinding {
  readonly kind: "subquery";
  readonly index: number;
  readonly depth: number;
  readonly type: ExprType;
}

/** The names in scope of a block: its own and those of the enclosing blocks. */
export class Scope {
  readonly parent: Scope | null;
  readonly depth: number;
  readonly #own = new Map<string, Binding>();

  constructor(parent: Scope | null) {
    this.parent = parent;
    this.depth = parent === null ? 0 : parent.depth + 1;
  }

  find(name: string): Binding | undefined {
    return this.#own.get(name) ?? this.parent?.find(name);
  }

  set(name: string, binding: Binding): void {
    this.#own.set(name, binding);
  }

  /** `$x.name` for a variable in scope that has such a property, else null. */
  property(name: string): string | null {
    for (const [variable, { type }] of this.#own) {
      if (type?.propertyByName.has(name) === true) return `$${variable}.${name}`;
    }
    return this.parent?.property(name) ?? null;
  }

  *names(): Generator<string> {
    if (this.parent !== null) yield* this.parent.names();
    yield* this.#own.keys();
  }
}

/** The context of typing one query: the catalog, parameters, variables and findings. */
export class QueryContext {
  readonly catalog: Catalog;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly findings: Finding[] = [];
  readonly #bindings: (Binding | SubqueryBinding)[] = [];
  readonly #node: QueryNode;

  constructor(catalog: Catalog, node: QueryNode) {
    this.catalog = catalog;
    this.#node = node;
    this.parameters = this.#declare(node.parameters);
  }

  /** Whether further findings will not be shown, so that their remedies need not be computed. */
  get isFull(): boolean {
    return this.findings.length >= LIMITS.diagnostics.value;
  }

  /** Reports an error, by default with the remedy of its code. */
  error(code: QueryCode, span: Span, message: string, remedy: string = QUERY_CODES[code].remedy): void {
    this.findings.push({ code, severity: "error", span, message, remedy });
  }

  /** Adds a variable. Indexes go from outer to inner blocks, and within a block by first mention. */
  bind(scope: Scope, node: VariableNode, kind: Binding["kind"], optional: boolean): Binding {
    const name = node.text === ANONYMOUS ? null : node.text;
    const binding: Binding = {
      kind,
      index: this.#bindings.length,
      name,
      depth: scope.depth,
      optional,
      type: null,
      traced: false,
      ends: null,
      broken: false,
    };
    this.#bindings.push(binding);
    if (name !== null) scope.set(name, binding);
    if (name !== null && this.parameters.has(name)) {
      this.error("Q-NAME-TAKEN", node.span, `\`$${name}\` is a parameter and cannot be bound in match`);
    }
    return binding;
  }

  /** Adds a variable for the value of a subquery; answers its index. */
  bindSubquery({ depth }: Scope, type: ExprType): number {
    const index = this.#bindings.length;
    this.#bindings.push({ kind: "subquery", index, depth, type });
    return index;
  }

  /** The variables, or null while one of them has no type. */
  variables(): readonly Variable[] | null {
    const variables: Variable[] = [];
    for (const binding of this.#bindings) {
      if (binding.kind === "subquery") {
        const { index, depth, kind, type: value } = binding;
        variables.push({ index, name: null, depth, optional: false, type: { kind, value } });
        continue;
      }
      const { index, name, kind, type, traced, depth, optional } = binding;
      if (type === null) return null;
      const isPath = kind === "path" && type.kind === "node";
      variables.push({ index, name, depth, optional, type: isPath ? { kind, nodes: type, traced } : type });
    }
    return variables;
  }

  /** The parameter of a node that must be one, or null after reporting T14. `type` is the expected type, where it is known. */
  useParameter(node: VariableNode, scope: Scope | null, type: ValueType | null): Parameter | null {
    const parameter = this.parameters.get(node.text);
    if (parameter !== undefined) return parameter;
    if (scope?.find(node.text) !== undefined) {
      const message = `\`$${node.text}\` is a variable where a parameter or a literal is needed`;
      this.error(
        "T14",
        node.span,
        message,
        "Compare with a property of the variable in a filter of its own.",
      );
    } else {
      const message = `the parameter \`$${node.text}\` is not declared`;
      this.error("T14", node.span, message, this.#suggestDeclared(node.text, type));
    }
    return null;
  }

  #suggestDeclared(name: string, type: ValueType | null): string {
    if (this.isFull) return "Declare it.";
    const meant = closest(name, this.parameters.keys());
    return meant === null ? `Declare it: ${this.#headWith(name, type)}.` : `Did you mean \`$${meant}\`?`;
  }

  /** The head of the query with the parameter declared; a bare query gets a head. */
  #headWith(name: string, type: ValueType | null): string {
    const { bare, name: query, parameters } = this.#node;
    const parameter = `$${name}: ${type === null ? "Type" : formatType(type)}`;
    if (bare) return `put \`query q(${parameter}) { … }\` around the text`;
    return `\`query ${query.text}(${parameters.length === 0 ? "" : "…, "}${parameter})\``;
  }

  /** A remedy that proposes names for an unknown one; empty where the finding will not be shown. */
  suggest(name: string, candidates: Iterable<string>, what: string): string {
    if (this.isFull) return `Name ${withArticle(what)} that exists.`;
    return didYouMean(name, [...candidates], what);
  }

  *#namesIn(scope: Scope): Generator<string> {
    yield* scope.names();
    yield* this.parameters.keys();
  }

  /** A remedy that proposes variables in scope and parameters for an unknown `$name`. */
  suggestVariable(name: string, scope: Scope): string {
    if (this.isFull) return "Bind it in match.";
    const meant = closest(name, this.#namesIn(scope));
    if (meant !== null) return `Did you mean \`$${meant}\`?`;
    return `Bind it in match, or declare it as a parameter: ${this.#headWith(name, null)}.`;
  }

  #declare(nodes: readonly ParameterNode[]): ReadonlyMap<string, Parameter> {
    const declared = new Map<string, Parameter>();
    for (const { name, type } of nodes) {
      if (name.text === ANONYMOUS) {
        this.error("Q-NAME-TAKEN", name.span, "a parameter cannot be called `$_`, the anonymous variable");
      } else if (declared.has(name.text)) {
        this.error("Q-DUPLICATE-PARAMETER", name.span, `the parameter \`$${name.text}\` is declared twice`);
      } else {
        declared.set(name.text, { name: name.text, type });
      }
    }
    return declared;
  }
}
