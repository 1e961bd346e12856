import * as fs from "node:fs";
import { promisify } from "node:util";
import { readVolume, type Volume } from "./mounts.ts";

/** What a path or an open handle is. */
export interface FileStatus {
  readonly size: number;
  readonly modifiedMs: number;
  readonly isFolder: boolean;
  /** Number of names (hard links); 0 once it was removed. */
  readonly links: number;
  /** Inode on its device: no two files that exist, or are open, share both. Above 2^53 the last bits are lost. */
  readonly inode: number;
  readonly device: number;
}

/** One name in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** The answer of a call: a value where the call blocks, else a promise. */
export type Answer<T> = Promise<T> | T;

/**
 * Every file-system call of the local store. Failures are system errors with a `code` such as `ENOENT`; paths are absolute.
 * Only what `sync` and `syncData` were called for survives power loss; a simulated disk drops all else.
 */
export interface FileSystem {
  /** Null where there is nothing. */
  stat(path: string): Answer<FileStatus | null>;
  statHandle(handle: number): Answer<FileStatus>;
  /** Whether the name itself is a symbolic link, wherever that leads. */
  isLink(path: string): Answer<boolean>;
  /** Opens a file or folder to read and sync it, or creates a file that must not be there. */
  open(path: string, use: "read" | "create"): Answer<number>;
  /** Reads from `position` into `into`; answers the number of bytes, fewer than asked for at the end of the file. */
  read(handle: number, into: Uint8Array, position: number): Answer<number>;
  /** Appends all bytes to what this handle has written. */
  write(handle: number, bytes: Uint8Array): Answer<void>;
  /** Makes a file's bytes and length durable, but not its name. */
  syncData(handle: number): Answer<void>;
  /** Makes all of a file, or the names in a folder, durable. */
  sync(handle: number): Answer<void>;
  close(handle: number): Answer<void>;
  /** Gives a file another name, which must be free. */
  link(from: string, to: string): Answer<void>;
  /** Moves a name, replacing what is there. */
  rename(from: string, to: string): Answer<void>;
  unlink(path: string): Answer<void>;
  /** Makes one folder in a folder that is there. */
  makeFolder(path: string): Answer<void>;
  /** Removes an empty folder. */
  removeFolder(path: string): Answer<void>;
  /** In no order; null where there is no such folder. */
  readFolder(path: string): Answer<readonly FolderEntry[] | null>;
  /** The file system that holds a path. */
  volume(path: string): Answer<Volume>;
}

/** The disk under a local store, as three kinds of calls. A simulated disk gives the same for all three. */
export interface LocalDisk {
  readonly blocking: FileSystem;
  /** Syncs in the thread pool, all else by blocking calls. */
  readonly mixed: FileSystem;
  readonly background: FileSystem;
}

/** Whether a failure is a system error of one of these codes. */
export function hasCode(cause: unknown, ...codes: readonly string[]): boolean {
  const code = systemCode(cause);
  return code !== null && codes.includes(code);
}

/** The code of a system error, such as `ENOENT`; null for any other failure. */
export function systemCode(cause: unknown): string | null {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : null;
}

/**
 * The real disk by blocking calls. On small objects a system call takes microseconds, and sending the seven calls of a durable put to the thread pool
 * costs more than its two syncs (measured: 0.47 ms blocking, 0.78 ms by the pool).
 */
