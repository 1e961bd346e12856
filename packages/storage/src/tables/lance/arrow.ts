import { requireExternal } from "@omnigraph/storage/external";
import type * as arrow from "apache-arrow";

export type Arrow = typeof arrow;

let loaded: Arrow | null = null;

/** Arrow's CommonJS build, because lancedb uses that one. Loading it takes 0.1 s. */
export function loadArrow(): Arrow {
  // The module's type is that of its declarations; `require` itself has none.
  loaded ??= requireExternal("apache-arrow") as Arrow;
  return loaded;
}
