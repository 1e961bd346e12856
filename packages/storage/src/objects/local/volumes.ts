import { dirname } from "node:path";
import { OmnigraphError } from "@omnigraph/base";
import type { FileSystem } from "./filesystem.ts";
import type { Volume } from "./mounts.ts";

/**
 * Magic numbers of network file systems (linux/magic.h, statfs(2)): there a link that succeeded can be reported as failed, and caches can hide another
 * machine's objects.
 */
const NETWORK = new Map<number, string>([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x517b, "SMB"],
  [0x5346414f, "AFS"],
  [0x73757245, "Coda"],
  [0x564c, "NCP"],
  [0x00c36400, "Ceph"],
  [0x01021997, "9P"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x7461636f, "OCFS2"],
]);

/** File systems on which syncing a new file makes its name durable too (`npm run power-cut` tests that), unless their journal mode can show stale blocks. */
const NAMES_FILES = new Set(["ext4", "xfs", "btrfs"]);
const STALE_BLOCKS = /(?:^|,)data=writeback(?:,|$)/;
/** A file of one block survives whole or not at all, whatever was synced of it. Blocks are of this size or smaller. */
const BLOCK_BYTES = 4096;

/** The file system that holds a root, or would hold it once made. */
export async function volumeOf(disk: FileSystem, root: string): Promise<Volume> {
  let folder = root;
  while ((await disk.stat(folder)) === null && folder !== dirname(folder)) folder = dirname(folder);
  return disk.volume(folder);
}

/** Refuses a root on a network file system: put-if-absent is not safe there. */
export function refuseNetwork(volume: Volume, root: string): void {
  const kind = NETWORK.get(volume.magic);
  if (kind === undefined) return;
  throw new OmnigraphError(
    "store_unsupported",
    `${root} is on a network file system (${kind}), where two writers could both believe to have won; use a local disk or an object store`,
    { details: { path: root, kind } },
  );
}

/** Largest new file, in bytes, whose bytes and name one sync makes durable; 0 where a name needs a sync of its folder. */
export function oneSyncBytes({ type, options, blockBytes }: Volume): number {
  if (!NAMES_FILES.has(type) || STALE_BLOCKS.test(options)) return 0;
  return Math.min(blockBytes, BLOCK_BYTES);
}
