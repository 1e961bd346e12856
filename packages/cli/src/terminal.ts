import type { Writable } from "node:stream";

/** Where a command writes; injected so that tests can read it. */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  readonly input: NodeJS.ReadableStream;
  /** Columns of the terminal behind `out`, or null when it is none. */
  readonly width: number | null;
  /** Whether `err` is a terminal: progress bars are drawn only there. */
  readonly interactive: boolean;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    out: process.stdout,
    err: process.stderr,
    input: process.stdin,
    width: process.stdout.isTTY ? process.stdout.columns : null,
    interactive: process.stderr.isTTY === true,
  };
}

/** Writes and waits while the reader is slow. A reader that went away (EPIPE) ends the output quietly. */
export async function write(stream: Writable, text: string | Uint8Array): Promise<void> {
  await new Promise<void>((done, fail) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) done();
      else if ("code" in error && error.code === "EPIPE") done();
      else fail(error);
    });
  });
}
