import { present } from "@omnigraph/base";
import { requireExternal } from "@omnigraph/storage/external";
import type * as lancedb from "@lancedb/lancedb";
import type * as arrow from "apache-arrow";
import { numberAt } from "../../rows/access.ts";
import { loadArrow } from "./arrow.ts";
import { columnOfVector } from "./arrow-columns.ts";
import { arrowFile, FileMemory } from "./arrow-file.ts";
import type { NamedColumn } from "./arrow-messages.ts";
import type { Column } from "../../rows/column.ts";
import { corrupt } from "../../rows/format/container.ts";
import { concatColumns } from "../../rows/concat.ts";
import { takeColumn } from "../../rows/select.ts";
import { indexProblem } from "./index-check.ts";
import { type LanceCall, lanceCalls } from "./lance-calls.ts";
import { lanceError } from "./lance-errors.ts";
import { loadInTurns } from "./load.ts";
import { connectNative, type NativeConnection, quietLance } from "./native.ts";
import { TableWriter } from "./table-writer.ts";

type Lance = typeof lancedb;

let loaded: Lance | null = null;

/** Loads what `loadInTurns` has not loaded of lancedb and Arrow. */
function loadLance(): Lance {
  quietLance();
  loadArrow();
  // The module's type is that of its declarations; `require` itself has none.
  loaded ??= requireExternal("@lancedb/lancedb") as Lance;
  return loaded;
}

/** Storage options of Lance: `aws_endpoint`, `aws_access_key_id`, `aws_secret_access_key`, `aws_region`, `allow_http`, … */
export type StorageOptions = Readonly<Record<string, string>>;

/** A column of an answer. Errors: `object_corrupt` for types that we never write. */
function columnOf(found: arrow.RecordBatch, name: string, { folder, name: table }: TableAddress): Column {
  const vector = present(found.getChild(name), `column ${name} of the answer`);
  const column = columnOfVector(vector);
  if (column !== null) return column;
  throw corrupt(`${folder}/${table}.lance`, `its column ${name} is of a type that no property has`);
}

function isVectorType(type: arrow.DataType): boolean {
  return loadArrow().DataType.isFixedSizeList(type);
}

function emptyColumn(fields: readonly arrow.Field[], name: string): readonly Column[] | null {
  const field = fields.find((candidate) => candidate.name === name);
  if (field === undefined) return null;
  const { makeBuilder } = loadArrow();
  const column = columnOfVector(makeBuilder({ type: field.type }).finish().toVector());
  return column === null ? null : [column];
}

/**
 * Columns of all rows in parts, in the order of their row ids. Vectors are read alone and in small batches, each packed before the next one is read: unpacked
 * they take memory for nulls too.
 */
async function readParts(
  table: lancedb.Table,
  names: readonly string[],
  address: TableAddress,
  vectors = false,
): Promise<readonly (readonly [string, readonly Column[]])[]> {
  const query = table
    .query()
    .withRowId()
    .select([...names, ROW_ID]);
  const batches = vectors ? query : (await query.toArrow({ maxBatchLength: READ_BATCH_ROWS })).batches;
  const read = names.map((name) => [name, [] as Column[]] as const);
  const ids: Column[] = [];
  for await (const batch of batches) {
    for (const [name, parts] of read) parts.push(columnOf(batch, name, address));
    ids.push(columnOf(batch, ROW_ID, address));
  }
  if (areOrdered(ids)) return read;
  const order = orderOf(concatColumns(ids));
  return read.map(([name, parts]) => [name, [takeColumn(concatColumns(parts), order)]]);
}

/** Whether these are the numbers of all rows from 0 on. */
function areOrdered(parts: readonly Column[]): boolean {
  let row = 0;
  for (const part of parts) {
    if (part.kind !== "long") return false;
    const { words, length } = part;
    for (let i = 0; i < length; i++, row++) if (words[2 * i] !== row || words[2 * i + 1] !== 0) return false;
  }
  return true;
}

/** The permutation that sorts the rows by their row ids. */
function orderOf(ids: Column): Uint32Array {
  const row = (i: number): number => numberAt(ids, i);
  return Uint32Array.from({ length: ids.length }, (_, i) => i).sort((a, b) => row(a) - row(b));
}

