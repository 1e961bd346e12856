import { writeJson } from "@omnigraph/base";
import { formatType } from "../../types/value-types.ts";
import { indexProperties } from "../catalog/assemble.ts";
import type { Annotation, EntityType, Property } from "../catalog/catalog.ts";
import { sameType } from "../resolve/types.ts";
import type { MigrationCode } from "./codes.ts";
import type { ConditionalStep, MigrationStep } from "./steps.ts";
import { schemaOfType, undemanding } from "./row-conditions.ts";
import { isWider } from "./widening.ts";

/** What steps about the properties of one type depend on. */
export interface TypePair {
  readonly accepted: EntityType;
  readonly desired: EntityType;
  /** Whether the type has entities. */
  readonly isPopulated: () => boolean;
  /** Whether what is dropped is given up for good. */
  readonly allowDataLoss: boolean;
  /** As in `PlanOptions`. */
  readonly describes?: boolean;
  /** As in `PlanOptions`. */
  readonly joins?: boolean;
}

/** The steps about the properties of a type that both schemas have: renames, drops, additions and changes. */
export function propertySteps(pair: TypePair): readonly ConditionalStep[] {
  const { accepted, desired } = pair;
  const survivors = desired.properties.flatMap((property) => {
    const old = accepted.propertyById.get(property.id);
    return old === undefined ? [] : [{ old, property }];
  });
  return [
    ...survivors.flatMap(({ old, property }) => renameSteps(pair, old, property)),
    ...accepted.properties.flatMap((old) => (desired.propertyById.has(old.id) ? [] : [dropStep(pair, old)])),
    ...desired.properties.flatMap((property) =>
      accepted.propertyById.has(property.id) ? [] : [addStep(pair, property)],
    ),
    ...survivors.flatMap(({ old, property }) => [
      ...typeSteps(pair, old, property),
      ...metadataSteps(pair, old, property),
    ]),
  ];
}

/** Annotations without those that are constraints or tell of a rename: what is left is metadata, and defaults. */
export function metadataOf(annotations: readonly Annotation[]): readonly Annotation[] {
  return annotations.filter(({ name }) => !["key", "unique", "index", "rename_from"].includes(name));
}

/** Whether two lists of annotations say the same. */
export function sameMetadata(a: readonly Annotation[], b: readonly Annotation[]): boolean {
  const text = (annotations: readonly Annotation[]): string =>
    writeJson(
      metadataOf(annotations).map(({ name, value, named }) => [
        name,
        value ?? null,
        Object.entries(named).toSorted(([one], [other]) => (one < other ? -1 : 1)),
      ]),
    );
  return text(a) === text(b);
}

function placeOf({ desired }: TypePair, { name }: Property) {
  return { typeKind: desired.kind, typeName: desired.name, propertyName: name };
}

function always(step: MigrationStep): ConditionalStep {
  return { step, requires: null };
}

function renameSteps(pair: TypePair, old: Property, property: Property): readonly ConditionalStep[] {
  if (old.name === property.name) return [];
  return [always({ kind: "rename_property", from: old.name, ...placeOf(pair, property) })];
}

function dropStep(pair: TypePair, old: Property): ConditionalStep {
  const { isPopulated, allowDataLoss } = pair;
  const code = allowDataLoss && isPopulated() ? "OG-DS-104" : null;
  const mode = allowDataLoss ? "hard" : "soft";
  return always({ kind: "drop_property", mode, code, ...placeOf(pair, old) });
}

function addStep(pair: TypePair, property: Property): ConditionalStep {
  const { desired, isPopulated } = pair;
  const entity = `${desired.name}.${property.name}`;
  const step: MigrationStep = {
    kind: "add_property",
    propertyType: property.type,
    ...placeOf(pair, property),
  };
  if (!property.type.nullable && property.default === undefined && isPopulated()) {
    if (pair.joins === true) return { step, requires: requiringValues(pair, property, entity, "OG-MF-103") };
    const reason = `${desired.name} has entities, which would lack ${property.name}: give it a @default, or make it optional, fill it, and require it then`;
    return unsupported(entity, reason, "OG-MF-103");
  }
  return always(step);
}

function unsupported(entity: string, reason: string, code: MigrationCode): ConditionalStep {
  return always({ kind: "unsupported_change", entity, reason, code });
}

/** How a property's type changes: what only admits more at once, what is required of the values by a look at them. */
function typeSteps(pair: TypePair, old: Property, property: Property): readonly ConditionalStep[] {
  const [from, to] = [old.type, property.type];
  if (sameType(from, to)) return [];
  const entity = `${pair.desired.name}.${property.name}`;
  const isOfKey = pair.accepted.key?.some(({ id }) => id === old.id) === true;
  const steps: ConditionalStep[] = [];
  const [former, now] = [new Set(from.enumValues), new Set(to.enumValues)];
  const lost = [...former].filter((value) => !now.has(value));
  const addedValues = [...now].filter((value) => !former.has(value));
  const areEnums = from.enumValues !== null && to.enumValues !== null && from.list === to.list;
  const isSame = areEnums || sameType({ ...from, nullable: true }, { ...to, nullable: true });
  // The text of a key stays only among integers.
  const isWidened = isWider(from, to) && !(isOfKey && to.scalar === "F64");
  if (pair.describes === true && (lost.length > 0 || !(isSame || isWidened)))
    return [always({ kind: "change_property_type", from, to, ...placeOf(pair, property) })];
  if (areEnums && lost.length > 0)
    return [unsupported(entity, `it loses values of its enum: ${lost.join(", ")}`, "OG-MF-106")];
  if (!isSame && !isWidened) {
    const reason = `${formatType(from)} cannot become ${formatType(to)}: add a property of the new type, fill it, and drop the old one`;
    return [unsupported(entity, reason, "OG-MF-106")];
  }
  if (areEnums && addedValues.length > 0)
    steps.push(always({ kind: "extend_enum", addedValues, ...placeOf(pair, property) }));
  if (!isSame || from.nullable !== to.nullable) {
    const step: MigrationStep = { kind: "change_property_type", from, to, ...placeOf(pair, property) };
    const isTighter = from.nullable && !to.nullable;
    steps.push({ step, requires: isTighter ? requiringValues(pair, old, entity, "OG-MF-106") : null });
  }
  return steps;
}

/** The rows with the property required. */
function requiringValues(
  { accepted, desired }: TypePair,
  { id }: Property,
  entity: string,
  code: MigrationCode,
): ConditionalStep["requires"] {
  const type = undemanding(accepted, desired);
  const properties = type.properties.map((one) =>
    one.id === id ? { ...one, type: { ...one.type, nullable: false } } : one,
  );
  const catalog = schemaOfType({ ...type, ...indexProperties(properties) });
  return { catalog, entity, code, problem: "entities lack it" };
}

function metadataSteps(pair: TypePair, old: Property, property: Property): readonly ConditionalStep[] {
  if (sameMetadata(old.annotations, property.annotations)) return [];
  const annotations = metadataOf(property.annotations);
  return [always({ kind: "update_property_metadata", annotations, ...placeOf(pair, property) })];
}
