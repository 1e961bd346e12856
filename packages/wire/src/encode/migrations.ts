import { type JsonObject, unreachable } from "@omnigraph/base";
import type {
  Annotation,
  MigrationCode,
  MigrationStep,
  NamedConstraint,
  ValueType,
} from "@omnigraph/language";
import type { SchemaApplied, SchemaDiff, SchemaPlan } from "../answers/migrations.ts";
import type {
  MigrationStepJson,
  PropertyTypeJson,
  SchemaApplyJson,
  SchemaDiffJson,
  SchemaPlanJson,
} from "../shapes.generated.ts";
import { commitJson } from "./commits.ts";

/** `uri` is the address of the graph as it was given. */
export function schemaPlanJson({ supported, steps }: SchemaPlan, uri: string): SchemaPlanJson {
  return { uri, supported, step_count: steps.length, steps: steps.map(stepJson) };
}

/** As `schemaPlanJson`. */
export function schemaApplyJson(answer: SchemaApplied, uri: string): SchemaApplyJson {
  const { applied, branch, steps, actor, commit } = answer;
  return {
    uri,
    supported: true,
    applied,
    branch,
    graph_manifest_version: commit?.depth ?? null,
    step_count: steps.length,
    steps: steps.map(stepJson),
    actor_id: actor,
    commit: commit === null ? null : commitJson(commit),
  };
}

/** As `schemaPlanJson`. */
export function schemaDiffJson({ from, to, steps, declarations }: SchemaDiff, uri: string): SchemaDiffJson {
  return {
    uri,
    from_commit_id: from,
    to_commit_id: to,
    step_count: steps.length,
    steps: steps.map(stepJson),
    declarations: [...declarations],
  };
}

export function stepJson(step: MigrationStep): MigrationStepJson {
  if (step.kind === "unsupported_change")
    return { kind: step.kind, entity: step.entity, reason: step.reason, ...coded(step.code) };
  if ("propertyName" in step) return propertyStepJson(step);
  const { typeKind: type_kind, typeName: name } = step;
  switch (step.kind) {
    case "add_type":
      return { kind: step.kind, type_kind, name };
    case "rename_type":
      return { kind: step.kind, type_kind, from: step.from, to: name };
    case "drop_type":
      return { kind: step.kind, type_kind, name, mode: step.mode, ...coded(step.code) };
    case "add_constraint":
    case "drop_constraint":
      return { kind: step.kind, type_kind, type_name: name, constraint: constraintJson(step.constraint) };
    case "update_type_metadata":
      return { kind: step.kind, type_kind, name, annotations: step.annotations.map(annotationJson) };
    default:
      return unreachable(step);
  }
}

function propertyStepJson(step: Extract<MigrationStep, { propertyName: string }>): MigrationStepJson {
  const { propertyName: property_name } = step;
  const ofType = { type_kind: step.typeKind, type_name: step.typeName };
  switch (step.kind) {
    case "add_property":
      return { kind: step.kind, ...ofType, property_name, property_type: typeJson(step.propertyType) };
    case "rename_property":
      return { kind: step.kind, ...ofType, from: step.from, to: property_name };
    case "drop_property":
      return { kind: step.kind, ...ofType, property_name, mode: step.mode, ...coded(step.code) };
    case "extend_enum":
      return { kind: step.kind, ...ofType, property_name, added_values: [...step.addedValues] };
    case "change_property_type":
      return { kind: step.kind, ...ofType, property_name, from: typeJson(step.from), to: typeJson(step.to) };
    case "update_property_metadata": {
      const annotations = step.annotations.map(annotationJson);
      return { kind: step.kind, ...ofType, property_name, annotations };
    }
    default:
      return unreachable(step);
  }
}

function coded(code: MigrationCode | null): { readonly code?: string } {
  return code === null ? {} : { code };
}

function typeJson({ scalar, nullable, list, enumValues, dimension }: ValueType): PropertyTypeJson {
  return {
    scalar,
    nullable,
    list,
    enum_values: enumValues,
    ...(dimension === null ? {} : { vector_dim: dimension }),
  };
}

function constraintJson(constraint: NamedConstraint): JsonObject {
  switch (constraint.kind) {
    case "index":
      return { Index: constraint.members };
    case "unique":
      return { Unique: constraint.members };
    case "key":
      return { Key: constraint.members };
    case "range":
      return { Range: { property: constraint.property, min: constraint.min, max: constraint.max } };
    case "check":
      return { Check: { property: constraint.property, pattern: constraint.pattern } };
    case "cardinality":
      return { Cardinality: { min: constraint.min, max: constraint.max } };
    case "implements":
      return { Implements: constraint.members };
    default:
      return unreachable(constraint);
  }
}

function annotationJson({ name, value, named }: Annotation): JsonObject {
  // Cast: annotations hold what was written, so no vectors.
  const written = {
    ...(value === undefined ? {} : { value }),
    ...(isEmpty(named) ? {} : { named }),
  } as JsonObject;
  return { name, ...written };
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}
