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
    const pieces = this.#snapshot.pieces(type);
    const areSeveral = pieces.length > 1;
    return Promise.all(
      pieces.map(async (piece): Promise<Piece> => {
        if (piece.kind === "layer") {
          const reader = this.#tables.open(piece.entry);
          // Beside the others, which take a round trip as well.
          if (areSeveral) await reader.prepare(signal);
          return { kind: "layer", reader };
        }
        return { kind: "changes", changes: await this.#log.readChanges(piece.range, type, signal) };
      }),
    );
  }
}
