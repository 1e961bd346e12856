import * as fs from "node:fs";
import { hostname } from "node:os";
import { hasCode } from "./filesystem.ts";

/** A process, named so that no other one, before or after it, has the same name. */
export interface Owner {
  /** The machine. */
  readonly host: string;
  /** The machine's run since it was last started; empty where the system does not tell. */
  readonly boot: string;
  /** The space in which `pid` is a process number: containers have their own. */
  readonly space: string;
  readonly pid: number;
  /** When the process started, in the system's own unit; empty where the system does not tell. */
  readonly started: string;
}

/** Who this process is, and which others are provably gone. Injected, so that tests can steer it. */
export interface Owners {
  self(): Owner;
  /** False where it cannot be told. */
  isGone(owner: Owner): boolean;
}

class SystemOwners implements Owners {
  #self: Owner | null = null;

  self(): Owner {
    this.#self ??= {
      host: read("/etc/machine-id") ?? hostname(),
      boot: read("/proc/sys/kernel/random/boot_id") ?? "",
      space: processSpace(),
      pid: process.pid,
      started: startOf(process.pid) ?? "",
    };
    return this.#self;
  }

  isGone(owner: Owner): boolean {
    const self = this.self();
    if (owner.host !== self.host || owner.boot === "" || self.boot === "") return false;
    if (owner.boot !== self.boot) return true;
    if (owner.space !== self.space || owner.started === "") return false;
    return startOf(owner.pid) !== owner.started && readable("/proc/self/stat");
  }
}

/** This machine's processes, by what `/proc` says of them. */
export const systemOwners: Owners = new SystemOwners();

function read(path: string): string | null {
  try {
    return fs.readFileSync(path, "utf8").trim();
  } catch (cause) {
    if (hasCode(cause, "ENOENT", "ENOTDIR", "ESRCH", "EACCES")) return null;
    throw cause;
  }
}

function readable(path: string): boolean {
  return read(path) !== null;
}

function processSpace(): string {
  try {
    return fs.readlinkSync("/proc/self/ns/pid");
  } catch (cause) {
    if (hasCode(cause, "ENOENT", "ENOTDIR", "EACCES")) return "";
    throw cause;
  }
}

/** Field 22 of `/proc/<pid>/stat` (clock ticks since boot); the second field is the command in brackets and may hold anything. */
function startOf(pid: number): string | null {
  const line = read(`/proc/${pid}/stat`);
  return line === null ? null : (line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? null);
}
