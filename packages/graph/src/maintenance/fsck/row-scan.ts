import { type Environment, isError, LIMITS, type OmnigraphError } from "@omnigraph/base";
import { checkOldRows, checkRows, MemoryPool } from "@omnigraph/engine";
import type { Catalog } from "@omnigraph/language";
import { type CommitRecord, type FoldedCommit, GraphLog, type SurveyedBranch } from "@omnigraph/log";
import type { LayerStore, ObjectStore } from "@omnigraph/storage";
import { LogSnapshotSource } from "../../history/snapshot-source.ts";
import { Catalogs } from "../../open/catalogs.ts";
import { DAMAGE } from "./damage.ts";
import { isReclaimed } from "./heads-now.ts";

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

  /**
   * What is wrong with the rows of a branch at its head; at the head of now, where cleanup has taken meanwhile what the former was made of. Rows that cannot be read are a
   * problem of their own unless damage is `known` already.
   */
  async *of({ name, head }: SurveyedBranch, known: boolean): AsyncGenerator<string, void, undefined> {
    for (let at: CommitRecord | null = head; at !== null;) {
      try {
        yield* this.#scan(at);
        return;
      } catch (cause) {
        if (!isError(cause)) throw cause;
        const isGone = await this.#isReclaimed(cause);
        if (!isGone && !DAMAGE.has(cause.reason)) throw cause;
        const now: CommitRecord | null = isGone ? await this.#headAfter(name, at) : at;
        if (now === at && !known) yield `they cannot be read: ${cause.message}`;
        at = now === at ? null : now;
      }
    }
  }

  async *#scan(head: CommitRecord): AsyncGenerator<string, void, undefined> {
    const { layout, tail, schema } = head.header;
    const snapshot = JSON.stringify([layout, tail, schema]);
    if (this.#scanned.has(snapshot)) return;
    this.#scanned.add(snapshot);
    const { catalog, source } = await this.#snapshot(head);
    const memory = new MemoryPool(Infinity);
    const rows = checkRows(catalog, source, memory, LIMITS.fsckRowProblems.value, this.#signal);
    for await (const { type, problem } of rows) yield `${type.name}: ${problem}`;
  }

  /** Whether cleanup has removed, or may remove, what an error names. */
  async #isReclaimed({ reason, details }: OmnigraphError): Promise<boolean> {
    const { place } = details;
    return (
      reason === "history_reclaimed" ||
      (typeof place === "string" && (await isReclaimed(this.#parts.store, place)))
    );
  }

  /** The head that a branch has now; `before` where it is still that, or cannot be read; null where the branch is deleted. */
  async #headAfter(name: string, before: CommitRecord): Promise<CommitRecord | null> {
    try {
      const now = await (await this.#opened()).head(name, this.#signal);
      return now.header.id === before.header.id ? before : now;
    } catch (cause) {
      if (isError(cause, "branch_not_found")) return null;
      if (isError(cause) && DAMAGE.has(cause.reason)) return before;
      throw cause;
    }
  }

  /** What is wrong with the old rows that commits carry up to one that a fold comes after. What cannot be read, or is reclaimed, is told elsewhere. */
  async *before({ commit, types }: FoldedCommit): AsyncGenerator<string, void, undefined> {
    try {
      const { catalog, source } = await this.#snapshot(commit);
      const rows = checkOldRows(catalog, source, types, LIMITS.fsckRowProblems.value, this.#signal);
      for await (const { type, problem } of rows) yield `${type.name}: ${problem}`;
    } catch (cause) {
      if (!isError(cause) || !(DAMAGE.has(cause.reason) || cause.reason === "history_reclaimed")) throw cause;
    }
  }

  async #snapshot(
    commit: CommitRecord,
  ): Promise<{ readonly catalog: Catalog; readonly source: LogSnapshotSource }> {
    const log = await this.#opened();
    const catalog = await new Catalogs(log).read(commit.header.schema, this.#signal);
    const snapshot = await log.snapshot(commit, this.#signal);
    return { catalog, source: new LogSnapshotSource(snapshot, log, this.#parts.tables) };
  }

  /** A log of its own: what another handle remembers would hide what is in the store. */
  async #opened(): Promise<GraphLog> {
    this.#log ??= await GraphLog.open(this.#parts.store, this.#parts.environment, { readOnly: true });
    return this.#log;
  }
}
