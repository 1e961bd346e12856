import { inTurns, ranges, STEP_BYTES, type Steps } from "@omnigraph/base";
import { bytesOf } from "../../rows/format/buffers.ts";
import { sliceColumn } from "../../rows/select.ts";
import { ArrowBuffers, type ArrowPart } from "./arrow-buffers.ts";
import { type ArrowBlock, batchMessage, footer, type NamedColumn, schemaMessage } from "./arrow-messages.ts";

/** Rows of one record batch: Lance encodes and writes batches in parallel. */
const BATCH_ROWS = 1 << 16;

const MAGIC = new TextEncoder().encode("ARROW1");
/** Marker and length before each message. */
const MARKER_BYTES = 8;

/** Memory that is used again for one Arrow file after another: fresh memory costs more than the copy into it. */
export class FileMemory {
  readonly #free: Buffer[] = [];

  take(size: number): Buffer {
    const held = this.#free.pop();
    const memory =
      held !== undefined && held.length >= size ? held : Buffer.allocUnsafeSlow(size + (size >>> 3));
    return memory.subarray(0, size);
  }

  /** Gives back what `take` gave. */
  giveBack({ buffer }: Buffer): void {
    this.#free.push(Buffer.from(buffer));
  }
}

/**
 * Rows [start, end) of columns as an Arrow IPC file, made in turns of the event loop, without the code of Arrow's writer, which takes as
 * long to load as a small table takes to write, and copies the rows twice more (decision 20).
 */
export async function arrowFile(
  columns: readonly NamedColumn[],
  start: number,
  end: number,
  memory: FileMemory,
): Promise<Buffer> {
  return inTurns(making(columns, start, end, memory));
}

function* making(
  columns: readonly NamedColumn[],
  start: number,
  end: number,
  memory: FileMemory,
): Steps<Buffer> {
  const file = new FileParts();
  file.add(MAGIC);
  file.message(schemaMessage(columns));
  const blocks: ArrowBlock[] = [];
  for (let from = start; from < end; from += BATCH_ROWS) {
    const to = Math.min(from + BATCH_ROWS, end);
    const buffers = new ArrowBuffers();
    for (const { column } of columns) {
      buffers.add(sliceColumn(column, from, to));
      yield;
    }
    blocks.push(file.batch(to - from, buffers));
  }
  file.end(footer(columns, blocks));
  return yield* file.joining(memory);
}

/** The parts of a file, each at a multiple of 8 bytes; messages count with their padding. */
class FileParts {
  readonly #parts: ArrowPart[] = [];
  #length = 0;

  add(part: ArrowPart): void {
    this.#parts.push(part);
    this.#length += padded(part.length);
  }

  message(message: Uint8Array): void {
    this.add(bytesOf(Int32Array.of(-1, padded(message.length))));
    this.add(message);
  }

  /** Adds a record batch; answers where it is. */
  batch(rows: number, { nodes, parts }: ArrowBuffers): ArrowBlock {
    const places: number[] = [];
    let bodyBytes = 0;
    for (const { length } of parts) {
      places.push(bodyBytes, length);
      bodyBytes += padded(length);
    }
    const offset = this.#length;
    const message = batchMessage(rows, nodes, places, bodyBytes);
    this.message(message);
    for (const part of parts) this.add(part);
    return { offset, messageBytes: MARKER_BYTES + padded(message.length), bodyBytes };
  }

  end(last: Uint8Array): void {
    this.add(bytesOf(Int32Array.of(-1, 0)));
    const tail = new Uint8Array(4 + MAGIC.length);
    new DataView(tail.buffer).setInt32(0, padded(last.length), true);
    tail.set(MAGIC, 4);
    this.add(last);
    this.#parts.push(tail);
    this.#length += tail.length;
  }

  *joining(memory: FileMemory): Steps<Buffer> {
    const file = memory.take(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      const offset = at;
      if (part instanceof Uint8Array)
        yield* ranges(part.length, STEP_BYTES, (from, to) =>
          file.set(part.subarray(from, to), offset + from),
        );
      else part.make(file.subarray(offset, offset + part.length));
      at = Math.min(offset + padded(part.length), file.length);
      file.fill(0, offset + part.length, at);
      yield;
    }
    return file;
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