const blockingFileSystem: FileSystem = {
  stat: (path) => {
    try {
      const stats = fs.statSync(path, { throwIfNoEntry: false });
      return stats === undefined ? null : status(stats);
    } catch (cause) {
      return nullIfNothing(cause);
    }
  },
  statHandle: (handle) => status(fs.fstatSync(handle)),
  isLink,
  open: (path, use) => fs.openSync(path, use === "read" ? "r" : "wx"),
  read: (handle, into, position) => {
    let done = 0;
    while (done < into.length) {
      const count = fs.readSync(handle, into, done, into.length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  },
  write: (handle, bytes) => {
    for (let done = 0; done < bytes.length;) done += written(fs.writeSync(handle, bytes, done));
  },
  syncData: (handle) => fs.fdatasyncSync(handle),
  sync: (handle) => fs.fsyncSync(handle),
  close: (handle) => fs.closeSync(handle),
  link: (from, to) => fs.linkSync(from, to),
  rename: (from, to) => fs.renameSync(from, to),
  unlink: (path) => fs.unlinkSync(path),
  makeFolder: (path) => {
    fs.mkdirSync(path);
  },
  removeFolder: (path) => fs.rmdirSync(path),
  readFolder: (path) => {
    try {
      return entries(fs.readdirSync(path, { withFileTypes: true }));
    } catch (cause) {
      return nullIfNothing(cause);
    }
  },
  volume: readVolume,
};

/** Most bytes of one call in the thread pool, so that a large object does not occupy a thread for long. */
const CHUNK = 8 << 20;

const call = {
  open: promisify(fs.open),
  fstat: promisify(fs.fstat),
  read: promisify(fs.read),
  write: promisify(fs.write),
  fdatasync: promisify(fs.fdatasync),
  fsync: promisify(fs.fsync),
  close: promisify(fs.close),
};

/** The real disk by calls in the thread pool: for large objects, long listings and slow disks. */
const backgroundFileSystem: FileSystem = {
  stat: (path) => orNull(async () => status(await fs.promises.stat(path))),
  statHandle: async (handle) => status(await call.fstat(handle)),
  isLink,
  open: (path, use) => call.open(path, use === "read" ? "r" : "wx"),
  read: async (handle, into, position) => {
    let done = 0;
    while (done < into.length) {
      const length = Math.min(CHUNK, into.length - done);
      const { bytesRead } = await call.read(handle, into, done, length, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  },
  write: async (handle, bytes) => {
    for (let done = 0; done < bytes.length;) {
      const length = Math.min(CHUNK, bytes.length - done);
      done += written((await call.write(handle, bytes, done, length, null)).bytesWritten);
    }
  },
  syncData: (handle) => call.fdatasync(handle),
  sync: (handle) => call.fsync(handle),
  close: (handle) => call.close(handle),
  link: (from, to) => fs.promises.link(from, to),
  rename: (from, to) => fs.promises.rename(from, to),
  unlink: (path) => fs.promises.unlink(path),
  makeFolder: async (path) => {
    await fs.promises.mkdir(path);
  },
  removeFolder: (path) => fs.promises.rmdir(path),
  readFolder: (path) => orNull(async () => entries(await fs.promises.readdir(path, { withFileTypes: true }))),
  volume: readVolume,
};

/** The real disk. */
export const realDisk: LocalDisk = {
  blocking: blockingFileSystem,
  mixed: {
    ...blockingFileSystem,
    syncData: (handle) => backgroundFileSystem.syncData(handle),
    sync: (handle) => backgroundFileSystem.sync(handle),
  },
  background: backgroundFileSystem,
};

function isLink(path: string): boolean {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch (cause) {
    nullIfNothing(cause);
    return false;
  }
}

/** Checks that a write made progress: one that wrote nothing would be tried for ever. */
function written(count: number): number {
  if (count > 0) return count;
  throw Object.assign(new Error("EIO: a write wrote nothing"), { code: "EIO" });
}

function status(stats: fs.Stats): FileStatus {
  return {
    size: stats.size,
    modifiedMs: Math.floor(stats.mtimeMs),
    isFolder: stats.isDirectory(),
    links: stats.nlink,
    inode: stats.ino,
    device: stats.dev,
  };
}

function entries(names: readonly fs.Dirent[]): readonly FolderEntry[] {
  return names.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (cause) {
    return nullIfNothing(cause);
  }
}

/** Null for ENOENT and ENOTDIR (a file where a folder should be): in both cases the path names nothing. */
function nullIfNothing(cause: unknown): null {
  if (hasCode(cause, "ENOENT", "ENOTDIR")) return null;
  throw cause;
}
