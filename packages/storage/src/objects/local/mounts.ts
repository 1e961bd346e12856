import * as fs from "node:fs";

/** The file system that holds a path. */
export interface Volume {
  /** What statfs(2) calls its type. */
  readonly magic: number;
  /** Its name as mount(8) has it, `ext4` say; empty where that is not known. */
  readonly type: string;
  /** Its own mount options, between commas. */
  readonly options: string;
  readonly blockBytes: number;
}

/** The file system that holds an existing path. Its type and options are known on Linux only. */
export function readVolume(path: string): Volume {
  const { type: magic, bsize: blockBytes } = fs.statfsSync(path);
  const mount = process.platform === "linux" ? mountOf(fs.realpathSync(path), mountInfo()) : null;
  return { magic: magic >>> 0, type: mount?.type ?? "", options: mount?.options ?? "", blockBytes };
}

/** One mount as /proc/self/mountinfo has it (proc_pid_mountinfo(5)). */
interface Mount {
  readonly point: string;
  readonly type: string;
  readonly options: string;
}

/** The mount that holds a real path: the one with the longest mount point above it; of two at one mount point the later one. */
export function mountOf(path: string, info: string): Mount | null {
  let found: Mount | null = null;
  for (const line of info.split("\n")) {
    const mount = parseMount(line);
    if (mount === null || !holds(mount.point, path)) continue;
    if (found === null || mount.point.length >= found.point.length) found = mount;
  }
  return found;
}

function mountInfo(): string {
  try {
    return fs.readFileSync("/proc/self/mountinfo", "utf8");
  } catch {
    return ""; // no /proc: all that is lost is a faster put
  }
}

function parseMount(line: string): Mount | null {
  const [before = "", after = ""] = line.split(" - ");
  const point = before.split(" ")[4];
  const [type, , options = ""] = after.split(" ");
  return point === undefined || type === undefined ? null : { point: unescapeOctal(point), type, options };
}

/** White space and backslashes are written as three octal digits there. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function holds(point: string, path: string): boolean {
  return point === "/" || path === point || path.startsWith(`${point}/`);
}
