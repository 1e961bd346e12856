import { writeJson } from "@omnigraph/base";
import { type Catalog, checkSchema, toJsonValue } from "@omnigraph/language";
import type { GraphCalls } from "@omnigraph/client";
import type { EntityKind, PointInTime } from "omnigraph";
import { type ShowValue, showJson } from "./differences.ts";

// The languages come with this module: commands load it when they run.

/** How the values of a type's entities are shown. */
export type ShowValuesOf = (kind: EntityKind, type: string) => ShowValue;

/**
 * Values of change images and conflicts for people: as JSON, with the text of days and instants (ISO 8601) where images hold numbers since the
 * epoch. What the schema does not know (any more) is shown as it is.
 */
export function showingValues(catalog: Pick<Catalog, "nodes" | "edges">): ShowValuesOf {
  return (kind, name) => {
    const type = (kind === "node" ? catalog.nodes : catalog.edges).get(name);
    if (type === undefined) return showJson;
    return (property, value) => {
      const shown = type.propertyByName.get(property)?.type;
      return writeJson(shown === undefined ? value : toJsonValue(value, shown));
    };
  };
}

/** The same by the schema that a branch, or a commit, has. */
export async function showingValuesOf(
  graph: GraphCalls,
  place: { readonly branch: string } | { readonly at: PointInTime },
): Promise<ShowValuesOf> {
  const { catalog } = checkSchema({ file: "schema.pg", text: await graph.schema.show(place) });
  return catalog === null ? () => showJson : showingValues(catalog);
}
