import type { Source } from "../../text/source.ts";
import type { Catalog, EntityType } from "../catalog/catalog.ts";
import { compileSchema } from "../compile.ts";
import { constraintSteps } from "./constraint-steps.ts";
import { derivedIds } from "./derived-ids.ts";
import { formerOf } from "./former-rows.ts";
import { metadataOf, propertySteps, sameMetadata } from "./property-steps.ts";
import { Renames } from "./renames.ts";
import type { ConditionalStep, DropMode, MigrationStep } from "./steps.ts";

/** What a plan depends on besides the two schemas. */
export interface PlanOptions {
  /** Whether a type of the accepted schema has entities; asked only where a step depends on it. */
  readonly isPopulated: (type: EntityType) => boolean;
  /** Whether what is dropped is given up for good. */
  readonly allowDataLoss: boolean;
  /** Whether it is only told how the schemas differ: a type that values may not fit is a change then, and not refused. Default false. */
  readonly describes?: boolean;
  /** Whether the rows may be those of another schema too, which have what the accepted one lacks. Default false. */
  readonly joins?: boolean;
}

/** The steps from one schema to another. */
export interface DraftPlan {
  /** The desired schema; what the accepted one has too keeps its ids. */
  readonly catalog: Catalog;
  /** In the order in which they would be taken. None: the schemas mean the same. */
  readonly steps: readonly ConditionalStep[];
}

/**
 * Compares a desired schema with the accepted one. Types and properties are the same by name, or by `@rename_from`.
 * Errors: `schema_invalid`, with every root cause in `details.diagnostics`.
 */
export function planMigration(accepted: Catalog, source: Source, options: PlanOptions): DraftPlan {
  const renames = new Renames(accepted, compileSchema(source, derivedIds([accepted])));
  const catalog = compileSchema(source, renames.mint(derivedIds([accepted])), formerOf(accepted));
  const steps = [...renames.refused.map(always), ...stepsBetween(accepted, catalog, options)];
  return { catalog, steps };
}

/** The steps from one schema of a graph to another one. */
export function stepsBetween(
  accepted: Catalog,
  catalog: Catalog,
  options: PlanOptions,
): readonly ConditionalStep[] {
  const now = typesOf(catalog);
  const pairs = now.flatMap((desired) => {
    const type = accepted.typeById.get(desired.id);
    return type === undefined ? [] : [{ accepted: type, desired }];
  });
  const dropped = typesOf(accepted).filter(({ id }) => !catalog.typeById.has(id));
  return [
    ...pairs.flatMap((pair) => renameSteps(pair.accepted, pair.desired)),
    // Edges before the nodes that they join.
    ...dropped.filter(({ kind }) => kind === "edge").map((type) => dropStep(type, options)),
    ...dropped.filter(({ kind }) => kind === "node").map((type) => dropStep(type, options)),
    ...pairs.flatMap((pair) => [
      ...propertySteps({ ...pair, ...options, isPopulated: () => options.isPopulated(pair.accepted) }),
      ...constraintSteps(pair.accepted, pair.desired),
      ...metadataSteps(pair.accepted, pair.desired),
    ]),
    ...now.flatMap(({ id, kind, name }) =>
      accepted.typeById.has(id) ? [] : [always({ kind: "add_type", typeKind: kind, typeName: name })],
    ),
  ];
}

function typesOf(catalog: Catalog): readonly EntityType[] {
  return [...catalog.nodes.values(), ...catalog.edges.values()];
}

function always(step: MigrationStep): ConditionalStep {
  return { step, requires: null };
}

function renameSteps(accepted: EntityType, { kind, name }: EntityType): readonly ConditionalStep[] {
  if (accepted.name === name) return [];
  return [always({ kind: "rename_type", typeKind: kind, typeName: name, from: accepted.name })];
}

function dropStep(type: EntityType, { allowDataLoss, isPopulated }: PlanOptions): ConditionalStep {
  const mode: DropMode = allowDataLoss ? "hard" : "soft";
  const lost = type.kind === "node" ? "OG-DS-102" : "OG-DS-103";
  const code = allowDataLoss && isPopulated(type) ? lost : null;
  return always({ kind: "drop_type", typeKind: type.kind, typeName: type.name, mode, code });
}

function metadataSteps(accepted: EntityType, desired: EntityType): readonly ConditionalStep[] {
  if (sameMetadata(accepted.annotations, desired.annotations)) return [];
  const { kind, name } = desired;
  const annotations = metadataOf(desired.annotations);
  return [always({ kind: "update_type_metadata", typeKind: kind, typeName: name, annotations })];
}
