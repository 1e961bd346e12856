import { unreachable } from "@omnigraph/base";
import { aggregatedBy, isConstant, operandsOf, variablesIn } from "../ir/expressions.ts";
import { fieldName } from "../ir/fields.ts";
import type { Clause, ReadQuery, Variable, VariableIndex } from "../ir/typed-query.ts";

/**
 * Two variables of a pattern that no chain of clauses connects, so that the result is their Cartesian product; null where there are none. A variable
 * whose key is compared with constants has one match at most, so it does not count.
 */
export function findProduct(query: ReadQuery): readonly [VariableIndex, VariableIndex] | null {
  const { variables, clauses } = query;
  const own = variables.filter(({ depth }) => depth === 0);
  const certain = own.filter(({ optional }) => !optional);
  // What only an optional block joins is a product all the same.
  const isRequired = ({ kind }: Clause): boolean => kind !== "optional";
  return productAmong(query, certain, clauses.filter(isRequired)) ?? productAmong(query, own, clauses);
}

function productAmong(
  query: ReadQuery,
  variables: readonly Variable[],
  clauses: readonly Clause[],
): readonly [VariableIndex, VariableIndex] | null {
  const outer = new Set(variables.map(({ index }) => index));
  const groups = new Groups();
  for (const clause of clauses)
    for (const joined of joinedBy(clause)) groups.join([...joined].filter((index) => outer.has(index)));
  const single = pinned(query);
  const first = new Map<VariableIndex, VariableIndex>();
  for (const index of outer) {
    const root = groups.root(index);
    if (!single.has(index) && !first.has(root)) first.set(root, index);
  }
  const [one, other] = first.values();
  return one === undefined || other === undefined ? null : [one, other];
}

/** Disjoint sets of variables (union-find). */
class Groups {
  readonly #parent = new Map<VariableIndex, VariableIndex>();

  root(index: VariableIndex): VariableIndex {
    let at = index;
    for (let next = this.#parent.get(at); next !== undefined; next = this.#parent.get(at)) {
      // Path halving keeps later walks short.
      const beyond = this.#parent.get(next);
      if (beyond !== undefined) this.#parent.set(at, beyond);
      at = next;
    }
    return at;
  }

  join([first, ...others]: readonly VariableIndex[]): void {
    if (first === undefined) return;
    for (const other of others) {
      const [a, b] = [this.root(first), this.root(other)];
      if (a !== b) this.#parent.set(b, a);
    }
  }
}

/** Each of the sets of variables that a clause joins: an optional block has several. */
function* joinedBy(clause: Clause): Generator<Iterable<VariableIndex>> {
  if (clause.kind === "optional") for (const nested of clause.clauses) yield variablesOf(nested);
  else yield variablesOf(clause);
}

function* variablesOf(clause: Clause): Generator<VariableIndex> {
  switch (clause.kind) {
    case "bind":
      yield clause.variable;
      break;
    case "traverse":
      yield clause.from;
      yield clause.to;
      if (clause.edgeVariable !== null) yield clause.edgeVariable;
      if (clause.path !== null) yield clause.path;
      break;
    case "filter":
    case "is_null":
    case "and":
    case "or":
      for (const operand of operandsOf(clause)) yield* variablesIn(operand);
      break;
    case "not":
    case "optional":
      for (const nested of clause.clauses) yield* variablesOf(nested);
      break;
    case "subquery":
      yield clause.variable;
      yield* aggregatedBy(clause);
      for (const nested of clause.clauses) yield* variablesOf(nested);
      break;
    default:
      unreachable(clause);
  }
}

/** The nodes whose id, or every part of the key, is compared with constants: one at most matches. And what has one value in each row. */
function pinned({ variables, clauses }: ReadQuery): ReadonlySet<VariableIndex> {
  const given = new Set<string>();
  for (const clause of clauses) {
    if (clause.kind !== "filter" || clause.operator !== "=") continue;
    for (const [side, other] of [
      [clause.left, clause.right],
      [clause.right, clause.left],
    ] as const) {
      if (!isConstant(other) || side.kind !== "field") continue;
      const { variable, field } = side;
      given.add(`${variable} ${field.kind === "property" ? field.property.id : fieldName(field)}`);
    }
  }
  const single = variables.filter(
    ({ index, type }) =>
      type.kind === "subquery" ||
      (type.kind === "node" &&
        (given.has(`${index} @id`) || type.key?.every(({ id }) => given.has(`${index} ${id}`)))),
  );
  return new Set(single.map(({ index }) => index));
}
