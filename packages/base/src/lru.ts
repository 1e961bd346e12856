import { LRUCache } from "lru-cache";

/** Values by name, of which those used longest ago are dropped. */
export type Lru<Value extends {}> = Pick<
  LRUCache<string, Value>,
  "get" | "set" | "delete" | "clear" | "values" | "size"
>;

/**
 * A cache of at most `max` values, or of values of at most `max` together where each has a size: a whole number above 0. A value that is larger by itself
 * is not kept. The library's own limit by count would allocate for the whole cache at once: 5 ms and 1.5 MB for 65,536 values.
 */
export function lru<Value extends {}>(max: number, sizeOf: (value: Value) => number = one): Lru<Value> {
  return new LRUCache({ maxSize: max, sizeCalculation: sizeOf });
}

/** A cache of values of at most so many bytes together, any number of either. */
export function lruOfBytes<Value extends {}>(bytes: number, bytesOf: (value: Value) => number): Lru<Value> {
  const max = Math.min(Number.MAX_SAFE_INTEGER, Math.max(1, Math.floor(bytes)));
  return lru(max, (value) => Math.max(1, Math.ceil(bytesOf(value))));
}

function one(): number {
  return 1;
}
