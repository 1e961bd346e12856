import type { Value, Values } from "@omnigraph/base";
import { exactMean, exactUnits, nearestDouble } from "../support/models/exact-floats.ts";
import { NaiveSearch } from "./naive-search.ts";
import type { Clause, EntityType, Expr, ReadQuery, Variable } from "@omnigraph/language";
import { mentions, traverseOf } from "./naive-clauses.ts";
import { NaivePaths } from "./naive-paths.ts";

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
}

export class NaiveOverflow extends Error {}

/** By variable: null where an optional block has bound nothing, undefined before it is bound. */
type Row = (NaiveEntity | null | undefined)[];
type Traverse = Extract<Clause, { kind: "traverse" }>;
type Aggregate = Extract<Expr, { kind: "aggregate" }>;
type FilterOperator = Extract<Clause, { kind: "filter" }>["operator"];
type AggregateFunction = Aggregate["function"];

/** Order of values that are not null: numbers by value, texts by their bytes, false before true, lists by the first item that differs, then by length. */
function compare(a: Value, b: Value): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    const at = a.findIndex((item, k) => k >= b.length || compare(item, b[k]) !== 0);
    if (at < 0) return a.length - b.length;
    return at >= b.length ? 1 : compare(a[at], b[at]);
  }
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if ((typeof a === "number" || typeof a === "bigint") && (typeof b === "number" || typeof b === "bigint")) {
    if (a < b) return -1;
    return a > b ? 1 : 0;
  }
  throw new TypeError(`${typeof a} is not compared with ${typeof b}`);
}

function compareNullFirst(a: Value, b: Value): number {
  if (a === null) return b === null ? 0 : -1;
  return b === null ? 1 : compare(a, b);
}

function satisfies(operator: FilterOperator, left: Value, right: Value): boolean {
  if (left === null || right === null) return false;
  switch (operator) {
    case "=":
      return compare(left, right) === 0;
    case "!=":
      return compare(left, right) !== 0;
    case "<":
      return compare(left, right) < 0;
    case "<=":
      return compare(left, right) <= 0;
    case ">":
      return compare(left, right) > 0;
    case ">=":
      return compare(left, right) >= 0;
    case "contains_item":
      return Array.isArray(left) && left.some((item) => compare(item, right) === 0);
    case "contains_text":
      return String(left).includes(String(right));
    case "starts_with":
      return String(left).startsWith(String(right));
    case "ends_with":
      return String(left).endsWith(String(right));
  }
}

/** What each aggregate makes of values that are not null; all but a count are of one value at least. */
const AGGREGATED: Readonly<
  Record<AggregateFunction, (values: readonly Value[], areFloats: boolean, type: Aggregate["type"]) => Value>
> = {
  count: (values) => values.length,
  min: (values) => values.toSorted(compare)[0] ?? null,
  max: (values) => values.toSorted(compare).at(-1) ?? null,
  avg: (values, areFloats) =>
    areFloats ? exactMean(unitsOf(values), values.length) : Number(wholeSum(values)) / values.length,
  sum: (values, areFloats, { scalar }) => {
    if (areFloats) {
      const sum = nearestDouble(unitsOf(values));
      if (!Number.isFinite(sum)) throw new NaiveOverflow("a sum left its range");
      return sum;
    }
    const sum = wholeSum(values);
    const fits = scalar === "U64" ? BigInt.asUintN(64, sum) === sum : BigInt.asIntN(64, sum) === sum;
    if (!fits) throw new NaiveOverflow("a sum left its range");
    return Number.isSafeInteger(Number(sum)) ? Number(sum) : sum;
  },
};

function unitsOf(values: readonly Value[]): bigint {
  return values.reduce<bigint>((total, value) => total + exactUnits(Number(value)), 0n);
}

function wholeSum(values: readonly Value[]): bigint {
  return values.reduce<bigint>((total, value) => total + BigInt(value as number | bigint), 0n);
}

