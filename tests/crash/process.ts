import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** A script of this folder, as a process of its own. */
export interface Running {
  readonly child: ChildProcess;
  /** What it printed so far. */
  readonly output: () => string;
  /** Waits until what it printed is as asked for. Rejects when it ends before. */
  readonly printed: (isSo: (output: string) => boolean) => Promise<void>;
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
  const printed = (isSo: (output: string) => boolean): Promise<void> =>
    new Promise((done, fail) => {
      const look = (): void => (isSo(out) ? done() : undefined);
      child.stdout.on("data", look);
      exited.then(() => fail(new Error(`${name} ended too early: ${out}`)), fail);
      look();
    });
  return { child, output: () => out, printed, exited };
}

/** When a process is killed: so many milliseconds after what it printed is as asked for. */
export interface Life {
  readonly printed: (output: string) => boolean;
  readonly milliseconds: number;
}

/** Starts a script that first prints a line, kills it when its life is over, and answers the whole lines that it printed after the first, as JSON. */
export async function oneLife(name: string, args: readonly string[], life: Life): Promise<unknown[]> {
  const { child, output, printed, exited } = start(name, args);
  await printed(life.printed);
  await sleep(life.milliseconds);
  child.kill("SIGKILL");
  await exited;
  const whole = output().slice(0, output().lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
