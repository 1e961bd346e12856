import type { Environment } from "@omnigraph/base";
import type { Durability, ObjectStore } from "@omnigraph/storage";
import { type GraphParts, MemoryBudget, ObjectLayers, Omnigraph } from "omnigraph";
import { HISTORY_SCHEMA } from "../../oracle/random-history.ts";

const MEMORY_BYTES = 2 ** 28;

/** How a process opens the graph. */
export interface HandleOptions {
  /** Room for nothing: what is derived is made anew for every call. */
  readonly isStarved: boolean;
  /** Writes of more rows than this are staged as tables. */
  readonly inlineRows: number;
  readonly durability: Durability;
  /** Whether the handle folds the branches that it writes, without anyone asking for it. */
  readonly maintenance: "background" | "off";
}

export const PLAIN: HandleOptions = {
  isStarved: false,
  inlineRows: 1_000,
  durability: "durable",
  maintenance: "off",
};

/** The real library on a simulated store: tables are objects, and the surroundings are the process's. */
export function openGraph(
  objects: ObjectStore,
  environment: Environment,
  { isStarved, inlineRows, durability, maintenance }: HandleOptions,
): Promise<Omnigraph> {
  return Omnigraph.openWith(partsOf(objects, environment, isStarved ? 1 : MEMORY_BYTES), {
    inlineRows,
    durability,
    maintenance,
  });
}

/** Makes the graph of a run, and opens it. */
export function makeGraph(objects: ObjectStore, environment: Environment): Promise<Omnigraph> {
  return Omnigraph.initWith(partsOf(objects, environment, MEMORY_BYTES), {
    schema: HISTORY_SCHEMA,
    maintenance: "off",
  });
}

/** The budget is the handle's own: what one handle drops must not hang on the memory of others, which is freed at any time. */
function partsOf(objects: ObjectStore, environment: Environment, bytes: number): GraphParts {
  return { objects, tables: new ObjectLayers(objects), environment, budget: new MemoryBudget(bytes) };
}
