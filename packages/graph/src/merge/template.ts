import { writeJson } from "@omnigraph/base";
import type { MergeConflict } from "@omnigraph/wire";
import type { EntityResolution, MergeResolutions } from "../api/merge.ts";

/** What both sides changed of an entity, each in another way; in all other conflicts no property is to be chosen. */
const OF_PROPERTIES: readonly MergeConflict["kind"][] = [
  "divergent_insert",
  "divergent_update",
  "value_constraint_violation",
];

/**
 * Resolutions to start from, which decide as the strategy `ours` does: for each of the properties of an entity that is in conflict for these alone, else
 * for the entity, or for the node that a conflict is about. Conflicts that come of these decisions are not foreseen.
 *
 * @example
 * ```ts
 * import { resolutionsTemplate } from "omnigraph";
 *
 * await graph.branches.create("draft");
 * await graph.mutate('update Person set { age: 42 } where name = "Ann"', null, { branch: "draft" });
 * await graph.mutate('update Person set { age: 43 } where name = "Ann"');
 * const { conflicts } = await graph.branches.previewMerge("draft");
 * const [decision] = resolutionsTemplate(conflicts).entities ?? [];
 * console.log(decision?.id, decision?.properties); // Ann { age: 'ours' }
 * const merged = await graph.branches.merge("draft", { resolutions: resolutionsTemplate(conflicts) });
 * console.log(merged.outcome); // merged
 * ```
 */
export function resolutionsTemplate(conflicts: readonly MergeConflict[]): MergeResolutions {
  const byName = new Map<string, EntityResolution>();
  for (const {
    kind,
    entityKind,
    type,
    id,
    with: [node],
    properties,
  } of conflicts) {
    const entity = id === null ? node : { kind: entityKind, type, id };
    if (entity === undefined) continue;
    const name = writeJson([entity.kind, entity.type, entity.id]);
    const isOfProperties = OF_PROPERTIES.includes(kind) && !byName.has(name);
    const ours = properties.map((property) => [property, "ours"] as const);
    const decision = isOfProperties
      ? { properties: Object.fromEntries(ours) }
      : { strategy: "ours" as const };
    byName.set(name, { ...entity, ...decision });
  }
  return { entities: [...byName.values()] };
}