/** Where a table is: `<folder>/<name>.lance`. */
export interface TableAddress {
  /** Path or URI. */
  readonly folder: string;
  /** Another path of the same folder, which is used to reach it. */
  readonly by?: string;
  readonly name: string;
}

/** A table that is read as it is. */
interface ScannedTable {
  readonly version: number;
  readonly rows: number;
  readonly fields: readonly arrow.Field[];
  batches(names: readonly string[]): AsyncIterable<arrow.RecordBatch>;
}

/** A table as of one version. */
export interface PinnedTable extends TableAddress {
  readonly version: number;
}

const READ_BATCH_ROWS = 1 << 16;
const ROW_ID = "_rowid";

/** Files of version 2.1, not of Lance's default: pylance 2.0 reads those of 2.2 without an error, and gives null for values that are there. */
const NEW_TABLE: StorageOptions = {
  new_table_enable_stable_row_ids: "true",
  new_table_data_storage_version: "2.1",
};

/** The Lance tables of one store. Nothing else calls lancedb; its failures become typed errors here. */
export class LanceTables {
  readonly #storage: () => Promise<StorageOptions>;
  #loaded: Promise<void> | null = null;

  /** `storage` is called before every call of Lance, since credentials expire. */
  constructor(storage: () => Promise<StorageOptions>) {
    this.#storage = storage;
  }

  /** Creates a table with stable row ids that number its rows from 0. Answers the version. */
  create(address: TableAddress, columns: readonly NamedColumn[], rows: number): Promise<number> {
    return this.createFrom(address, columns, lanceCalls(columns, rows));
  }

