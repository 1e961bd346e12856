import type { ObjectStore } from "./store.ts";

/** An object's address, for messages. */
export function placeOf(store: ObjectStore, key: string): string {
  return store.uri.endsWith("/") ? store.uri + key : `${store.uri}/${key}`;
}
