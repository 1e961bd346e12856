import type { Clock } from "@omnigraph/base";
import { MemoryObjects } from "../objects/memory/memory-objects.ts";
import { ObjectLayers } from "../tables/object-layers.ts";
import type { Backend } from "./backend.ts";

/** Objects in this process, and tables as objects: Lance cannot reach this memory. */
export function memoryBackend(name: string, clock: Clock): Backend {
  const objects = new MemoryObjects(name, clock);
  const tables = new ObjectLayers(objects);
  return {
    objects,
    tables,
    holdsTables: false,
    outside: null,
    noteStore: async () => undefined,
    removeAll: () => objects.deletePrefix(""),
  };
}
