import * as fs from "node:fs";
import { hostname } from "node:os";
import { hasCode } from "./filesystem.ts";

/** The identity of a process, which no earlier or later process shares. */
export interface Owner {
  /** The machine. */
  readonly host: string;
  /** Id of the machine's current boot; empty where the system does not tell. */
  readonly boot: string;
  /** The process namespace of `pid`: containers have their own. */
  readonly space: string;
  readonly pid: number;
  /** When the process started, in the system's own unit; empty where the system does not tell. */
  readonly started: string;
}

/** The identity of this process, and which other processes are provably dead. Injected, so that tests can steer it. */
export interface Owners {
  self(): Owner;
  /** False where it cannot be told. */
  isDead(owner: Owner): boolean;
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

  isDead(owner: Owner): boolean {
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
