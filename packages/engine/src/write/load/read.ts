import { availableParallelism } from "node:os";
import { atOnce, type Environment, inTurns, OmnigraphError, STEP_ROWS } from "@omnigraph/base";
import { type Catalog, sameDeclaration } from "@omnigraph/language";
import { BlobContents } from "@omnigraph/storage";
import type { ExternalBlobs } from "../blob.ts";
import { IdMinter } from "../generated-ids.ts";
import { BlockReader, LINE_FEED } from "./block-reader.ts";
import { Blocks } from "./blocks.ts";
import { assembling, type LoadedRows } from "./loaded-rows.ts";
import { linePlans, type LinePlans } from "./plan.ts";
import { LoadProblems } from "./problems.ts";
import { ReadThreads } from "./read-threads.ts";
import type { RowPiece } from "./row-sink.ts";
import type { ReceivedLines } from "./thread-messages.ts";

/** A file read into columns: every line is well formed and has passed the checks of the schema that need one line alone. */
export interface LoadFile {
  /** The schema that they were checked by. */
  readonly catalog: Catalog;
  /** The types that occur, in the order of the catalog. */
  readonly types: readonly LoadedRows[];
  readonly bytes: number;
  /** How many DateTime values, items of lists too, were cut to the millisecond. */
  readonly timesCut: number;
  /** Content that the rows name. */
  readonly contents: BlobContents;
  /** What is wrong with rows that are not among these; null where they are all that there are. */
  readonly problems: LoadProblems | null;
}

/** Whether a file that was read by one schema is as another one has it: its types, and those that its edges join, are the same in both. */
export function isReadFor({ catalog, types }: LoadFile, other: Catalog): boolean {
  if (catalog === other) return true;
  const used = types.flatMap(({ plan: { type } }) =>
    type.kind === "edge" ? [type, type.from, type.to] : [type],
  );
  return used.every((type) => {
    const now = other.typeById.get(type.id);
    return now !== undefined && sameDeclaration(type, now);
  });
}

/** When other threads read parts of a load. */
export interface ReadSizes {
  /** How many, beside the one that asks, which always takes its share. */
  readonly threads: number;
  /** Bytes of input from which they are worth their start. */
  readonly fromBytes: number;
  /** About how many bytes a thread reads in one go. */
  readonly blockBytes: number;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Called after each piece of input with the totals so far. */
  readonly onProgress?: (bytes: number, rows: number) => void;
  /** Default: a thread for each other processor, up to three, from 16 MiB on; from 128 MiB on where there is but one. */
  readonly sizes?: ReadSizes;
  /** Addresses below which values of Blobs may lie. Default: none. */
  readonly externalBlobs?: ExternalBlobs;
}

/** More threads would wait for the one that puts their rows together. */
const MOST_THREADS = 3;

/** One other processor has Lance's work and the compiler's to do already: what a thread reads there has to be worth compiling its code once more. */
function defaultSizes(): ReadSizes {
  const threads = Math.min(availableParallelism() - 1, MOST_THREADS);
  return { threads, fromBytes: (threads === 1 ? 128 : 16) << 20, blockBytes: 1 << 20 };
}

/**
 * Reads NDJSON in pieces of any size. Blank lines are skipped.
 * Errors: `load_invalid` listing the lines that are malformed or do not fit the schema; `aborted`.
 */
