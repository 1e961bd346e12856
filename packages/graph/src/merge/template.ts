import { writeJson } from "@omnigraph/base";
import type { MergeConflict } from "@omnigraph/wire";
import type { EntityResolution, MergeResolutions } from "../api/merge.ts";

/** The conflicts with properties to choose from: both sides changed or inserted the entity, in different ways. */
const OF_PROPERTIES: readonly MergeConflict["kind"][] = [
  "divergent_insert",
  "divergent_update",
  "value_constraint_violation",
];

/**
 * Resolutions to edit. They decide every conflict by ours: property by property if an entity is in conflict only because of its properties, otherwise for
 * the entity, or for the node that the conflict is about. These decisions may cause further conflicts, which the template does not contain.
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
