import { type Environment, isError, LIMITS } from "@omnigraph/base";
import { checkRows, MemoryPool } from "@omnigraph/engine";
import { GraphLog, type SurveyedBranch } from "@omnigraph/log";
import type { LayerStore, ObjectStore } from "@omnigraph/storage";
import { LogSnapshotSource } from "../../history/snapshot-source.ts";
import { Catalogs } from "../../open/catalogs.ts";
import { DAMAGE } from "./damage.ts";

interface Parts {
  readonly store: ObjectStore;
  readonly tables: LayerStore;
  readonly environment: Environment;
}

/** Scans the rows of the heads of branches; those that are the same snapshot once. */
export class RowScan {
  readonly #parts: Parts;
  readonly #signal: AbortSignal;
  readonly #scanned = new Set<string>();
  #log: GraphLog | null = null;

  constructor(parts: Parts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** What is wrong with the rows of a head. Rows that cannot be read are a problem of their own unless damage is `known` already. */
  async *of({ head }: SurveyedBranch, known: boolean): AsyncGenerator<string, void, undefined> {
    if (head === null) return;
    const { layout, tail, schema } = head.header;
    const snapshot = JSON.stringify([layout, tail, schema]);
    if (this.#scanned.has(snapshot)) return;
    this.#scanned.add(snapshot);
    try {
      const log = await this.#opened();
      const catalog = await new Catalogs(log).read(schema, this.#signal);
      const source = new LogSnapshotSource(await log.snapshot(head, this.#signal), log, this.#parts.tables);
      const memory = new MemoryPool(Infinity);
      const rows = checkRows(catalog, source, memory, LIMITS.fsckRowProblems.value, this.#signal);
      for await (const { type, problem } of rows) yield `${type.name}: ${problem}`;
    } catch (cause) {
      if (!isError(cause) || !DAMAGE.has(cause.reason)) throw cause;
      if (!known) yield `they cannot be read: ${cause.message}`;
    }
  }

  /** A log of its own: what another handle remembers would hide what is in the store. */
  async #opened(): Promise<GraphLog> {
    this.#log ??= await GraphLog.open(this.#parts.store, this.#parts.environment, { readOnly: true });
    return this.#log;
  }
}
