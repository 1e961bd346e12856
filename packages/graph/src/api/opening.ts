import type { Environment } from "@omnigraph/base";
import type { Authorize } from "./authorization.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { Durability, LayerStore, ObjectStore } from "@omnigraph/storage";

/** How a graph is opened. */
export interface OpenOptions {
  /** Author of the commits made through this handle, unless a call names another. */
  readonly actor?: string;
  /** No write is possible, and none of the checks that writing needs is made. */
  readonly readOnly?: boolean;
  /** Default `durable`: an acknowledged commit survives power loss. */
  readonly durability?: Durability;
  /**
   * What derived structures may take in memory: a number of bytes for this graph alone, or a budget that it shares with the other graphs that are given
   * it. Default: the budget that the graphs of a process share, of OMNIGRAPH_MEMORY bytes as it was at the latest `open` or `init`, else the limit `memoryBytes`.
   */
  readonly memory?: number | MemoryBudget;
  /** Writes of more rows than this are staged as tables instead of carried inside the commit. Default: the limit `inlineRows`. */
  readonly inlineRows?: number;
  /** Asked before each call of this handle does anything; one that it does not permit fails with `permission_denied`. Default: all are permitted. */
  readonly authorize?: Authorize;
}

/** How a graph is made. */
export interface InitOptions extends OpenOptions {
  /** Schema source (`.pg`). */
  readonly schema: string;
  /** Name under which messages show the source. Default `schema.pg`. */
  readonly schemaFile?: string;
}

/** The parts that a graph is put together from. */
export interface GraphParts {
  /** The commit log, and all that is no table. Closing the graph closes it. */
  readonly objects: ObjectStore;
  /** The graph's tables. `new ObjectLayers(objects)` keeps them in any store of objects. */
  readonly tables: LayerStore;
  /** Clock and randomness. Default: the system's. */
  readonly environment?: Environment;
  /** What derived structures may take in memory; graphs that are given the same budget share it. Default: the budget of the process. */
  readonly budget?: MemoryBudget;
}

/** How a graph is opened whose parts are given. */
export type OpenWithOptions = Omit<OpenOptions, "memory">;

/** How a graph is made whose parts are given. */
export type InitWithOptions = Omit<InitOptions, "memory">;

/** How a handle is closed. */
export interface CloseOptions {
  /** Stops the calls under way, each with `aborted`, instead of waiting for their ends. */
  readonly abort?: boolean;
}
