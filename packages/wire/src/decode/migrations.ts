import type {
  Annotation,
  MigratedType,
  MigrationCode,
  MigrationStep,
  NamedConstraint,
  ScalarName,
  ValueType,
} from "@omnigraph/language";
import type { SchemaApplied, SchemaPlan } from "../answers/migrations.ts";
import { DROP_MODES, ENTITY_KINDS } from "../words.ts";
import { commitOrNull } from "./commits.ts";
import type { Members } from "./members.ts";

/** `branch` is that of the call: the contract's answer does not name it. */
export function schemaPlanOf(json: Members, branch: string): SchemaPlan {
  return { branch, supported: json.flag("supported"), steps: json.objects("steps").map(stepOf) };
}

export function schemaAppliedOf(json: Members): SchemaApplied {
  return {
    branch: json.text("branch"),
    applied: json.flag("applied"),
    steps: json.objects("steps").map(stepOf),
    actor: json.textOrNull("actor_id"),
    commit: commitOrNull(json, "commit"),
  };
}

/** The kinds of steps, each with what reads it. */
const STEPS = {
  add_type: (json) => ({ kind: "add_type", ...typeNamed(json, "name") }),
  rename_type: (json) => ({ kind: "rename_type", from: json.text("from"), ...typeNamed(json, "to") }),
  drop_type: (json) => ({ kind: "drop_type", ...dropOf(json), ...typeNamed(json, "name") }),
  add_property: (json) => ({
    kind: "add_property",
    propertyType: typeOf(json.object("property_type")),
    ...propertyNamed(json, "property_name"),
  }),
  rename_property: (json) => ({
    kind: "rename_property",
    from: json.text("from"),
    ...propertyNamed(json, "to"),
  }),
  drop_property: (json) => ({
    kind: "drop_property",
    ...dropOf(json),
    ...propertyNamed(json, "property_name"),
  }),
  extend_enum: (json) => ({
    kind: "extend_enum",
    addedValues: json.texts("added_values"),
    ...propertyNamed(json, "property_name"),
  }),
  change_property_type: (json) => ({
    kind: "change_property_type",
    from: typeOf(json.object("from")),
    to: typeOf(json.object("to")),
    ...propertyNamed(json, "property_name"),
  }),
  add_constraint: (json) => ({ kind: "add_constraint", ...constrained(json) }),
  drop_constraint: (json) => ({ kind: "drop_constraint", ...constrained(json) }),
  update_type_metadata: (json) => ({
    kind: "update_type_metadata",
    annotations: json.objects("annotations").map(annotationOf),
    ...typeNamed(json, "name"),
  }),
  update_property_metadata: (json) => ({
    kind: "update_property_metadata",
    annotations: json.objects("annotations").map(annotationOf),
    ...propertyNamed(json, "property_name"),
  }),
  unsupported_change: (json) => ({
    kind: "unsupported_change",
    entity: json.text("entity"),
    reason: json.text("reason"),
    code: codeOf(json),
  }),
} as const satisfies Readonly<Record<MigrationStep["kind"], (json: Members) => MigrationStep>>;

export function stepOf(json: Members): MigrationStep {
  return STEPS[json.keyOf("kind", STEPS)](json);
}

function typeNamed(json: Members, member: string): MigratedType {
  return { typeKind: json.oneOf("type_kind", ENTITY_KINDS), typeName: json.text(member) };
}

function propertyNamed(json: Members, member: string): MigratedType & { readonly propertyName: string } {
  return { ...typeNamed(json, "type_name"), propertyName: json.text(member) };
}

function constrained(json: Members): MigratedType & { readonly constraint: NamedConstraint } {
  return { ...typeNamed(json, "type_name"), constraint: constraintOf(json.object("constraint")) };
}

function dropOf(json: Members): { readonly mode: "soft" | "hard"; readonly code: MigrationCode | null } {
  return { mode: json.oneOf("mode", DROP_MODES), code: codeOf(json) };
}

const CODES: Readonly<Record<MigrationCode, true>> = {
  "OG-DS-102": true,
  "OG-DS-103": true,
  "OG-DS-104": true,
  "OG-MF-103": true,
  "OG-MF-106": true,
};

function codeOf(json: Members): MigrationCode | null {
  return json.has("code") ? json.keyOf("code", CODES) : null;
}

const SCALARS: Readonly<Record<ScalarName, true>> = {
  String: true,
  Blob: true,
  Bool: true,
  I32: true,
  I64: true,
  U32: true,
  U64: true,
  F32: true,
  F64: true,
  Date: true,
  DateTime: true,
};

function typeOf(json: Members): ValueType {
  return {
    scalar: json.keyOf("scalar", SCALARS),
    nullable: json.flag("nullable"),
    list: json.flag("list"),
    enumValues: json.has("enum_values") ? json.texts("enum_values") : null,
    dimension: json.countOrNull("vector_dim"),
  };
}

function constraintOf(json: Members): NamedConstraint {
  if (json.has("Range")) {
    const range = json.object("Range");
    const [min, max] = [range.numberOrNull("min"), range.numberOrNull("max")];
    return { kind: "range", property: range.text("property"), min, max };
  }
  if (json.has("Check")) {
    const check = json.object("Check");
    return { kind: "check", property: check.text("property"), pattern: check.text("pattern") };
  }
  if (json.has("Cardinality")) {
    const card = json.object("Cardinality");
    return { kind: "cardinality", min: card.count("min"), max: card.countOrNull("max") };
  }
  const listed = { Index: "index", Unique: "unique", Key: "key", Implements: "implements" } as const;
  const name = json.firstOf(listed);
  return { kind: listed[name], members: json.texts(name) };
}

function annotationOf(json: Members): Annotation {
  return {
    name: json.text("name"),
    value: json.valueOrUndefined("value"),
    named: json.has("named") ? json.values("named") : {},
  };
}
