import type { Catalog } from "../catalog/catalog.ts";
import { stepsBetween } from "../migrate/plan.ts";
import type { MigrationStep } from "../migrate/steps.ts";
import { partsOf } from "./declared-parts.ts";
import { printDeclarations } from "./print-parts.ts";

/** A declaration that two schemas have in different forms, formatted; null where one does not have it. */
export interface DeclarationPair {
  /** That of the first schema. */
  readonly before: string | null;
  /** That of the second. */
  readonly after: string | null;
}

/** How two schemas of a graph differ. */
export interface SchemaDifferences {
  /** The steps from the first to the second. */
  readonly steps: readonly MigrationStep[];
  /** The declarations that differ: of types, which may have been renamed, and of interfaces. */
  readonly declarations: readonly DeclarationPair[];
}

/** How two schemas of a graph differ: types and properties are the same by their ids. */
export function schemaDifferences(before: Catalog, after: Catalog): SchemaDifferences {
  if (before.hash === after.hash) return { steps: [], declarations: [] };
  const [old, now] = [before, after].map((catalog) => printDeclarations(partsOf(catalog)));
  const ids = new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])]);
  const pairs = Array.from(ids, (id) => ({ before: old?.get(id) ?? null, after: now?.get(id) ?? null }));
  return {
    steps: schemaSteps(before, after),
    declarations: pairs.filter((pair) => pair.before !== pair.after),
  };
}

/** The steps from one schema of a graph to another, whatever rows there are. */
export function schemaSteps(before: Catalog, after: Catalog): readonly MigrationStep[] {
  if (before.hash === after.hash) return [];
  const options = { isPopulated: () => false, allowDataLoss: false, describes: true };
  return stepsBetween(before, after, options).map(({ step }) => step);
}