export async function readLoad(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  catalog: Catalog,
  environment: Environment,
  options: ReadOptions = {},
): Promise<LoadFile> {
  await using reader = new FileReader(catalog, options);
  for await (const piece of input) {
    if (options.signal?.aborted === true) throw stopped();
    reader.piece(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    options.onProgress?.(reader.bytes, reader.rows);
    if (reader.isFull) break;
  }
  return await reader.finish(environment);
}

function stopped(): OmnigraphError {
  return new OmnigraphError("aborted", "the load was stopped; nothing was loaded");
}

function withLineFeed(rest: Buffer): Buffer {
  const whole = Buffer.from(new ArrayBuffer(rest.length + 1));
  whole.set(rest);
  whole[rest.length] = LINE_FEED;
  return whole;
}

/** A block that was handed out; `read` is there once it has been read. */
interface Reading {
  readonly whole: Promise<void>;
  read: ReceivedLines | null;
}

/** Reads small input alone. Large input is cut into blocks: threads get as many as they can take, and the others are read here. */
class FileReader implements AsyncDisposable {
  bytes = 0;
  readonly #catalog: Catalog;
  readonly #externalBlobs: ExternalBlobs;
  readonly #plans: LinePlans;
  readonly #contents = new BlobContents();
  readonly #sizes: ReadSizes;
  readonly #signal: AbortSignal | undefined;
  readonly #own: BlockReader;
  /** Undefined while the input is small. */
  #blocks: Blocks | undefined;
  #threads: ReadThreads | null = null;
  #failure: { readonly thrown: unknown } | null = null;
  /** In the order of the input. */
  readonly #reading: Reading[] = [];
  readonly #pieces: RowPiece[][];
  readonly #problems = new LoadProblems();
  #lines = 0;
  #rows = 0;
  #timesCut = 0;
  /** While the input is small: the start of a line whose end has not been read yet. */
  #rest = Buffer.alloc(0);

  constructor(catalog: Catalog, { sizes = defaultSizes(), signal, externalBlobs = [] }: ReadOptions) {
    this.#catalog = catalog;
    this.#externalBlobs = externalBlobs;
    this.#plans = linePlans(catalog, externalBlobs);
    this.#sizes = sizes;
    this.#signal = signal;
    this.#own = new BlockReader(this.#plans, true);
    this.#pieces = this.#plans.all.map(() => []);
  }

  /** Rows read so far, of all that come before the first that has not been read. */
  get rows(): number {
    return this.#rows + this.#own.rows;
  }

  /** Whether more problems were found than are listed. */
  get isFull(): boolean {
    return this.#problems.full || this.#own.problems.full;
  }

  piece(piece: Buffer): void {
    this.bytes += piece.length;
    this.#blocks ??= this.#started();
    if (this.#blocks === undefined) return this.#readSmall(piece);
    for (const block of this.#blocks.adding(piece)) {
      if (this.#readBlock(block)) this.#blocks.giveBack(block);
      this.#addWhatIsRead();
      if (this.isFull) return;
    }
  }

  async finish(environment: Environment): Promise<LoadFile> {
    const rest = this.#blocks === undefined ? this.#rest : this.#blocks.rest();
    if (rest.length > 0) this.#readBlock(withLineFeed(rest));
    await Promise.all(this.#reading.map(({ whole }) => whole));
    this.#addWhatIsRead();
    this.#add(this.#own.take());
    this.#problems.throwIfAny();
    const types = await this.#assembled(environment);
    this.#threads?.release();
    this.#threads = null;
    const { bytes } = this;
    return {
      catalog: this.#catalog,
      types,
      bytes,
      timesCut: this.#timesCut,
      contents: this.#contents,
      problems: null,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#threads?.[Symbol.asyncDispose]();
  }

  async #assembled(environment: Environment): Promise<readonly LoadedRows[]> {
    const minter = new IdMinter(environment);
    const types: LoadedRows[] = [];
    for (const [index, pieces] of this.#pieces.entries()) {
      const plan = this.#plans.all[index];
      if (pieces.length === 0 || plan === undefined) continue;
      const rows = pieces.reduce((sum, piece) => sum + piece.length, 0);
      const steps = assembling(plan, pieces.splice(0), minter, this.#contents, this.#threads);
      types.push(rows <= STEP_ROWS ? atOnce(steps) : await inTurns(steps, this.#signal));
    }
    return types;
  }

  #readSmall(piece: Buffer): void {
    let from = 0;
    if (this.#rest.length > 0) {
      const end = piece.indexOf(LINE_FEED);
      this.#rest = Buffer.concat([this.#rest, end < 0 ? piece : piece.subarray(0, end + 1)]);
      if (end < 0) return;
      this.#own.read(this.#rest, 0, this.#rest.length);
      from = end + 1;
    }
    const end = piece.lastIndexOf(LINE_FEED) + 1;
    if (end > from) this.#own.read(piece, from, end);
    this.#rest = Buffer.from(piece.subarray(Math.max(from, end)));
  }

  /** Starts the threads, once the input is large enough for them; what was not read yet becomes the start of the first block. */
  #started(): Blocks | undefined {
    const { threads, fromBytes, blockBytes } = this.#sizes;
    if (this.bytes < fromBytes) return undefined;
    const blocks = new Blocks(blockBytes, this.#rest);
    const giveBack = (buffer: ArrayBuffer): void => blocks.giveBack(Buffer.from(buffer));
    this.#threads = ReadThreads.start(this.#catalog, this.#externalBlobs, threads, giveBack);
    this.#rest = Buffer.alloc(0);
    return blocks;
  }

  /** Reads whole lines: in a thread that has room, else here. Answers whether they have been read. */
  #readBlock(block: Buffer): boolean {
    const threads = this.#threads;
    if (threads?.haveRoom !== true) {
      this.#own.read(block, 0, block.length);
      this.#takeOwn();
      return true;
    }
    this.#takeOwn();
    const reading: Reading = {
      read: null,
      whole: threads.read(block).then(
        (read) => void (reading.read = read),
        (thrown: unknown) => void (this.#failure ??= { thrown }),
      ),
    };
    this.#reading.push(reading);
    return false;
  }

  /** What was read here comes after the blocks that were handed out before. */
  #takeOwn(): void {
    this.#reading.push({ whole: Promise.resolve(), read: this.#own.take() });
  }

  #addWhatIsRead(): void {
    if (this.#failure !== null) throw this.#failure.thrown;
    for (let [next] = this.#reading; next !== undefined && next.read !== null; [next] = this.#reading) {
      this.#reading.shift();
      this.#add(next.read);
    }
  }

  #add({ lines, rows, pieces, problems, timesCut }: ReceivedLines): void {
    for (const piece of pieces) {
      const own = piece.lines;
      if (this.#lines > 0) for (let row = 0; row < own.length; row++) own[row] = own[row]! + this.#lines;
      this.#pieces[piece.plan]?.push(piece);
    }
    this.#problems.addAfter(this.#lines, problems);
    this.#lines += lines;
    this.#rows += rows;
    this.#timesCut += timesCut;
  }
}
