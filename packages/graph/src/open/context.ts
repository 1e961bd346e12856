import type { MaintenanceRun } from "../api/maintenance.ts";
import type { Environment } from "@omnigraph/base";
import type { MemoryShare } from "@omnigraph/engine";
import type { GraphLog } from "@omnigraph/log";
import type { Durability, LayerStore, ObjectStore } from "@omnigraph/storage";
import type { Catalogs } from "./catalogs.ts";
import type { ContentPlaces } from "./content-places.ts";
import type { Calls } from "../calls/calls.ts";

/** What all parts of an open graph share. */
export interface GraphContext {
  readonly calls: Calls;
  readonly environment: Environment;
  readonly store: ObjectStore;
  readonly tables: LayerStore;
  readonly log: GraphLog;
  readonly catalogs: Catalogs;
  /** Where the content of Blobs lies. */
  readonly content: ContentPlaces;
  /** Addresses below which values of Blobs may lie. */
  readonly externalBlobs: readonly string[];
  readonly memory: MemoryShare;
  readonly durability: Durability;
  /** Author of commits that name none. What handles of several actors share asks `authorOf` of the caller's context instead. */
  readonly actor: string | null;
  /** Writes of more rows than this are staged as tables. Absent: the limit of the system. */
  readonly inlineRows: number | undefined;
  /** Whether the branches that the handle writes are folded in the background. */
  readonly maintenance: "background" | "off";
  readonly onMaintenance: ((run: MaintenanceRun) => void) | undefined;
  /** Makes a ULID that is greater than every earlier one. */
  readonly mint: () => string;
}

/** Who writes: the author that a call names, else that of its handle. */
export function authorOf({ actor }: GraphContext, named: { readonly actor?: string }): string | null {
  return named.actor ?? actor;
}
