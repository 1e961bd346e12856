import { present, type Reason } from "@omnigraph/base";
import type { Catalog, TypeId } from "@omnigraph/language";
import { buffersOf, type Column, type ColumnKey, type IdIndex, received, sendable } from "@omnigraph/storage";
import type { ExternalBlobs } from "../blob.ts";
import type { ReadLines } from "./block-reader.ts";
import type { LoadProblem } from "./problems.ts";
import type { RowPiece } from "./row-sink.ts";

/** What a thread is started with: the schema as it is encoded, and what `linePlans` takes besides. */
export interface ThreadData {
  readonly schema: Uint8Array;
  readonly externalBlobs: ExternalBlobs;
}

/** What a thread is asked. */
export type ThreadRequest =
  /** To read a block: whole lines, at the start of the buffer. */
  | { readonly kind: "read"; readonly buffer: ArrayBuffer; readonly length: number }
  /** To index so many generated ids, by the digits of the first. */
  | { readonly kind: "index"; readonly first: Uint8Array; readonly length: number };

/** What a thread answers: first that it is ready, then once for each request, in their order. */
export type ThreadMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "indexed"; readonly index: IdIndex }
  | { readonly kind: "read"; readonly read: SentLines; readonly buffer: ArrayBuffer }
  | {
      readonly kind: "failed";
      /** Null for an error that is none of ours. */
      readonly reason: Reason | null;
      readonly message: string;
    };

type SentProblem = Omit<LoadProblem, "type"> & { readonly type: TypeId | null };

/** `ReadLines` in the form in which threads send it. */
interface SentLines extends Omit<ReadLines, "problems"> {
  readonly problems: { readonly count: number; readonly kept: readonly SentProblem[] };
}

/** `ReadLines` as a thread receives it. */
export interface ReceivedLines extends Omit<ReadLines, "problems"> {
  readonly problems: { readonly count: number; readonly kept: readonly LoadProblem[] };
}

function columnsOf({ ids, columns }: RowPiece): readonly Column[] {
  return [...(ids === null ? [] : [ids]), ...columns.values()];
}

/** The message of lines that were read, and the buffers that move with it. */
export function sentLines(
  read: ReadLines,
  buffer: ArrayBuffer,
): { readonly message: ThreadMessage; readonly moved: readonly ArrayBuffer[] } {
  const { problems } = read;
  const kept = problems.kept.map((problem) => ({ ...problem, type: problem.type?.id ?? null }));
  const pieces = read.pieces.map((piece) => ({ ...piece, columns: mapped(piece.columns, sendable) }));
  const moved = new Set(buffersOf(read.pieces.flatMap(columnsOf)));
  for (const { lines } of pieces) if (lines.buffer instanceof ArrayBuffer) moved.add(lines.buffer);
  moved.add(buffer);
  const sent = { ...read, pieces, problems: { count: problems.count, kept } };
  return { message: { kind: "read", read: sent, buffer }, moved: [...moved] };
}

/** Lines as another thread read them, with the types of this thread's catalog. */
export function receivedLines(sent: SentLines, catalog: Catalog): ReceivedLines {
  const typeOf = (id: TypeId): NonNullable<LoadProblem["type"]> =>
    present(catalog.typeById.get(id), `type ${id}`);
  const kept = sent.problems.kept.map((problem) => ({
    ...problem,
    type: problem.type === null ? null : typeOf(problem.type),
  }));
  const pieces = sent.pieces.map((piece) => ({ ...piece, columns: mapped(piece.columns, received) }));
  return { ...sent, pieces, problems: { count: sent.problems.count, kept } };
}

function mapped(
  columns: ReadonlyMap<ColumnKey, Column>,
  change: (column: Column) => Column,
): Map<ColumnKey, Column> {
  return new Map(Array.from(columns, ([key, column]) => [key, change(column)]));
}
