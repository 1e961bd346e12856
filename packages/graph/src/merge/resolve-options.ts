import { OmnigraphError } from "@omnigraph/base";
import { Resolutions } from "@omnigraph/engine";
import type { Catalog } from "@omnigraph/language";
import type { MergeResolutions, ResolveOptions } from "./api.ts";

/**
 * What a caller decided; a strategy given by itself goes before that of the resolutions. Throws `resolutions_invalid` where they are not of the published
 * schema.
 */
export async function decisionsIn({ strategy, resolutions }: ResolveOptions): Promise<MergeResolutions> {
  if (strategy !== undefined && strategy !== "ours" && strategy !== "theirs") {
    const given = JSON.stringify(strategy);
    throw new OmnigraphError("resolutions_invalid", `a strategy is "ours" or "theirs", not ${given}`);
  }
  if (resolutions === undefined) return strategy === undefined ? {} : { strategy };
  const { parseResolutions } = await import("./resolutions.ts");
  const parsed = parseResolutions(resolutions);
  return strategy === undefined ? parsed : { ...parsed, strategy };
}

/** Decisions against a schema. Throws `resolutions_invalid`. */
export function boundTo(catalog: Catalog, { strategy, entities = [] }: MergeResolutions): Resolutions {
  return new Resolutions(catalog, strategy ?? null, entities);
}
