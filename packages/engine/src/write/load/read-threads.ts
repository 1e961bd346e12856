import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { isError, OmnigraphError } from "@omnigraph/base";
import { type Catalog, encodeSchema } from "@omnigraph/language";
import type { IdIndex } from "@omnigraph/storage";
import type { ExternalBlobs } from "../blob.ts";
import {
  type ReceivedLines,
  receivedLines,
  type ThreadData,
  type ThreadMessage,
  type ThreadRequest,
} from "./thread-messages.ts";

/** Blocks that wait at one thread or are being read there: the next one is there when one has been read. */
const QUEUED = 2;

/** The program of a thread, beside this module in the packages and in a bundle of them; from sources, what was built of it. */
const PROGRAM = import.meta.url.endsWith(".ts")
  ? new URL("../../../dist/write/load/read-thread.js", import.meta.url)
  : new URL("./read-thread.js", import.meta.url);

type Answer = Extract<ThreadMessage, { kind: "read" | "indexed" }>;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/** Threads that read the blocks of one load, and index ids. They touch nothing but the memory that they are given, so they can be ended at any time. */
export class ReadThreads implements AsyncDisposable {
  readonly #catalog: Catalog;
  readonly #threads: readonly ReadThread[];
  readonly #giveBack: (buffer: ArrayBuffer) => void;

  private constructor(
    catalog: Catalog,
    threads: readonly ReadThread[],
    giveBack: (buffer: ArrayBuffer) => void,
  ) {
    this.#catalog = catalog;
    this.#threads = threads;
    this.#giveBack = giveBack;
  }

  /**
   * Starts threads; null for none, and where their program is not there, as in a bundle that somebody else made of this package. `giveBack` gets the memory of each
   * block that was read.
   */
  static start(
    catalog: Catalog,
    externalBlobs: ExternalBlobs,
    count: number,
    giveBack: (buffer: ArrayBuffer) => void,
    program: URL = PROGRAM,
  ): ReadThreads | null {
    if (count === 0 || (program === PROGRAM && !existsSync(program))) return null;
    const data = { schema: encodeSchema(catalog), externalBlobs };
    const threads = Array.from({ length: count }, () => new ReadThread(program, data));
    return new ReadThreads(catalog, threads, giveBack);
  }

  /** Whether a block would be read soon: a thread has started and has little to do. A thread that failed has room, and answers by its failure. */
  get haveRoom(): boolean {
    return this.#threads.some(({ hasRoom }) => hasRoom);
  }

  /** Reads a block of whole lines, whose memory moves to a thread. Errors: `memory_exceeded`; `internal` where a thread fails. */
  async read(block: Buffer): Promise<ReceivedLines> {
    const thread = this.#threads.reduce((best, next) =>
      next.hasRoom && (!best.hasRoom || next.waiting < best.waiting) ? next : best,
    );
    const { buffer, length } = block;
    // Cast: `Blocks` cuts blocks from memory of their own, of which they are the beginning.
    const own = buffer as ArrayBuffer;
    const answer = await thread.ask({ kind: "read", buffer: own, length }, [own]);
    if (answer.kind !== "read") throw failureOf(new Error("it did not read what it was to read"));
    this.#giveBack(answer.buffer);
    return receivedLines(answer.read, this.#catalog);
  }

  /** The index of so many generated ids, by the digits of the first; null where a thread failed, as others can make it. */
  async index(first: Uint8Array, length: number): Promise<IdIndex | null> {
    const [thread] = this.#threads.toSorted((a, b) => a.waiting - b.waiting);
    try {
      const answer = await thread?.ask({ kind: "index", first, length }, []);
      return answer?.kind === "indexed" ? answer.index : null;
    } catch (thrown) {
      if (isError(thrown)) return null;
      throw thrown;
    }
  }

  /** Ends each thread once it has answered what it was asked. Until then none keeps the process alive. */
  release(): void {
    for (const thread of this.#threads) thread.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

class ReadThread {
  #isReady = false;
  #isReleased = false;
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: OmnigraphError | null = null;

  constructor(program: URL, workerData: ThreadData) {
    // What the process was started with, such as a loader of modules, is not for its program.
    this.#worker = new Worker(program, { workerData, execArgv: [] });
    this.#worker.on("message", (message: ThreadMessage) => this.#answered(message));
    this.#worker.on("error", (cause) => this.#failed(failureOf(cause)));
    this.#worker.on("exit", (code) => this.#failed(failureOf(new Error(`it ended with code ${code}`))));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get hasRoom(): boolean {
    return this.#isReady && this.#waiting.length < QUEUED;
  }

  ask(request: ThreadRequest, moved: readonly ArrayBuffer[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request, [...moved]);
    });
  }

  release(): void {
    this.#isReleased = true;
    this.#worker.unref();
    if (this.#waiting.length === 0) void this.end();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #answered(message: ThreadMessage): void {
    if (message.kind === "ready") {
      this.#isReady = true;
      return;
    }
    const waiting = this.#waiting.shift();
    if (message.kind === "failed")
      waiting?.reject(new OmnigraphError(message.reason ?? "internal", message.message));
    else waiting?.resolve(message);
    if (this.#isReleased && this.#waiting.length === 0) void this.end();
  }

  #failed(failure: OmnigraphError): void {
    this.#isReady = true;
    this.#failure ??= failure;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

function failureOf(cause: unknown): OmnigraphError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const isMemory = cause instanceof Error && "code" in cause && cause.code === "ERR_WORKER_OUT_OF_MEMORY";
  const message = `a thread that reads the load failed: ${why}; nothing was loaded`;
  return new OmnigraphError(isMemory ? "memory_exceeded" : "internal", message, { cause });
}
