import type { Value, Values } from "@omnigraph/base";
import { AGGREGATED } from "./naive-aggregates.ts";
import { NaiveSearch } from "./naive-search.ts";
import {
  type Clause,
  type EntityType,
  type Expr,
  type Predicate,
  type ReadQuery,
  childrenOf,
} from "@omnigraph/language";
import { mentions, subqueryOf, traverseOf } from "./naive-clauses.ts";
import { isOverflow, mayOverflow } from "./naive-overflow.ts";
import { NaivePaths } from "./naive-paths.ts";
import { isOpen, readsIn } from "./naive-reads.ts";
import {
  beside,
  compare,
  compareNullFirst,
  computedValue,
  keyText,
  NaiveOverflow,
  outcomeValue,
  satisfies,
  truth,
  UncertainOverflow,
} from "./naive-values.ts";

/** An entity as a plain object. Values by property id. */
export interface NaiveEntity {
  readonly id: string;
  readonly type: EntityType;
  readonly src: string | null;
  readonly dst: string | null;
  readonly values: ReadonlyMap<string, Value>;
}

/** Entities by type name. */
export type NaiveGraphData = ReadonlyMap<string, readonly NaiveEntity[]>;

export interface NaiveAnswer {
  readonly rows: readonly (readonly Value[])[];
  /** All rows that the limit chose from. */
  readonly all: readonly (readonly Value[])[];
  /** Whether an order of evaluation may come to a number that leaves its range, which another one does not need. */
  readonly mayOverflow: boolean;
}

/** By variable: null where an optional block has bound nothing, undefined before it is bound. */
type Row = (NaiveEntity | null | undefined)[];
type Traverse = Extract<Clause, { kind: "traverse" }>;
type Aggregate = Extract<Expr, { kind: "aggregate" }>;

/** Answers reads by trying every assignment of entities to variables: the meaning of the language, and nothing else. */
export class NaiveReader {
  readonly #data: NaiveGraphData;
  readonly #query: ReadQuery;
  readonly #parameters: Values;
  readonly #nowMs: number;
  readonly #search: NaiveSearch;
  readonly #paths: NaivePaths;
  #mayOverflow = false;

  constructor(data: NaiveGraphData, query: ReadQuery, parameters: Values, nowMs: number) {
    this.#data = data;
    this.#query = query;
    this.#parameters = parameters;
    this.#nowMs = nowMs;
    this.#search = new NaiveSearch(data, parameters);
    this.#paths = new NaivePaths(data);
  }

  answer(): NaiveAnswer {
    this.#mayOverflow = mayOverflow(this.#query, this.#data, {
      valueOf: (expr, row) => this.#value(expr, row),
      reads: (expr, index) => readsIn(this.#query.clauses, expr, index),
    });
    const matches = this.#search.ranked(this.#query, this.#matches());
    const all = this.#query.grouped ? this.#grouped(matches) : this.#plain(matches);
    const start = this.#count(this.#query.offset) ?? 0;
    const end = start + (this.#count(this.#query.limit) ?? all.length);
    return { all, rows: all.slice(start, end), mayOverflow: this.#mayOverflow };
  }

  /** First what must hold, then each optional block, then what reads the variables of those. */
  #matches(): readonly Row[] {
    const { clauses, variables } = this.#query;
    const optional = variables.filter((variable) => variable.optional);
    const isLate = (clause: Clause): boolean => isOpen(clauses, clause, optional);
    const others = clauses.filter(({ kind }) => kind !== "optional");
    let rows = this.#extensions(
      others.filter((clause) => !isLate(clause)),
      [],
    );
    for (const clause of clauses) {
      if (clause.kind !== "optional") continue;
      const own = optional.filter((variable) => mentions(clause.clauses, variable));
      rows = rows.flatMap((row) => {
        const found = this.#extensions(clause.clauses, row);
        if (found.length > 0) return found;
        const without = [...row];
        for (const { index } of own) without[index] ??= null;
        return [without];
      });
    }
    return rows.filter((row) => {
      const held = others.filter(isLate).map((clause) => this.#holds(clause, 0, row));
      if (held.includes(false)) return false;
      if (held.includes("overflow")) throw new UncertainOverflow("a condition left its range");
      return true;
    });
  }

