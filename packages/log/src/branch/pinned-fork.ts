import { isError } from "@omnigraph/base";
import type { Pin } from "../retention/pins.ts";
import type { Fork } from "./branches.ts";
import { forkUnknown } from "./errors.ts";

/**
 * A prepared branch whose fork point is pinned until the branch is published, and its own record protects it. Without a pin the record is the first that
 * protects it, and the horizon is looked at after that: cleanup lists records after it has condemned, so one of the two sees the other. `check` throws
 * `history_reclaimed` where the fork point is condemned; `undo` deletes the branch.
 */
export function pinnedFork(
  { branch, makes, publish }: Omit<Fork, "cancel">,
  pin: Pin | null,
  check: () => Promise<void>,
  undo: () => Promise<void>,
): Fork {
  /** The pin may have expired before the record was there, if this process stood still. Then the branch stays only if its fork point is safe. */
  const confirm = async (): Promise<void> => {
    try {
      if (pin === null || !(await pin.isHeld())) await checkedAgain(check, undo);
    } catch (thrown) {
      if (isError(thrown, "history_reclaimed")) throw thrown;
      throw forkUnknown(branch.name, thrown);
    }
  };
  return {
    branch,
    makes,
    publish: async () => {
      try {
        await publish();
        await confirm();
      } catch (thrown) {
        if (isError(thrown, "outcome_unknown")) await pin?.abandon();
        else await pin?.release();
        throw thrown;
      }
      await pin?.release();
    },
    cancel: async () => pin?.release(),
  };
}

async function checkedAgain(check: () => Promise<void>, undo: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (thrown) {
    if (isError(thrown, "history_reclaimed")) await undo();
    throw thrown;
  }
}
