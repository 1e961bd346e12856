import type { ValueType } from "../../types/value-types.ts";
import type { Annotation, Catalog, CheckConstraint, RangeConstraint } from "../catalog/catalog.ts";
import type { MigrationCode } from "./codes.ts";

/** Whether what is dropped stays readable in older commits (soft), or is given up for good (hard). */
export type DropMode = "soft" | "hard";

/** A constraint as a step names it: by names of the desired schema, `src` and `dst` for the ends of an edge. A key is that of an edge: those of nodes stay. */
export type NamedConstraint =
  | { readonly kind: "index" | "unique" | "key"; readonly members: readonly string[] }
  | ({ readonly kind: "range"; readonly property: string } & Pick<RangeConstraint, "min" | "max">)
  | ({ readonly kind: "check"; readonly property: string } & Pick<CheckConstraint, "pattern">)
  | { readonly kind: "cardinality"; readonly min: number; readonly max: number | null }
  | { readonly kind: "implements"; readonly members: readonly string[] };

/** The type that a step is about. */
export interface MigratedType {
  /** Whether it is a type of nodes or of edges. */
  readonly typeKind: "node" | "edge";
  /** Its name in the desired schema, or in the accepted one where it is dropped. */
  readonly typeName: string;
}

/** The property that a step is about. */
export interface MigratedProperty extends MigratedType {
  /** The name of the property, in the same schema. */
  readonly propertyName: string;
}

/** A step of a migration from the accepted schema to the desired one. */
export type MigrationStep =
  | ({ readonly kind: "add_type" } & MigratedType)
  | ({ readonly kind: "rename_type"; readonly from: string } & MigratedType)
  | ({
      readonly kind: "drop_type";
      readonly mode: DropMode;
      readonly code: MigrationCode | null;
    } & MigratedType)
  | ({ readonly kind: "add_property"; readonly propertyType: ValueType } & MigratedProperty)
  | ({ readonly kind: "rename_property"; readonly from: string } & MigratedProperty)
  | ({
      readonly kind: "drop_property";
      readonly mode: DropMode;
      readonly code: MigrationCode | null;
    } & MigratedProperty)
  | ({ readonly kind: "extend_enum"; readonly addedValues: readonly string[] } & MigratedProperty)
  | ({
      readonly kind: "change_property_type";
      readonly from: ValueType;
      readonly to: ValueType;
    } & MigratedProperty)
  | ({
      readonly kind: "add_constraint" | "drop_constraint";
      readonly constraint: NamedConstraint;
    } & MigratedType)
  | ({ readonly kind: "update_type_metadata"; readonly annotations: readonly Annotation[] } & MigratedType)
  | ({
      readonly kind: "update_property_metadata";
      readonly annotations: readonly Annotation[];
    } & MigratedProperty)
  | {
      readonly kind: "unsupported_change";
      /** What it is about, `Person.age` say. */
      readonly entity: string;
      /** Why it cannot be done, and what can be done instead. */
      readonly reason: string;
      readonly code: MigrationCode | null;
    };

/** A step that can be taken if the rows of a type allow it. */
export interface ConditionalStep {
  readonly step: MigrationStep;
  /** Null: it can be taken. Otherwise what the rows must be like. */
  readonly requires: RowCondition | null;
}

/** The rows as they are must be rows of this schema: that of the type, with nothing demanded but what the step demands. */
export interface RowCondition {
  /** The changed type, and of an edge the types of its ends. */
  readonly catalog: Catalog;
  /** What the unsupported step is about. */
  readonly entity: string;
  /** The code of the unsupported step. */
  readonly code: MigrationCode | null;
  /** What the unsupported step says before it names the rows. */
  readonly problem: string;
  /** What is looked at where the rows are so; absent where that is all. */
  readonly next?: RowCondition;
}
