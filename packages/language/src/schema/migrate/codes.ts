/** What a code of a migration plan means, and its remedy. */
export interface MigrationCodeEntry {
  readonly meaning: string;
  readonly remedy: string;
}

/** A code of a step of a migration plan. */
export type MigrationCode = "OG-DS-102" | "OG-DS-103" | "OG-DS-104" | "OG-MF-103" | "OG-MF-106";

/** Every code of the steps of a migration plan; `docs/reference/diagnostics.md` is generated from it. */
export const MIGRATION_CODES: Readonly<Record<MigrationCode, MigrationCodeEntry>> = {
  "OG-DS-102": {
    meaning: "A node type that has entities is dropped for good.",
    remedy: "Export them first, or drop the type softly: older commits can still read it.",
  },
  "OG-DS-103": {
    meaning: "An edge type that has edges is dropped for good.",
    remedy: "Export them first, or drop the type softly: older commits can still read it.",
  },
  "OG-DS-104": {
    meaning: "A property of a type that has entities is dropped for good.",
    remedy: "Export its values first, or drop it softly: older commits can still read it.",
  },
  "OG-MF-103": {
    meaning:
      "A property that must be there is added to a type that has entities, without a default for them.",
    remedy: "Give it a @default, or make it optional, fill it, and require it then.",
  },
  "OG-MF-106": {
    meaning:
      "A property gets a type that values of its old type may not fit: another type, an enum without a value that it had, or no longer optional while entities lack it.",
    remedy:
      "Add a property of the new type, fill it and drop the old one; give a value to the entities that lack one.",
  },
};
