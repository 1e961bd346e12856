import type { Piece, SnapshotSource } from "@omnigraph/engine";
import type { TypeId } from "@omnigraph/language";
import type { GraphLog, Snapshot } from "@omnigraph/log";
import type { LayerStore } from "@omnigraph/storage";

/** Gives the engine the rows of a snapshot: layers are read from tables, ranges of slots from commits. */
export class LogSnapshotSource implements SnapshotSource {
  readonly name: string;
  readonly #snapshot: Snapshot;
  readonly #log: GraphLog;
  readonly #tables: LayerStore;

  constructor(snapshot: Snapshot, log: GraphLog, tables: LayerStore) {
    this.name = snapshot.commit.header.id;
    this.#snapshot = snapshot;
    this.#log = log;
    this.#tables = tables;
  }

  count(type: TypeId): number {
    return this.#snapshot.count(type);
  }

  async pieces(type: TypeId, signal?: AbortSignal): Promise<readonly Piece[]> {
    return Promise.all(
      this.#snapshot.pieces(type).map(async (piece): Promise<Piece> => {
        if (piece.kind === "layer") return { kind: "layer", reader: this.#tables.open(piece.entry) };
        return { kind: "changes", changes: await this.#log.readChanges(piece.range, type, signal) };
      }),
    );
  }
}