  /** As `create`, of rows that come piece by piece; `columns` says what columns there are, whatever rows it has. */
  async createFrom(
    address: TableAddress,
    columns: readonly NamedColumn[],
    calls: Iterable<LanceCall> | AsyncIterable<LanceCall>,
  ): Promise<number> {
    return this.#writing(address, async (connection, storage) => {
      const writer = new TableWriter(connection, address.name, { ...storage, ...NEW_TABLE });
      const memory = new FileMemory();
      let isFirst = true;
      try {
        for await (const { start, end, columns: held } of calls) {
          if (isFirst && (held.length < columns.length || end === start))
            await writer.createEmpty(await arrowFile(columns, 0, 0, memory));
          isFirst = false;
          if (end === start) continue;
          const file = await arrowFile(held, start, end, memory);
          await writer.add(file, () => memory.giveBack(file));
        }
        if (isFirst) await writer.createEmpty(await arrowFile(columns, 0, 0, memory));
        return await writer.finish();
      } finally {
        await writer.close();
      }
    });
  }

  /**
   * Builds BTREE indexes of columns on top of a version, and answers the version that has them. Null where another commit came between: the version might
   * have other rows then. Later versions that are there already are left aside, whatever they are.
   */
  async index({ version, ...address }: PinnedTable, names: readonly string[]): Promise<number | null> {
    return this.#connected(address, async (connection) => {
      const table = await connection.openTable(address.name);
      try {
        let base = await table.version();
        if (base !== version) {
          await table.checkout(version);
          await table.restore();
          if ((await table.version()) !== ++base) return null;
        }
        for (const name of names) await table.createIndex(name, { config: loadLance().Index.btree() });
        const reached = await table.version();
        return reached === base + names.length ? reached : null;
      } finally {
        table.close();
      }
    });
  }

  /** Whole columns in parts, in the order of the rows; null for a name that the table lacks. */
  async parts(
    address: PinnedTable,
    names: readonly string[],
  ): Promise<readonly (readonly Column[] | null)[]> {
    return this.#opened(address, async (table) => {
      const { fields } = await table.schema();
      const there = names.filter((name) => fields.some((field) => field.name === name));
      if ((await table.countRows()) === 0) return names.map((name) => emptyColumn(fields, name)); // an empty answer has no fields
      const wide = there.filter((name) =>
        fields.some((field) => field.name === name && isVectorType(field.type)),
      );
      const narrow = there.filter((name) => !wide.includes(name));
      const read = new Map(narrow.length === 0 ? [] : await readParts(table, narrow, address));
      for (const name of wide)
        for (const [, parts] of await readParts(table, [name], address, true)) read.set(name, parts);
      return names.map((name) => read.get(name) ?? null);
    });
  }

  /** As `parts`, each column put together. */
  async columns(address: PinnedTable, names: readonly string[]): Promise<readonly (Column | null)[]> {
    const columns = await this.parts(address, names);
    return columns.map((parts) => (parts === null ? null : concatColumns(parts)));
  }

  /** What is wrong with the index of a column whose parts are given, or null. */
  async indexProblem(
    address: PinnedTable,
    name: string,
    parts: readonly Column[],
    signal?: AbortSignal,
  ): Promise<string | null> {
    return this.#opened(address, (table) => indexProblem(table, name, parts, signal));
  }

  /** Reads a table whatever it holds, at a version, or at the newest one where that is null. Rows come in the order of its fragments. */
  async scanned<T>(
    address: TableAddress,
    version: number | null,
    use: (table: ScannedTable) => Promise<T>,
  ): Promise<T> {
    return this.#connected(address, async (connection) => {
      const table = await connection.openTable(address.name, [], version === null ? {} : { version });
      try {
        const [there, rows, { fields }] = await Promise.all([
          table.version(),
          table.countRows(),
          table.schema(),
        ]);
        const batches = (names: readonly string[]): AsyncIterable<arrow.RecordBatch> =>
          table.query().select([...names]);
        return await use({ version: there, rows, fields, batches });
      } finally {
        table.close();
      }
    });
  }

  /** The newest version that there is of a table. */
  async newestVersion(address: TableAddress): Promise<number> {
    return this.#connected(address, async (connection) => {
      const table = await connection.openTable(address.name);
      try {
        return await table.version();
      } finally {
        table.close();
      }
    });
  }

  /** Names of the columns of a version. */
  async columnNames(address: PinnedTable): Promise<readonly string[]> {
    return this.#opened(address, async (table) => (await table.schema()).fields.map(({ name }) => name));
  }

  /** Row of an id, or -1. */
  async find(address: PinnedTable, id: string): Promise<number> {
    return this.#opened(address, async (table) => {
      const query = table
        .query()
        .withRowId()
        .where(`id = '${id.replaceAll("'", "''")}'`)
        .select([ROW_ID]);
      const vector = (await query.toArrow()).getChild(ROW_ID);
      const row: unknown = vector?.get(0);
      return row === null || row === undefined ? -1 : Number(row);
    });
  }

  async #opened<T>(address: PinnedTable, use: (table: lancedb.Table) => Promise<T>): Promise<T> {
    return this.#connected(address, async (connection) => {
      const table = await connection.openTable(address.name, [], { version: address.version });
      try {
        return await use(table);
      } finally {
        table.close();
      }
    });
  }

  /** Lance's code for reading is loaded when first needed. */
  #connected<T>(address: TableAddress, use: (connection: lancedb.Connection) => Promise<T>): Promise<T> {
    const connect = async (uri: string, storage: StorageOptions): Promise<lancedb.Connection> => {
      await (this.#loaded ??= loadInTurns());
      return loadLance().connect(uri, { storageOptions: { ...storage } });
    };
    return this.#with(connect, address, use);
  }

  #writing<T>(
    address: TableAddress,
    use: (connection: NativeConnection, storage: StorageOptions) => Promise<T>,
  ): Promise<T> {
    return this.#with(connectNative, address, use);
  }

  async #with<C extends { close(): void }, T>(
    connect: (uri: string, storage: StorageOptions) => Promise<C>,
    address: TableAddress,
    use: (connection: C, storage: StorageOptions) => Promise<T>,
  ): Promise<T> {
    const storage = await this.#storage();
    try {
      const connection = await connect(address.by ?? address.folder, storage);
      try {
        return await use(connection, storage);
      } finally {
        connection.close();
      }
    } catch (cause) {
      throw lanceError(cause, address);
    }
  }
}
