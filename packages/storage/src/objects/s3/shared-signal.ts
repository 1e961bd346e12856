import { setMaxListeners } from "node:events";

/** By the caller's signal the one that follows it. Both are garbage-collected together. */
const followers = new WeakMap<AbortSignal, AbortSignal>();

/**
 * A signal that aborts with the caller's and takes any number of listeners. A call reads many objects at once, and the SDK listens once for each: on the
 * caller's own signal Node would warn of a leak on standard error.
 */
export function sharedSignal(signal: AbortSignal): AbortSignal {
  let follower = followers.get(signal);
  if (follower === undefined) {
    follower = AbortSignal.any([signal]);
    setMaxListeners(0, follower);
    followers.set(signal, follower);
  }
  return follower;
}
