import type { Expr, ReadQuery, VariableIndex } from "@omnigraph/language";
import type { Anchor, FilterClause, Link, Step, VertexSpec } from "./spec.ts";

/** Steps as indented lines, for tests and for explaining a plan. */
export function printSteps(query: ReadQuery, steps: readonly Step[]): string {
  const printer = new Printer(query);
  return printer.steps(steps, "").join("\n");
}

class Printer {
  readonly #query: ReadQuery;

  constructor(query: ReadQuery) {
    this.#query = query;
  }

  steps(steps: readonly Step[], indent: string): string[] {
    return steps.flatMap((step) => this.#step(step, indent));
  }

  #step(step: Step, indent: string): string[] {
    switch (step.kind) {
      case "guard":
        return [`${indent}guard ${this.#filter(step.filter)}`];
      case "filter":
        return [`${indent}filter ${this.#filter(step.filter)}`];
      case "bind": {
        const how = step.vertex.anchor === null ? "scan" : "look up";
        return [
          `${indent}${how} ${this.#named(step.vertex)}`,
          ...this.#conditions(step.vertex, `${indent}  `),
        ];
      }
      case "test":
        return [`${indent}test ${this.#named(step.vertex)}`, ...this.#conditions(step.vertex, `${indent}  `)];
      case "expand":
        return [
          `${indent}expand ${this.#link(step.link)}`,
          ...this.#hop(step.edge, step.vertex, `${indent}  `),
        ];
      case "close":
        return [`${indent}close ${this.#link(step.link)}`, ...this.#hop(step.edge, null, `${indent}  `)];
      case "factor":
        return [`${indent}times`, ...this.steps(step.steps, `${indent}  `)];
      case "anti-join":
        return [`${indent}without`, ...this.steps(step.steps, `${indent}  `)];
    }
  }

  #hop(edge: VertexSpec | null, vertex: VertexSpec | null, indent: string): string[] {
    return [edge, vertex].flatMap((spec) => (spec === null ? [] : this.#conditions(spec, indent)));
  }

  #conditions({ anchor, filters, loops, branches, negations }: VertexSpec, indent: string): string[] {
    return [
      ...(anchor === null ? [] : [`${indent}${printAnchor(anchor)}`]),
      ...filters.map((filter) => `${indent}where ${this.#filter(filter)}`),
      ...loops.map(({ edge }) => `${indent}where ${edge.name} leads to itself`),
      ...branches.flatMap(({ link, edge, vertex }) => [
        `${indent}count ${this.#link(link)}`,
        ...this.#hop(edge, vertex, `${indent}  `),
      ]),
      ...negations.flatMap((negation) => [`${indent}never`, ...this.#conditions(negation, `${indent}  `)]),
    ];
  }

  #named({ variable }: VertexSpec): string {
    return `${this.#name(variable.index)}: ${variable.type.name}`;
  }

  #name(index: VariableIndex): string {
    return `$${this.#query.variables[index]?.name ?? "_"}`;
  }

  #link({ traverse, heading, known, sought }: Link): string {
    const { edge, hops, edgeVariable } = traverse;
    const bound = edgeVariable === null ? "" : `${this.#name(edgeVariable)}:`;
    const range = hops.min === 1 && hops.max === 1 ? "" : `{${hops.min},${hops.max}}`;
    return `${this.#name(known)} ${bound}${edge.name}${range} ${heading} ${this.#name(sought)}`;
  }

  #filter({ left, operator, right }: FilterClause): string {
    return `${this.#expr(left)} ${operator} ${this.#expr(right)}`;
  }

  #expr(expr: Expr): string {
    if (expr.kind === "entity") return this.#name(expr.variable);
    if (expr.kind !== "field") return printConstant(expr);
    const field = expr.field.kind === "property" ? expr.field.property.name : `@${expr.field.kind}`;
    return `${this.#name(expr.variable)}.${field}`;
  }
}

function printAnchor(anchor: Anchor): string {
  if (anchor.kind === "id") return `id = ${printConstant(anchor.value)}`;
  return `key = ${anchor.values.map(printConstant).join(", ")}`;
}

function printConstant(expr: Exclude<Expr, { kind: "entity" | "field" }>): string {
  switch (expr.kind) {
    case "literal":
      return typeof expr.value === "string" ? JSON.stringify(expr.value) : String(expr.value);
    case "parameter":
      return `$${expr.name}`;
    case "now":
      return "now()";
    case "aggregate":
    case "search":
      return `${expr.function}(…)`;
  }
}
