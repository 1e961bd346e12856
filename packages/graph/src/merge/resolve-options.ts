import { Resolutions } from "@omnigraph/engine";
import type { Catalog } from "@omnigraph/language";
import type { MergeResolutions, ResolveOptions } from "./api.ts";

/** What a caller chose: a strategy given by itself goes before that of the resolutions. */
export function chosen({ strategy, resolutions }: ResolveOptions): MergeResolutions {
  const side = strategy ?? resolutions?.strategy;
  return { ...(side === undefined ? {} : { strategy: side }), entities: resolutions?.entities ?? [] };
}

/** The caller's decisions against a schema. Throws `resolutions_invalid`. */
export function boundResolutions(options: ResolveOptions, catalog: Catalog): Resolutions {
  const { strategy = null, entities = [] } = chosen(options);
  return new Resolutions(catalog, strategy, entities);
}
