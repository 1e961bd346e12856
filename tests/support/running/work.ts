import { type Profiler, Session } from "node:inspector";
import { MemoryObjects, type RowBatch } from "@omnigraph/storage";
import { ResidentRows } from "../../../packages/engine/src/view/rows.ts";
import { StoredLayer } from "../../../packages/storage/src/tables/layer-reader.ts";

/** What was done while it was counted. */
export interface Work {
  /** Calls of the object store, by method. */
  readonly operations: Readonly<Record<string, number>>;
  /** Rows that layers handed out: of whole columns all, else those taken or looked for. */
  readonly layerRows: number;
  /** Rows of views whose images were gathered, and ids that were looked for in their key tables in bulk. */
  readonly viewRows: number;
  /** How often the blocks of the packages' code ran, loops by their turns: what no counter of calls sees. */
  readonly steps: number;
}

const STORE = [
  "get",
  "range",
  "getVersioned",
  "exists",
  "put",
  "putIfAbsent",
  "putIfMatch",
  "sync",
  "list",
  "delete",
  "deletePrefix",
] as const;

/** Counts what the real classes do, in this process, between `install` and `uninstall`. */
export class WorkCounter {
  readonly #session = new Session();
  readonly #restore: (() => void)[] = [];
  #operations: Record<string, number> = {};
  #layerRows = 0;
  #viewRows = 0;

  install(): void {
    for (const name of STORE) {
      this.#around(MemoryObjects.prototype, name, () => {
        this.#operations[name] = (this.#operations[name] ?? 0) + 1;
      });
    }
    this.#around(StoredLayer.prototype, "column", (column) => (this.#layerRows += lengthOf(column)));
    this.#around(StoredLayer.prototype, "tombstones", (column) => (this.#layerRows += lengthOf(column)));
    this.#around(StoredLayer.prototype, "take", (rows) => (this.#layerRows += lengthOf(rows)));
    this.#around(StoredLayer.prototype, "find", () => this.#layerRows++);
    this.#around(ResidentRows.prototype, "gather", (rows) => (this.#viewRows += lengthOf(rows)));
    this.#around(ResidentRows.prototype, "findAll", (found) => (this.#viewRows += lengthOf(found)));
    this.#session.connect();
    this.#post("Profiler.enable");
  }

  uninstall(): void {
    this.#session.disconnect();
    for (const restore of this.#restore) restore();
  }

  async count(action: () => Promise<unknown>): Promise<Work> {
    this.#operations = {};
    this.#layerRows = 0;
    this.#viewRows = 0;
    this.#post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    await action();
    const steps = this.#steps();
    this.#post("Profiler.stopPreciseCoverage");
    const operations = { ...this.#operations };
    return { operations, layerRows: this.#layerRows, viewRows: this.#viewRows, steps };
  }

  #steps(): number {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post("Profiler.takePreciseCoverage", (error, { result }) => {
      if (error !== null) throw error;
      scripts = result;
    });
    let steps = 0;
    for (const { url, functions } of scripts) {
      // A listing of the memory store looks at every object: that is not what a store does.
      if (!url.includes("/packages/") || url.endsWith("/objects/memory/memory-objects.ts")) continue;
      for (const { ranges } of functions) for (const { count } of ranges) steps += count;
    }
    return steps;
  }

  #post(method: string, parameters: object = {}): void {
    this.#session.post(method, parameters, (error) => {
      if (error !== null) throw error;
    });
  }

  /** Reports each answer of a method, once it is there. */
  #around<K extends string>(
    prototype: Record<K, (...args: never[]) => unknown>,
    name: K,
    seen: (answer: unknown) => void,
  ): void {
    const method = prototype[name];
    prototype[name] = function (this: unknown, ...args: never[]) {
      const answer: unknown = Reflect.apply(method, this, args);
      if (!(answer instanceof Promise)) {
        seen(answer);
        return answer;
      }
      return answer.then((one: unknown) => {
        seen(one);
        return one;
      });
    };
    this.#restore.push(() => {
      prototype[name] = method;
    });
  }
}

function lengthOf(rows: unknown): number {
  return (rows as Pick<RowBatch, "length"> | null)?.length ?? 0;
}
