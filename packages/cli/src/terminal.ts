import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { OmnigraphError } from "@omnigraph/base";
import type { Shown } from "./output/shown.ts";

/** Where a command writes; injected so that tests can read it. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  readonly input: Readable;
  /** Columns of the terminal behind `out`, or null when it is none. */
  readonly width: number | null;
  /** Whether `err` is a terminal: progress bars are drawn only there. */
  readonly interactive: boolean;
}

/** Nobody reads what a command writes any more, as behind `| head -1`: it ends quietly. */
export class ReaderLeft extends Error {}

/**
 * A stream with two ways in, and no other: `say` for what people read, `data` for what programs read. Errors of both: `ReaderLeft`,
 * `file_unreadable` where the output cannot be written.
 */
export class Output {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Writes for people, and waits while the reader is slow. */
  say(text: Shown): Promise<void> {
    return write(this.#stream, text.text);
  }

  /** Writes data, byte for byte, and waits while the reader is slow. */
  data(bytes: string | Uint8Array): Promise<void> {
    return write(this.#stream, bytes);
  }

  /** As `say`, for those who cannot wait; failures show at the next call. */
  mention(text: Shown): void {
    this.#stream.write(text.text);
  }

  /** Asks a question, and answers the line that is typed. */
  async ask(question: Shown, input: Readable, signal: AbortSignal): Promise<string> {
    const typed = createInterface({ input, output: this.#stream });
    try {
      return await typed.question(question.text, { signal });
    } finally {
      typed.close();
    }
  }

  /** Gives the stream to what draws on it by itself, such as a progress bar, which is to draw numbers and words of ours. */
  drawOn<T>(draw: (stream: Writable) => T): T {
    return draw(this.#stream);
  }
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  // Failures reach whoever writes; the streams tell them a second time.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return {
    out: new Output(process.stdout),
    err: new Output(process.stderr),
    // Node makes the stream when it is first asked for, and switches the pipe behind it to non-blocking for every process that shares it.
    get input() {
      return process.stdin;
    },
    width: process.stdout.isTTY ? process.stdout.columns : null,
    interactive: process.stderr.isTTY === true,
  };
}

async function write(stream: Writable, text: string | Uint8Array): Promise<void> {
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
