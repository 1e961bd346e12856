import type { Environment } from "@omnigraph/base";
import type { Authorize } from "./authorization.ts";
import type { MaintenanceRun } from "./maintenance.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { Durability, LayerStore, ObjectStore } from "@omnigraph/storage";

/** How a graph is opened. */
export interface OpenOptions {
  /** Author of the commits made through this handle, unless a call names another. */
  readonly actor?: string;
  /** Refuses every write, and omits the checks that only writing needs. */
  readonly readOnly?: boolean;
  /** Default `durable`: an acknowledged commit survives power loss. */
  readonly durability?: Durability;
  /**
   * Memory for derived structures: a number of bytes for this graph alone, or a budget that it shares with other graphs. Default: the budget that all graphs of
   * the process share, of OMNIGRAPH_MEMORY bytes as read at the latest `open` or `init`, else the limit `memoryBytes`.
   */
  readonly memory?: number | MemoryBudget;
  /** Writes of more rows than this are staged as tables instead of stored inside the commit. Default: the limit `inlineRows`. */
  readonly inlineRows?: number;
  /**
   * Addresses below which values of Blobs may lie that are no content, `https://files.example.com/docs/` for example. Nothing is read from there. Default: those in
   * OMNIGRAPH_EXTERNAL_BLOBS, with spaces between them, when an address is opened, else none.
   */
  readonly externalBlobs?: readonly string[];
  /**
   * Whether the branches that this handle writes are folded in the background, as `maintenance.optimize` does it, before their history makes reading slower.
   * Nobody waits for it; closing the handle stops it. Default `background`.
   */
  readonly maintenance?: "background" | "off";
  /** Called after each attempt to fold a branch in the background. What it throws is ignored. */
  readonly onMaintenance?: (run: MaintenanceRun) => void;
  /** Asked about each call of this handle before it does anything; if it refuses, the call fails with `permission_denied`. Default: every call is permitted. */
  readonly authorize?: Authorize;
}

/** How a graph is used for another actor. */
export interface AsOptions {
  /** Asked about each call of this actor, in place of what the handle was opened with. Default: that. */
  readonly authorize?: Authorize;
}

/** How a graph is made. */
export interface InitOptions extends OpenOptions {
  /** Schema source (`.pg`). */
  readonly schema: string;
  /** Name of the source for messages. Default `schema.pg`. */
  readonly schemaFile?: string;
}

/** The parts of a graph. */
export interface GraphParts {
  /** The commit log, and everything else but tables. Closing the graph closes it. */
  readonly objects: ObjectStore;
  /** The tables of the graph. `new ObjectLayers(objects)` stores them in any object store. */
  readonly tables: LayerStore;
  /** Clock and randomness. Default: those of the system. */
  readonly environment?: Environment;
  /** Memory for derived structures; graphs with the same budget share it. Default: the budget of the process. */
  readonly budget?: MemoryBudget;
}

/** How a graph is opened in given parts. */
export type OpenWithOptions = Omit<OpenOptions, "memory">;

/** How a graph is made in given parts. */
export type InitWithOptions = Omit<InitOptions, "memory">;

/** How a handle is closed. */
export interface CloseOptions {
  /** Stops the running calls, which fail with `aborted`, instead of waiting for them. */
  readonly abort?: boolean;
}
