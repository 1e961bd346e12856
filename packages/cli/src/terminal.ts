import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { OmnigraphError } from "@omnigraph/base";
import type { Shown } from "./output/shown.ts";

/** The streams of a command; injected, so that tests can read them. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  readonly input: Readable;
  /** Columns of the terminal behind `out`, or null when it is none. */
  readonly width: number | null;
  /** Whether `err` is a terminal: progress bars are drawn only there. */
  readonly interactive: boolean;
}

/** The reader of the output has gone, as behind `| head -1`: the command ends silently. */
export class ReaderLeft extends Error {}

/**
 * An output stream: `say` writes text for people, `data` bytes for programs. Errors of both: `ReaderLeft`, and `file_unreadable` where the output cannot
 * be written.
 */
export class Output {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Writes text for people; resolves when the reader can take more. */
  say(text: Shown): Promise<void> {
    return write(this.#stream, text.text);
  }

  /** Writes data byte for byte; resolves when the reader can take more. */
  data(bytes: string | Uint8Array): Promise<void> {
    return write(this.#stream, bytes);
  }

  /** As `say` without waiting; a failure is thrown by the next call. */
  mention(text: Shown): void {
    this.#stream.write(text.text);
  }

  /** Asks a question and answers the typed line. */
  async ask(question: Shown, input: Readable, signal: AbortSignal): Promise<string> {
    const typed = createInterface({ input, output: this.#stream });
    try {
      return await typed.question(question.text, { signal });
    } finally {
      typed.close();
    }
  }

  /** Passes the stream to something that draws on it directly, such as a progress bar. It must write only numbers and our own words. */
  drawOn<T>(draw: (stream: Writable) => T): T {
    return draw(this.#stream);
  }
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  // Writers get failures from their calls; the streams would also emit them.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return {
    out: new Output(process.stdout),
    err: new Output(process.stderr),
    // A getter, because the first access makes Node switch the pipe to non-blocking for every process that shares it.
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
