import { join } from "node:path";
import { type Clock, OmnigraphError } from "@omnigraph/base";
import { type FileSystem, hasCode } from "./filesystem.ts";
import type { Owner, Owners } from "./owner.ts";

/** What a lock needs of its store. */
export interface LockContext {
  readonly disk: FileSystem;
  readonly clock: Clock;
  readonly owners: Owners;
  /** Makes a folder and those above it. */
  makeFolder(folder: string): Promise<void>;
  /** Creates a file whole, or answers false where there is one. */
  create(path: string, bytes: Uint8Array): Promise<boolean>;
}

const WAIT_MS = { first: 2, most: 50, all: 30_000 };

/**
 * Runs `body` while no other process does so under the same lock folder. The lock is a series of numbered records, each naming its owner. The owner of
 * the highest record holds the lock until `<number>.free` appears or the owner is provably dead. A record is claimed by creating it. The highest one is
 * never removed, so a late claimant with a lower number sees it and withdraws. No lock is broken by a timeout.
 */
export async function underLock<T>(context: LockContext, folder: string, body: () => Promise<T>): Promise<T> {
  await context.makeFolder(folder);
  const number = await acquire(context, folder);
  try {
    return await body();
  } finally {
    await context.create(join(folder, `${number}.free`), new Uint8Array(0));
  }
}

async function acquire(context: LockContext, folder: string): Promise<number> {
  const began = context.clock.monotonicMs();
  const record = new TextEncoder().encode(JSON.stringify(context.owners.self()));
  for (let wait = WAIT_MS.first; ; wait = Math.min(wait * 2, WAIT_MS.most)) {
    const { highest, isFree } = await readState(context.disk, folder);
    if (isFree || (await isAbandoned(context, folder, highest))) {
      const mine = highest + 1;
      if (await context.create(join(folder, String(mine)), record)) {
        if ((await readState(context.disk, folder)).highest === mine) {
          await clear(context.disk, folder, mine);
          return mine;
        }
        await removeQuietly(context.disk, join(folder, String(mine)));
      }
    }
    if (context.clock.monotonicMs() - began > WAIT_MS.all) {
      throw new OmnigraphError(
        "store_transient",
        `another process holds the lock ${folder}; repeat the call`,
        {
          details: { path: folder },
        },
      );
    }
    await context.clock.sleep(wait);
  }
}

interface LockState {
  /** 0: nobody has ever held the lock. */
  readonly highest: number;
  readonly isFree: boolean;
}

async function readState(disk: FileSystem, folder: string): Promise<LockState> {
  const names = new Set(((await disk.readFolder(folder)) ?? []).map((entry) => entry.name));
  const highest = Math.max(0, ...[...names].map(Number).filter(Number.isInteger));
  return { highest, isFree: highest === 0 || names.has(`${highest}.free`) };
}

async function isAbandoned(context: LockContext, folder: string, number: number): Promise<boolean> {
  const owner = await readOwner(context.disk, join(folder, String(number)));
  return owner !== null && context.owners.isDead(owner);
}

async function readOwner(disk: FileSystem, path: string): Promise<Owner | null> {
  try {
    const handle = await disk.open(path, "read");
    try {
      const bytes = new Uint8Array((await disk.statHandle(handle)).size);
      await disk.read(handle, bytes, 0);
      return JSON.parse(new TextDecoder().decode(bytes)) as Owner; // written whole by `acquire`, or not at all
    } finally {
      await disk.close(handle);
    }
  } catch (cause) {
    if (hasCode(cause, "ENOENT") || cause instanceof SyntaxError) return null;
    throw cause;
  }
}

/** Removes the records below one's own. */
async function clear(disk: FileSystem, folder: string, mine: number): Promise<void> {
  for (const { name } of (await disk.readFolder(folder)) ?? []) {
    if (Number.parseInt(name, 10) < mine) await removeQuietly(disk, join(folder, name));
  }
}

async function removeQuietly(disk: FileSystem, path: string): Promise<void> {
  try {
    await disk.unlink(path);
  } catch (cause) {
    if (!hasCode(cause, "ENOENT")) throw cause;
  }
}
