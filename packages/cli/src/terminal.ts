import type { Readable, Writable } from "node:stream";
import { OmnigraphError } from "@omnigraph/base";

/** Where a command writes; injected so that tests can read it. */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  readonly input: Readable;
  /** Columns of the terminal behind `out`, or null when it is none. */
  readonly width: number | null;
  /** Whether `err` is a terminal: progress bars are drawn only there. */
  readonly interactive: boolean;
}

/** Nobody reads what a command writes any more, as behind `| head -1`: it ends quietly. */
export class ReaderLeft extends Error {}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  // Failures reach whoever writes; the streams tell them a second time.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return {
    out: process.stdout,
    err: process.stderr,
    input: process.stdin,
    width: process.stdout.isTTY ? process.stdout.columns : null,
    interactive: process.stderr.isTTY === true,
  };
}

/** Writes and waits while the reader is slow. Errors: `ReaderLeft`, `file_unreadable` where the output cannot be written. */
export async function write(stream: Writable, text: string | Uint8Array): Promise<void> {
  await new Promise<void>((done, fail) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) done();
      else fail(LEFT.has(codeOf(error)) ? new ReaderLeft() : unwritable(error));
    });
  });
}

const LEFT: ReadonlySet<string> = new Set(["EPIPE", "ERR_STREAM_DESTROYED"]);

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : error.message;
}

function unwritable(cause: Error): OmnigraphError {
  return new OmnigraphError("file_unreadable", `the output cannot be written: ${codeOf(cause)}`, { cause });
}
