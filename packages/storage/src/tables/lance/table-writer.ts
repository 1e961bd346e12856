import { OmnigraphError } from "@omnigraph/base";
import type { NativeConnection, NativeTable } from "./native.ts";

/** Writes one table, a fragment at a time. While Lance writes one the caller prepares the next. */
export class TableWriter {
  readonly #connection: NativeConnection;
  readonly #name: string;
  readonly #options: Record<string, string>;
  #table: NativeTable | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** `options`: of Lance, as it spells them: `new_table_…`. */
  constructor(connection: NativeConnection, name: string, options: Readonly<Record<string, string>>) {
    this.#connection = connection;
    this.#name = name;
    this.#options = { ...options };
  }

  /** Makes the table with all its columns, without rows, from an Arrow file without rows. */
  async createEmpty(file: Buffer): Promise<void> {
    this.#table = await this.#connection.createEmptyTable(this.#name, file, "create", [], this.#options);
  }

  /**
   * Hands over rows, an Arrow file, once those before are written; without a table they make it. Does not wait for them: `written` is called afterwards, and
   * a failure is thrown by the next call.
   */
  async add(file: Buffer, written: () => void): Promise<void> {
    await this.#writing;
    this.#writing = this.#write(file).then(written);
    this.#writing.catch(() => undefined); // the next call waits for it
  }

  async #write(file: Buffer): Promise<void> {
    if (this.#table === null)
      this.#table = await this.#connection.createTable(this.#name, file, "create", [], this.#options);
    else await this.#table.add(file, "append");
  }

  /** The version of the table once all rows are written. */
  async finish(): Promise<number> {
    await this.#writing;
    if (this.#table === null) throw new OmnigraphError("internal", `table ${this.#name} was not made`);
    return this.#table.version();
  }

  /** Waits for what is being written, whatever becomes of it: a connection must not be closed under it. */
  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    this.#table?.close();
  }
}
