import { counted, OmnigraphError, type Reason, type Value, visible, quoted } from "@omnigraph/base";
import type { EntityType, NodeType, Property, TupleMember } from "@omnigraph/language";

/** One reason why a write is refused. */
export interface Problem {
  readonly reason: Reason;
  readonly message: string;
  readonly type: EntityType;
  /** Id of the entity concerned, when it has one. */
  readonly id: string | null;
  /** Name of the property concerned, or `from`, `to`. */
  readonly property: string | null;
  /** Row of the type's `after` images that the problem is about, or -1; a load finds the line by it. */
  readonly row: number;
  /** Id of the entity that already has the unique tuple. */
  readonly holder?: string;
  /** The properties of that tuple. */
  readonly tuple?: readonly TupleMember[];
}

/** Receives a problem; returns false if no more are wanted. */
export type Report = (problem: Problem) => boolean;

/** A value for a message: short, and with its kind visible. */
export function show(value: Value): string {
  const text =
    typeof value === "bigint"
      ? String(value)
      : (JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ??
        "null");
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** `Person "ann"`, as every message names an entity. */
export function entityName(type: EntityType, id: string): string {
  return `${type.name} ${quoted(id)}`;
}

/** If the id of a type does not look like its key, a clause for the end of a message that says how ids are written; else empty. */
export function idForm({ name, key }: NodeType): string {
  if (key === null) return "";
  const [first, ...more] = key;
  if (more.length > 0) {
    const example = JSON.stringify(key.map((property) => `<${property.name}>`));
    return `; ids of ${name} are texts that hold the JSON array of the key: ${example}`;
  }
  const unit =
    first?.type.scalar === "Date" ? "days" : first?.type.scalar === "DateTime" ? "milliseconds" : null;
  return unit === null ? "" : `; ids of ${name} are the key in ${unit} since 1970-01-01`;
}

/** The error of a mutation: the first problem gives the reason, all are listed. */
export function refusal(problems: readonly [Problem, ...Problem[]]): OmnigraphError {
  const [first] = problems;
  const shown = problems.slice(0, 20).map((problem) => problem.message);
  const message =
    shown.length === 1
      ? visible(first.message)
      : `${counted(shown.length, "problem")}:\n${shown.map((text) => `- ${visible(text)}`).join("\n")}`;
  return new OmnigraphError(first.reason, message, { details: problemDetails(first) });
}

/** The details of a problem, in the shape of the wire contract. */
export function problemDetails(problem: Problem): Record<string, unknown> {
  if (problem.reason === "key_conflict" && problem.id !== null) {
    return {
      key_conflict: { entity_kind: problem.type.kind, type_name: problem.type.name, entity_id: problem.id },
    };
  }
  return { type_name: problem.type.name, entity_id: problem.id, property: problem.property };
}

/** The refusal of an update that would change the key of an entity. */
export function keyImmutable(type: EntityType, id: string, property: Property): OmnigraphError {
  const message = `${entityName(type, id)}: ${property.name} is part of the key and cannot be updated`;
  return new OmnigraphError("key_immutable", message, {
    details: { type_name: type.name, entity_id: id, property: property.name },
  });
}
