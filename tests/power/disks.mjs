// Disks that lose power: an image file on XFS, mounted by a loop device, of which a clone at any moment is what a disk would hold if power went then.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const OUTER_BYTES = 3 * 2 ** 30;
const DISK_BYTES = 512 * 2 ** 20;
/** How each file system is made and mounted; a clone of XFS has the same id as its origin. */
const KINDS = {
  ext4: { make: ["mkfs.ext4", "-q", "-F"], options: [] },
  xfs: { make: ["mkfs.xfs", "-q", "-f"], options: ["nouuid"] },
  btrfs: { make: ["mkfs.btrfs", "-q", "-f"], options: [] },
};
export const FILE_SYSTEMS = Object.keys(KINDS);

const run = (command, ...args) => execFileSync(command, args, { stdio: ["ignore", "pipe", "pipe"] });

function sparse(path, bytes) {
  writeFileSync(path, "");
  truncateSync(path, bytes);
  return path;
}

/** Why this machine cannot do it, or null. */
export function missing(kinds) {
  if (process.platform !== "linux" || process.getuid() !== 0)
    return "it mounts loop devices: run it on Linux, as root";
  if (!existsSync("/dev/loop-control")) return "this machine has no loop devices";
  const tools = new Set(["mkfs.xfs", ...kinds.map((kind) => KINDS[kind].make[0])]);
  for (const tool of tools) {
    try {
      run("sh", "-c", `command -v ${tool}`);
    } catch {
      return `${tool} is missing: install the Debian packages e2fsprogs, xfsprogs and btrfs-progs`;
    }
  }
  return null;
}

/** Some disks of one kind on one outer file system, which is in memory. */
export class Disks {
  #kind;
  #home = mkdtempSync("/dev/shm/power-cut-");
  #mounted = [];
  #clones = 0;
  #mounts = 0;

  constructor(kind) {
    this.#kind = KINDS[kind];
    const image = sparse(join(this.#home, "outer.img"), OUTER_BYTES);
    run("mkfs.xfs", "-q", "-f", "-m", "reflink=1", image);
    this.#mount(image, join(this.#home, "outer"), []);
  }

  /** A fresh disk, mounted. */
  make() {
    const image = sparse(join(this.#home, "outer", "disk.img"), DISK_BYTES);
    run(...this.#kind.make, image);
    return { image, folder: this.mount(image) };
  }

  /** What a disk holds at this moment, as an image of its own. XFS makes the clone at one moment of all writes. */
  clone(image) {
    const clone = join(this.#home, "outer", `clone-${this.#clones++}.img`);
    run("cp", "--reflink=always", image, clone);
    return clone;
  }

  mount(image) {
    return this.#mount(image, join(this.#home, `mounted-${this.#mounts++}`), this.#kind.options);
  }

  unmount(folder) {
    run("umount", folder);
    this.#mounted = this.#mounted.filter((each) => each !== folder);
  }

  close() {
    for (const folder of this.#mounted.toReversed()) run("umount", "--lazy", folder);
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Leaves the images for whoever wants to look at them; answers where. */
  leave() {
    const [outer, ...inner] = this.#mounted;
    for (const folder of inner.toReversed()) run("umount", "--lazy", folder);
    return outer;
  }

  #mount(image, folder, options) {
    mkdirSync(folder);
    run("mount", "-o", ["loop", ...options].join(","), image, folder);
    this.#mounted.push(folder);
    return folder;
  }
}
