import { dirname } from "node:path";
import { OmnigraphError } from "@omnigraph/base";
import type { FileSystem } from "./filesystem.ts";

/** Magic numbers of network file systems (linux/magic.h and statfs(2)): there a link can succeed and yet be answered as failed, and caches can hide another machine's objects. */
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

/** Refuses a root on a network file system: put-if-absent is not safe there. */
export async function refuseNetwork(disk: FileSystem, root: string): Promise<void> {
  let folder = root;
  while ((await disk.stat(folder)) === null && folder !== dirname(folder)) folder = dirname(folder);
  const kind = NETWORK.get((await disk.kind(folder)) >>> 0);
  if (kind === undefined) return;
  throw new OmnigraphError(
    "store_unsupported",
    `${root} is on a network file system (${kind}), where two writers could both believe to have won; use a local disk or an object store`,
    { details: { path: root, kind } },
  );
}
