import type { EntityType } from "../../schema/catalog/catalog.ts";
import { exprType, type ExprType } from "../../types/expr-types.ts";
import { ID_TYPE } from "../../types/value-types.ts";
import type { Field, StoredField } from "./typed-query.ts";

/** A field that every entity has, or every edge: its id, and the ids of its ends. */
export type SystemField = Exclude<StoredField, { kind: "property" }>;

const NODE_FIELDS: ReadonlyMap<string, SystemField> = new Map([["@id", { kind: "id" }]]);
const EDGE_FIELDS: ReadonlyMap<string, SystemField> = new Map<string, SystemField>([
  ["@id", { kind: "id" }],
  ["@src", { kind: "src" }],
  ["@dst", { kind: "dst" }],
]);

/** The system fields of a type by their names, `@` included. */
export function systemFields({ kind }: EntityType): ReadonlyMap<string, SystemField> {
  return kind === "edge" ? EDGE_FIELDS : NODE_FIELDS;
}

/** The name of the system field that somebody means who writes this name; null where none is known. */
export function systemFieldFor(type: EntityType, name: string): string | null {
  const meant = MEANT.get(name.toLowerCase()) ?? null;
  return meant !== null && systemFields(type).has(meant) ? meant : null;
}

const MEANT: ReadonlyMap<string, string> = new Map([
  ["id", "@id"],
  ["_id", "@id"],
  ["src", "@src"],
  ["from", "@src"],
  ["@from", "@src"],
  ["source", "@src"],
  ["dst", "@dst"],
  ["to", "@dst"],
  ["@to", "@dst"],
  ["target", "@dst"],
]);

/** A name as the language writes it. No property begins with `@`. */
export function fieldName(field: Field): string {
  return field.kind === "property" ? field.property.name : `@${field.kind}`;
}

/** The type of the values of a field. */
export function fieldType(field: Field): ExprType {
  return exprType(field.kind === "property" ? field.property.type : ID_TYPE);
}