/** Answers reads by trying every assignment of entities to variables: the meaning of the language, and nothing else. */
export class NaiveReader {
  readonly #data: NaiveGraphData;
  readonly #query: ReadQuery;
  readonly #parameters: Values;
  readonly #nowMs: number;
  readonly #search: NaiveSearch;
  readonly #paths: NaivePaths;

  constructor(data: NaiveGraphData, query: ReadQuery, parameters: Values, nowMs: number) {
    this.#data = data;
    this.#query = query;
    this.#parameters = parameters;
    this.#nowMs = nowMs;
    this.#search = new NaiveSearch(data, parameters);
    this.#paths = new NaivePaths(data);
  }

  answer(): NaiveAnswer {
    const matches = this.#search.ranked(this.#query, this.#matches());
    const all = this.#query.grouped ? this.#grouped(matches) : this.#plain(matches);
    const start = this.#count(this.#query.offset) ?? 0;
    const end = start + (this.#count(this.#query.limit) ?? all.length);
    return { all, rows: all.slice(start, end) };
  }

  /** First what must hold, then each optional block, then what reads the variables of those. */
  #matches(): readonly Row[] {
    const { clauses, variables } = this.#query;
    const optional = variables.filter((variable) => variable.optional);
    const isLate = (clause: Clause): boolean => this.#isOpen(clause, optional);
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
    return rows.filter((row) => others.every((clause) => !isLate(clause) || this.#holds(clause, 0, row)));
  }

  #extensions(clauses: readonly Clause[], row: Row): readonly Row[] {
    const found: Row[] = [];
    this.#extend(clauses, 0, [...row], (extended) => {
      found.push([...extended]);
      return true;
    });
    return found;
  }

  #count(count: ReadQuery["limit"]): number | null {
    const given = count === null || typeof count === "number" ? count : this.#parameters[count.name];
    return given === null || given === undefined ? null : Number(given);
  }

  /** Calls back with every extension of a row that satisfies the clauses, until told to stop. */
  #extend(clauses: readonly Clause[], depth: number, row: Row, found: (row: Row) => boolean): boolean {
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
      if (!clauses.every((clause) => this.#isOpen(clause, open) || this.#holds(clause, depth, row)))
        return true;
      if (variable === undefined) return found(row);
      const entities = variable.type.kind === "path" ? [] : (this.#data.get(variable.type.name) ?? []);
      for (const entity of entities) {
        row[variable.index] = entity;
        const goOn = bindNext(at + 1);
        row[variable.index] = undefined;
        if (!goOn) return false;
      }
      return true;
    };
    return bindNext(0);
  }

  /** Whether a clause reads a variable that is not bound yet. */
  #isOpen(clause: Clause, open: readonly Variable[]): boolean {
    return open.some(({ index }) => this.#reads(clause, index));
  }

  #reads(clause: Clause, index: number): boolean {
    switch (clause.kind) {
      case "bind":
        return clause.variable === index;
      case "traverse":
        return clause.from === index || clause.to === index || clause.edgeVariable === index;
      case "filter":
        return this.#readsIn(clause.left, index) || this.#readsIn(clause.right, index);
      case "is_null":
        return this.#readsIn(clause.operand, index);
      case "and":
      case "or":
        return clause.parts.some((part) => this.#reads(part, index));
      case "not":
      case "optional":
        return clause.clauses.some((nested) => this.#reads(nested, index));
    }
  }

  #readsIn(expr: Expr, index: number): boolean {
    if ("variable" in expr && expr.variable === index) return true;
    if (expr.kind !== "path") return false;
    const traverse = traverseOf(this.#query.clauses, expr.variable);
    return traverse !== null && this.#reads(traverse, index);
  }

  #holds(clause: Clause, depth: number, row: Row): boolean {
    switch (clause.kind) {
      case "bind":
        return true;
      case "traverse":
        return this.#leads(clause, row);
      case "filter": {
        const left = beside(clause.right, clause.left, this.#value(clause.left, row));
        const right = beside(clause.left, clause.right, this.#value(clause.right, row));
        if (clause.negated)
          return left !== null && right !== null && !satisfies(clause.operator, left, right);
        return satisfies(clause.operator, left, right);
      }
      case "is_null":
        return (this.#value(clause.operand, row) === null) !== clause.negated;
      case "and":
        return clause.parts.every((part) => this.#holds(part, depth, row));
      case "or":
        return clause.parts.some((part) => this.#holds(part, depth, row));
      case "not":
        return this.#extend(clause.clauses, depth + 1, row, () => false);
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

  #value(expr: Expr, row: Row): Value {
    switch (expr.kind) {
      case "entity":
        if (traverseOf(this.#query.clauses, expr.variable) !== null)
          return this.#path(expr.variable, row) === null ? null : "a path";
        return entityAt(row, expr.variable)?.id ?? null;
      case "field": {
        const entity = entityAt(row, expr.variable);
        if (entity === null) return null;
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
      case "search":
        return this.#search.value(expr, entityAt(row, expr.variable));
      case "aggregate":
        throw new TypeError(`${expr.kind} has no value in a row`);
    }
  }

  #plain(matches: readonly Row[]): Value[][] {
    const { columns, order, variables } = this.#query;
    const named = variables.filter(
      ({ name, depth, type }) => name !== null && depth === 0 && type.kind !== "path",
    );
    const read = new Set(columns.flatMap(({ expr }) => (expr.kind === "path" ? [expr.variable] : [])));
    const paths = order.length === 0 ? [] : variables.filter(({ index }) => read.has(index));
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
    const { columns, order } = this.#query;
    const keys = columns.flatMap(({ expr }, at) => (expr.kind === "aggregate" ? [] : [at]));
    const groups = new Map<string, Row[]>(keys.length === 0 ? [["", []]] : []);
    for (const row of matches) {
      const name = keys.map((at) => keyText(this.#value(columns[at]!.expr, row))).join("|");
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [row]);
      else group.push(row);
    }
    const rows = [...groups.values()].map((group) => ({
      shown: columns.map(({ expr }) => this.#groupValue(expr, group)),
      order: order.map(({ expr }) => this.#groupValue(expr, group)),
    }));
    rows.sort((a, b) => {
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
    return rows.map(({ shown }) => shown);
  }

  #groupValue(expr: Expr, group: readonly Row[]): Value {
    if (expr.kind === "aggregate") return this.#aggregate(expr, group);
    return this.#value(expr, group[0] ?? []);
  }

  #aggregate({ function: name, argument, type }: Aggregate, group: readonly Row[]): Value {
    const values = group.map((row) => this.#value(argument, row)).filter((value) => value !== null);
    if (name !== "count" && values.length === 0) return null;
    return AGGREGATED[name](values, argument.type.scalar === "F32" || argument.type.scalar === "F64", type);
  }
}

/** What is written, beside a property of 32 bits: as the property would hold it. What is stored compares as it is. */
function beside(other: Expr, own: Expr, value: Value): Value {
  const stored = own.kind === "field" || own.kind === "entity" || own.kind === "path";
  if (stored || other.kind !== "field" || other.type.scalar !== "F32" || value === null) return value;
  return Array.isArray(value) ? value.map((item) => Math.fround(Number(item))) : Math.fround(Number(value));
}

function entityAt(row: Row, index: number): NaiveEntity | null {
  const entity = row[index];
  if (entity === undefined) throw new TypeError(`variable ${index} is not bound`);
  return entity;
}

function keyText(value: Value): string {
  if (value === null) return "null";
  if (Array.isArray(value))
    return `[${value.map((item) => (typeof item === "string" ? JSON.stringify(item) : keyText(item))).join()}]`;
  return `${typeof value === "string" ? "text" : ""}${String(typeof value === "number" ? value + 0 : value)}`;
}
