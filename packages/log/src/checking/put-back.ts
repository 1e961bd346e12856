import { type Environment, OmnigraphError } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { claim } from "../content-objects.ts";

/** A copy of an object, and what stands in its place. */
export interface ObjectCopy {
  readonly bytes: Uint8Array;
  /** The damaged object that the copy is to replace; null where none was found. */
  readonly damaged: Uint8Array | null;
}

/**
 * Puts a copy in the place of the damaged object that was found there, or where there is none; never over what others have put meanwhile. What is there and the same is
 * made durable. Errors: `read_set_conflict` where something else is there, those of `claim`.
 */
export async function putBack(
  store: ObjectStore,
  environment: Environment,
  key: string,
  { bytes, damaged }: ObjectCopy,
  isSame: (there: Uint8Array) => boolean = (there) => isEqual(there, bytes),
): Promise<void> {
  const found = damaged === null ? null : await store.get(key);
  // Nobody writes over what is damaged but who repairs it, and cleanup over what was repaired: each of them puts the same object.
  if (found !== null && damaged !== null && isEqual(found, damaged)) return store.put(key, bytes, "durable");
  if (isSame(await claim(store, environment, key, bytes))) return;
  const place = placeOf(store, key);
  throw new OmnigraphError(
    "read_set_conflict",
    `something else was put at ${place} meanwhile, and stays; check the graph again`,
    { details: { place } },
  );
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
