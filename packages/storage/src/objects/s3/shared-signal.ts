import { setMaxListeners } from "node:events";

/** For each caller's signal one that follows it. It goes with the caller's. */
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
