import { setImmediate } from "node:timers/promises";
import { inTurns, ranges, STEP_BYTES, type Steps } from "@omnigraph/base";
import { arrowTable, loadArrow, type NamedColumn } from "./arrow.ts";

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

/** Rows [start, end) of columns as an Arrow IPC file, made in turns of the event loop. */
export async function arrowFile(
  columns: readonly NamedColumn[],
  start: number,
  end: number,
  memory: FileMemory,
): Promise<Buffer> {
  const table = arrowTable(columns, start, end);
  await setImmediate();
  const parts: Uint8Array[] = [];
  for await (const part of loadArrow().RecordBatchFileWriter.writeAll(table)) parts.push(part);
  const bytes = memory.take(parts.reduce((sum, { length }) => sum + length, 0));
  await inTurns(joining(parts, bytes));
  return bytes;
}

function* joining(parts: readonly Uint8Array[], into: Uint8Array): Steps<void> {
  let at = 0;
  for (const part of parts) {
    const start = at;
    yield* ranges(part.length, STEP_BYTES, (from, to) => into.set(part.subarray(from, to), start + from));
    at += part.length;
    yield;
  }
}
