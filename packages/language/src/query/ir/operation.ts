import { unreachable } from "@omnigraph/base";
import type { Catalog, EntityType } from "../../schema/catalog/catalog.ts";
import type { ScalarName } from "../../types/value-types.ts";
import type { Clause, ReturnColumn, Statement, TypedQuery } from "./typed-query.ts";
import type { ExprType } from "../../types/expr-types.ts";

/** The kinds of single values on the wire. */
type ScalarKind = "string" | "bool" | "int" | "bigint" | "float" | "date" | "datetime" | "blob";

/** The kinds of values on the wire; `object` is a whole entity. */
type ValueKind = ScalarKind | "vector" | "list" | "object";

/** A result column as tools see it. */
interface ResultColumn {
  readonly name: string;
  readonly kind: ValueKind;
  readonly nullable: boolean;
  /** Of a list. */
  readonly item_kind?: ValueKind;
  /** Of a vector. */
  readonly vector_dim?: number;
}

interface TypeUse {
  readonly kind: "node" | "edge";
  readonly type_name: string;
}

/** What a query returns, and which types it reads and writes: nodes before edges, each by name. */
export interface Operation {
  readonly result: readonly ResultColumn[];
  readonly reads: readonly TypeUse[];
  readonly writes: readonly TypeUse[];
}

/** Types that something reads, and that it changes; there may be repeats. */
export interface TouchedTypes {
  readonly reads: readonly EntityType[];
  readonly changes: readonly EntityType[];
}

/** Describes a typed query. */
export function describeOperation(query: TypedQuery, catalog: Catalog): Operation {
  const { reads, changes } = touchedTypes(query, catalog);
  const result = query.kind === "read" ? query.columns.map(resultColumn) : [];
  return { result, reads: typeUses(reads), writes: typeUses(changes) };
}

/** The types that a query touches, whatever its parameters. Deleting nodes changes every edge type that can end at them. */
export function touchedTypes(query: TypedQuery, catalog: Catalog): TouchedTypes {
  switch (query.kind) {
    case "read":
      return { reads: [...typesOf(query.clauses)], changes: [] };
    case "mutation":
      return {
        reads: query.statements.flatMap((statement) => readBy(statement, catalog)),
        changes: query.statements.flatMap((statement) => writtenBy(statement, catalog)),
      };
    default:
      return unreachable(query);
  }
}

function resultColumn({ shortName, expr: { type } }: ReturnColumn): ResultColumn {
  const { scalar, list, nullable, dimension } = type;
  const head = { name: shortName, kind: valueKind(type), nullable };
  if (dimension !== null) return { ...head, vector_dim: dimension };
  return list && scalar !== null ? { ...head, item_kind: SCALAR_KINDS[scalar] } : head;
}

/** The kind of a type's values on the wire. */
function valueKind({ scalar, list, dimension }: ExprType): ValueKind {
  if (scalar === null) return "object";
  if (dimension !== null) return "vector";
  return list ? "list" : SCALAR_KINDS[scalar];
}

/** The kind of single values of a type. */
export const SCALAR_KINDS: Readonly<Record<ScalarName, ScalarKind>> = {
  String: "string",
  Blob: "blob",
  Bool: "bool",
  I32: "int",
  U32: "int",
  I64: "bigint",
  U64: "bigint",
  F32: "float",
  F64: "float",
  Date: "date",
  DateTime: "datetime",
};

function* typesOf(clauses: readonly Clause[]): Generator<EntityType> {
  for (const clause of clauses) {
    if (clause.kind === "bind") yield clause.type;
    if (clause.kind === "traverse") for (const { edge } of clause.edges) yield edge;
    if ("clauses" in clause) yield* typesOf(clause.clauses);
  }
}

function readBy(statement: Statement, catalog: Catalog): readonly EntityType[] {
  const ends = statement.kind === "insert_edge" ? [statement.type.from, statement.type.to] : [];
  return [...ends, ...writtenBy(statement, catalog)];
}

function writtenBy(statement: Statement, catalog: Catalog): readonly EntityType[] {
  const { kind, type } = statement;
  if (kind !== "delete" || type.kind === "edge") return [type];
  const incident = [...catalog.edges.values()].filter(({ from, to }) => from === type || to === type);
  return [type, ...incident];
}

function typeUses(types: readonly EntityType[]): readonly TypeUse[] {
  const unique = [...new Set(types)].map(({ kind, name }) => ({ kind, type_name: name }));
  const rank = ({ kind, type_name }: TypeUse): string => `${kind === "node" ? 0 : 1}${type_name}`;
  return unique.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}
