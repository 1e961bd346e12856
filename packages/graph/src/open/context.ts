import type { Environment } from "@omnigraph/base";
import type { MemoryShare } from "@omnigraph/engine";
import type { GraphLog } from "@omnigraph/log";
import type { Durability, LayerStore, ObjectStore } from "@omnigraph/storage";
import type { Catalogs } from "./catalogs.ts";
import type { Calls } from "../calls/calls.ts";

/** The context of an open graph: what all its parts share. */
export interface GraphContext {
  readonly calls: Calls;
  readonly environment: Environment;
  readonly store: ObjectStore;
  readonly layers: LayerStore;
  readonly log: GraphLog;
  readonly catalogs: Catalogs;
  readonly memory: MemoryShare;
  readonly durability: Durability;
  /** Author of commits that name none. */
  readonly actor: string | null;
  /** Set when writes above so many rows are staged as tables; else the limit of the system. */
  readonly inlineRows: number | undefined;
  /** A ULID, later than every one before. */
  readonly mint: () => string;
}
