import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A script of this folder, as a process of its own. */
export interface Running {
  readonly child: ChildProcess;
  /** What it printed so far. */
  readonly output: () => string;
  /** Rejects when it ends by itself with a failure. */
  readonly exited: Promise<void>;
}

export function start(name: string, args: readonly string[]): Running {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  let errors = "";
  child.stdout.on("data", (d) => (out += d));
  child.stderr.on("data", (d) => (errors += d));
  const exited = new Promise<void>((done, fail) =>
    child.on("close", (code, signal) =>
      signal === "SIGKILL" || code === 0 ? done() : fail(new Error(`${name} failed: ${errors}`)),
    ),
  );
  return { child, output: () => out, exited };
}

/** Lets a script that first prints a line live for so long after that, kills it, and answers the whole lines that it printed since, as JSON. */
export async function oneLife(
  name: string,
  args: readonly string[],
  milliseconds: number,
): Promise<unknown[]> {
  const { child, output, exited } = start(name, args);
  while (!output().includes("ready") && child.exitCode === null) await new Promise((r) => setTimeout(r, 2));
  await new Promise((r) => setTimeout(r, milliseconds));
  child.kill("SIGKILL");
  await exited;
  const whole = output().slice(0, output().lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