  #extensions(clauses: readonly Clause[], row: Row): readonly Row[] {
    const found: Row[] = [];
    const { isPoisoned } = this.#extend(clauses, 0, [...row], (extended) => {
      found.push([...extended]);
      return true;
    });
    if (isPoisoned) throw new UncertainOverflow("a condition left its range");
    return found;
  }

  #count(count: ReadQuery["limit"]): number | null {
    const given = count === null || typeof count === "number" ? count : this.#parameters[count.name];
    return given === null || given === undefined ? null : Number(given);
  }

  /** Calls back with every extension of a row that satisfies the clauses, until told to stop. One is poisoned that satisfies all clauses that can be computed. */
  #extend(
    clauses: readonly Clause[],
    depth: number,
    row: Row,
    found: (row: Row) => boolean,
  ): { readonly isStopped: boolean; readonly isPoisoned: boolean } {
    let isPoisoned = false;
    // A path is told by its ends.
    const own = this.#query.variables.filter(
      (variable) =>
        variable.type.kind !== "path" &&
        variable.depth === depth &&
        mentions(clauses, variable) &&
        row[variable.index] === undefined,
    );
    const bindNext = (at: number): boolean => {
      const variable = own[at];
      const open = own.slice(at);
      const closed = clauses.filter((clause) => !isOpen(this.#query.clauses, clause, open));
      const held = closed.map((clause) => this.#holds(clause, depth, row));
      if (held.includes(false)) return true;
      if (variable === undefined && held.includes("overflow")) {
        isPoisoned = true;
        return true;
      }
      if (variable === undefined) return found(row);
      const { type } = variable;
      const entities = type.kind === "node" || type.kind === "edge" ? (this.#data.get(type.name) ?? []) : [];
      for (const entity of entities) {
        row[variable.index] = entity;
        const goOn = bindNext(at + 1);
        row[variable.index] = undefined;
        if (!goOn) return false;
      }
      return true;
    };
    return { isStopped: !bindNext(0), isPoisoned };
  }

  #holds(clause: Clause, depth: number, row: Row): boolean | "overflow" {
    try {
      return this.#holdsIfComputed(clause, depth, row);
    } catch (error) {
      if (error instanceof NaiveOverflow) return "overflow";
      throw error;
    }
  }

  #holdsIfComputed(clause: Clause, depth: number, row: Row): boolean | "overflow" {
    switch (clause.kind) {
      case "bind":
      case "subquery":
        return true;
      case "traverse":
        return this.#leads(clause, row);
      case "filter": {
        const left = beside(clause.right, clause.left, this.#value(clause.left, row));
        if (left === null) return false;
        const right = beside(clause.left, clause.right, this.#value(clause.right, row));
        return right !== null && satisfies(clause.operator, left, right) !== clause.negated;
      }
      case "is_null":
        return (this.#value(clause.operand, row) === null) !== clause.negated;
      case "and":
      case "or": {
        const decisive = clause.kind === "or";
        const held = clause.parts.map((part) => this.#holds(part, depth, row));
        if (held.includes(decisive)) return decisive;
        return held.includes("overflow") ? "overflow" : !decisive;
      }
      case "not": {
        const { isStopped, isPoisoned } = this.#extend(clause.clauses, depth + 1, row, () => false);
        return !isStopped && isPoisoned ? "overflow" : !isStopped;
      }
      case "optional":
        throw new TypeError("an optional block is no condition");
    }
  }

  #leads(traverse: Traverse, row: Row): boolean {
    const from = entityAt(row, traverse.from)?.id;
    const to = entityAt(row, traverse.to)?.id;
    if (from === undefined || to === undefined) return false;
    if (traverse.edgeVariable !== null) {
      const edge = entityAt(row, traverse.edgeVariable);
      const along = edge?.src === from && edge.dst === to;
      return along || (traverse.direction === "both" && edge?.src === to && edge.dst === from);
    }
    return this.#paths.leads(traverse, from, to);
  }

  /** The ids of the nodes of a path; null where an optional block has no match. */
  #path(variable: number, row: Row): readonly string[] | null {
    const traverse = traverseOf(this.#query.clauses, variable);
    if (traverse === null) throw new TypeError("no traversal has this path");
    const [from, to] = [entityAt(row, traverse.from), entityAt(row, traverse.to)];
    if (row[variable] === null || from === null || to === null) return null;
    return this.#paths.path(traverse, from.id, to.id);
  }

  /** What the matches of a subquery come to. Throws `UncertainOverflow` where it depends on a condition that cannot be computed. */
  #subquery(variable: number, row: Row): Value {
    const subquery = subqueryOf(this.#query.clauses, variable);
    if (subquery === null) throw new TypeError("no subquery has this variable");
    const { aggregate, clauses } = subquery;
    const depth = (this.#query.variables[variable]?.depth ?? 0) + 1;
    const found: Row[] = [];
    const { isPoisoned } = this.#extend(clauses, depth, [...row], (extended) => {
      found.push([...extended]);
      return aggregate !== null;
    });
    if (isPoisoned && (aggregate !== null || found.length === 0))
      throw new UncertainOverflow("a condition left its range");
    if (aggregate === null) return found.length > 0;
    const { argument } = aggregate;
    return argument === null ? found.length : this.#aggregate({ ...aggregate, argument }, found);
  }

  #value(expr: Expr, row: Row): Value {
    switch (expr.kind) {
      case "subquery":
        return this.#subquery(expr.variable, row);
      case "entity":
        if (traverseOf(this.#query.clauses, expr.variable) !== null)
          return this.#path(expr.variable, row) === null ? null : "a path";
        return entityAt(row, expr.variable)?.id ?? null;
      case "field": {
        const entity = entityAt(row, expr.variable);
        if (entity === null) return null;
        if (expr.field.kind === "type") return entity.type.name;
        if (expr.field.kind !== "property") return entity[expr.field.kind];
        return entity.values.get(expr.field.property.id) ?? null;
      }
      case "path": {
        const nodes = this.#path(expr.variable, row);
        return nodes === null || expr.part === "nodes" ? nodes : nodes.length - 1;
      }
      case "literal":
        return expr.value;
      case "parameter":
        return this.#parameters[expr.name] ?? null;
      case "now":
        return this.#nowMs;
      case "fixed":
        return this.#value(expr.expr, row);
      case "computed":
        return computedValue(expr, (part) => this.#value(part, row));
      case "outcome":
        return outcomeValue(expr, (part) => this.#value(part, row), this.#undecided);
      case "search":
        return this.#search.value(expr, entityAt(row, expr.variable));
      case "aggregate":
        throw new TypeError(`${expr.kind} has no value in a row`);
    }
  }

  readonly #undecided = (): void => {
    this.#mayOverflow = true;
  };

  #plain(matches: readonly Row[]): Value[][] {
    const { columns, order, variables } = this.#query;
    const named = variables.filter(
      ({ name, depth, type }) => name !== null && depth === 0 && type.kind !== "path",
    );
    const read = new Set(columns.flatMap(({ expr }) => (expr.kind === "path" ? [expr.variable] : [])));
    const paths = order.length === 0 ? [] : variables.filter(({ index }) => read.has(index));
    // Every key is computed, also where an earlier one decides.
    for (const row of matches) for (const { expr } of order) this.#value(expr, row);
    const sorted = matches.toSorted((a, b) => {
      for (const { expr, descending } of order) {
        const difference = compareNullFirst(this.#value(expr, a), this.#value(expr, b));
        if (difference !== 0) return descending ? -difference : difference;
        if (expr.kind !== "search") continue;
        const tie = this.#search.tie(expr, entityAt(a, expr.variable), entityAt(b, expr.variable));
        if (tie !== 0) return tie;
      }
      for (const { index } of order.length === 0 ? [] : named) {
        const difference = compareNullFirst(entityAt(a, index)?.id ?? null, entityAt(b, index)?.id ?? null);
        if (difference !== 0) return difference;
      }
      for (const { index } of paths) {
        const [ours, theirs] = [this.#path(index, a), this.#path(index, b)];
        const difference =
          compareNullFirst(ours?.length ?? null, theirs?.length ?? null) || compareNullFirst(ours, theirs);
        if (difference !== 0) return difference;
      }
      return 0;
    });
    return sorted.map((row) => columns.map(({ expr }) => this.#value(expr, row)));
  }

  #grouped(matches: readonly Row[]): Value[][] {
    const { columns, having, order } = this.#query;
    const keys = columns.flatMap(({ expr }, at) => (aggregates(expr) ? [] : [at]));
    const groups = new Map<string, Row[]>(keys.length === 0 ? [["", []]] : []);
    for (const row of matches) {
      const name = keys.map((at) => keyText(this.#value(columns[at]!.expr, row))).join("|");
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [row]);
      else group.push(row);
    }
    const valuesOf = (group: readonly Row[]): { readonly shown: Value[]; readonly order: Value[] } => ({
      shown: columns.map(({ expr }) => this.#groupValue(expr, group)),
      order: order.map(({ expr }) => this.#groupValue(expr, group)),
    });
    const kept = [...groups.values()].flatMap((group) => {
      if (having === null || this.#truthIn(having, group) === true) return [valuesOf(group)];
      // What is computed of a group before it is left may leave its range all the same.
      if (isOverflow(() => valuesOf(group))) this.#undecided();
      return [];
    });
    kept.sort((a, b) => {
      for (const [at, { descending }] of order.entries()) {
        const difference = compareNullFirst(a.order[at] ?? null, b.order[at] ?? null);
        if (difference !== 0) return descending ? -difference : difference;
      }
      for (const at of keys) {
        const difference = compareNullFirst(a.shown[at] ?? null, b.shown[at] ?? null);
        if (difference !== 0) return difference;
      }
      return 0;
    });
    return kept.map(({ shown }) => shown);
  }

  #truthIn(having: Predicate, group: readonly Row[]): boolean | null {
    return truth(having, (part) => this.#groupValue(part, group), this.#undecided);
  }

  #groupValue(expr: Expr, group: readonly Row[]): Value {
    if (expr.kind === "aggregate") return this.#aggregate(expr, group);
    if (expr.kind === "computed") return computedValue(expr, (part) => this.#groupValue(part, group));
    if (expr.kind === "outcome")
      return outcomeValue(expr, (part) => this.#groupValue(part, group), this.#undecided);
    return this.#value(expr, group[0] ?? []);
  }

  #aggregate(
    { function: name, distinct, argument, type }: Omit<Aggregate, "kind">,
    group: readonly Row[],
  ): Value {
    const values = group.map((row) => this.#value(argument, row)).filter((value) => value !== null);
    if (name !== "count" && name !== "collect" && values.length === 0) return null;
    const counted = distinct
      ? values.filter((value, at) => values.findIndex((other) => compare(value, other) === 0) === at)
      : values;
    return AGGREGATED[name](counted, argument.type.scalar === "F32" || argument.type.scalar === "F64", type);
  }
}

function entityAt(row: Row, index: number): NaiveEntity | null {
  const entity = row[index];
  if (entity === undefined) throw new TypeError(`variable ${index} is not bound`);
  return entity;
}

function aggregates(expr: Expr): boolean {
  return expr.kind === "aggregate" || childrenOf(expr).some(aggregates);
}
