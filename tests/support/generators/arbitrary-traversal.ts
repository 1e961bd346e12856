import type { Catalog, EdgeType, EntityType, NodeType } from "@omnigraph/language";
import fc from "fast-check";
import { chance, oneOf, type Pick } from "./arbitrary-values.ts";

/** A variable in scope. */
export interface Bound {
  readonly name: string;
  readonly type: EntityType;
  /** The names of paths that begin at it. */
  readonly paths: string[];
}

export function isNode(bound: Bound): bound is Bound & { readonly type: NodeType } {
  return bound.type.kind === "node";
}

/** Traversals of every form. */
export class TraversalBuilder {
  readonly #pick: Pick;
  readonly #catalog: Catalog;
  readonly #fresh: (prefix: string) => string;

  /** `fresh` gives names that are not taken. */
  constructor(pick: Pick, catalog: Catalog, fresh: (prefix: string) => string) {
    this.#pick = pick;
    this.#catalog = catalog;
    this.#fresh = fresh;
  }

  /** A traversal from a node in scope; null where no edge type begins or ends there. What it binds is in scope then. */
  build(scope: Bound[]): string | null {
    const pick = this.#pick;
    const start = oneOf(pick, scope.filter(isNode));
    const incident = [...this.#catalog.edges.values()].filter(
      ({ from, to }) => from === start.type || to === start.type,
    );
    if (incident.length === 0) return null;
    const edge = oneOf(pick, incident);
    const outwards = edge.from === start.type;
    const other = outwards ? edge.to : edge.from;
    const choice = this.#choice(edge);
    const end = this.#end(scope, other, choice !== "*");
    const [left, right] = chance(pick, 2) ? [`$${start.name}`, end] : [end, `$${start.name}`];
    const edges = choice ?? this.#edgeName(edge);
    const written = edge.from === edge.to && chance(pick, 3) ? `<${edges}>` : edges;
    const bounded = this.#bounded(scope, edge, written, choice !== null);
    const path =
      edge.from === edge.to && !bounded.startsWith("$") && chance(pick, 3) ? this.#path(start) : "";
    // The wildcard gives its ends no types.
    const declared = choice === "*" ? ` ${end}: ${other.name}` : "";
    return `${left} ${bounded}${path} ${right}${declared}`;
  }

  #path(start: Bound): string {
    const name = this.#fresh("w");
    start.paths.push(name);
    return ` as $${name}`;
  }

  /** Several edge types in place of one, or all that fit; null for one. */
  #choice(edge: EdgeType): string | null {
    const pick = this.#pick;
    if (!chance(pick, 3)) return null;
    if (chance(pick, 2)) return "*";
    const alike = [...this.#catalog.edges.values()].filter(
      ({ from, to }) => (from === edge.from && to === edge.to) || (from === edge.to && to === edge.from),
    );
    const chosen = Array.from({ length: 1 + pick(fc.nat, 2) }, () => this.#edgeName(oneOf(pick, alike)));
    return `(${[this.#edgeName(edge), ...chosen].join(" | ")})`;
  }

  #edgeName({ name }: EdgeType): string {
    return chance(this.#pick, 4) ? name : name.slice(0, 1).toLowerCase() + name.slice(1);
  }

  /** The other end: a variable in scope, the anonymous one or a new one. */
  #end(scope: Bound[], type: NodeType, mayBeAnonymous: boolean): string {
    const pick = this.#pick;
    const known = scope.filter((bound) => bound.type === type);
    if (known.length > 0 && chance(pick, 3)) return `$${oneOf(pick, known).name}`;
    if (mayBeAnonymous && chance(pick, 5)) return "$_";
    const name = this.#fresh("n");
    scope.push({ name, type, paths: [] });
    return `$${name}`;
  }

  #bounded(scope: Bound[], edge: EdgeType, written: string, isChoice: boolean): string {
    const pick = this.#pick;
    if (!isChoice && chance(pick, 3)) {
      const name = this.#fresh("w");
      scope.push({ name, type: edge, paths: [] });
      return `$${name}:${written}`;
    }
    if (edge.from !== edge.to || !chance(pick, 2)) return written;
    const min = 1 + pick(fc.nat, 1);
    // Far bounds are searched in another way than near ones.
    const max = oneOf(pick, ["*", min, min, min + 1, min + 1, min + 2, 40]);
    return `${written}{${min},${max}}`;
  }
}
