import { type ChildProcess, spawn } from "node:child_process";
import { checkJson } from "./json-shapes.ts";
import { ROOT } from "../running/markdown.ts";
import type { Ran } from "./ran.ts";

/** The command as a user starts it. */
export const COMMAND = `${ROOT}node_modules/.bin/omnigraph`;

export interface RunOptions {
  readonly cwd?: string;
  /** What standard input holds; without it, nothing. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** What the person who runs the tests has set for the command does not count. */
const BARE = { OMNIGRAPH_HOME: "/nowhere", OMNIGRAPH_STORE: "", OMNIGRAPH_ACTOR: "" };

/** Starts the command; colours are off unless `env` says otherwise. */
export function start(args: readonly string[], { cwd, env }: RunOptions = {}): ChildProcess {
  return spawn(COMMAND, args, {
    cwd,
    env: { ...process.env, ...BARE, NO_COLOR: "1", ...env },
    stdio: "pipe",
  });
}

/** Runs the command to its end. JSON that it prints has to be of the shape that the wire has for it. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = start(args, options);
  child.stdin?.on("error", () => undefined); // a command that refuses does not read
  child.stdin?.end(options.input);
  const ran = await ended(child);
  checkJson(args, ran);
  return ran;
}

/** Waits for a process that was started, and gathers what it says from now on. */
export function ended(child: ChildProcess): Promise<Ran> {
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (status) => done({ status, out, err }));
  });
}

/** What a run that must succeed says on standard output. */
export async function ok(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const ran = await run(args, options);
  if (ran.status === 0) return ran.out;
  throw new Error(`omnigraph ${args.join(" ")} ended with ${ran.status}: ${ran.err}${ran.out}`);
}

/** An id of a commit. */
export const COMMIT_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

export type Json = Record<string, unknown>;

/** Runs the command in a folder, for an answer in JSON. */
export function jsonIn(cwd: string): (...args: string[]) => Promise<Json> {
  return async (...args) => JSON.parse(await ok([...args, "--json"], { cwd }));
}
