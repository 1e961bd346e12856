import { present } from "@omnigraph/base";
import type { Column } from "../rows/column.ts";
import { columnBuilder } from "../rows/builder.ts";
import type { NamedColumn } from "../tables/lance/arrow-messages.ts";
import type { LanceTables } from "../tables/lance/lance.ts";
import { lanceCall, type LanceCall } from "../tables/lance/lance-calls.ts";
import type { ForeignTable } from "./foreign.ts";
import type { OutsideColumn } from "./outside.ts";

/** The Lance tables of a folder that belongs to other programs. */
export class LanceFolder {
  readonly #folder: string;
  readonly #tables: () => Promise<LanceTables>;

  constructor(folder: string, tables: () => Promise<LanceTables>) {
    this.#folder = folder;
    this.#tables = tables;
  }

  /** Makes a table of rows that come piece by piece; each piece is a fragment. */
  async create(
    name: string,
    columns: readonly OutsideColumn[],
    pieces: AsyncIterable<readonly Column[]>,
  ): Promise<void> {
    const named = (piece: readonly Column[]): readonly NamedColumn[] =>
      columns.map((column, k) => ({ ...column, column: piece[k]! }));
    const empty = named(columns.map(({ type }) => columnBuilder(type).finish()));
    async function* calls(): AsyncGenerator<LanceCall> {
      for await (const piece of pieces) yield lanceCall(named(piece), 0, piece[0]?.length ?? 0);
    }
    await (await this.#tables()).createFrom({ folder: this.#folder, name }, empty, calls());
  }

  /** Reads a table at a version, the newest where it is null. */
  async open<T>(name: string, version: number | null, use: (table: ForeignTable) => Promise<T>): Promise<T> {
    const { foreignCells, foreignField } = await import("./foreign-columns.ts");
    const tables = await this.#tables();
    return tables.scanned({ folder: this.#folder, name }, version, (table) =>
      use({
        version: table.version,
        rows: table.rows,
        fields: table.fields.map(foreignField),
        scan: async function* (columns) {
          for await (const batch of table.batches([...columns.keys()])) {
            const cells = Array.from(columns, ([column, type]) => {
              const vector = present(batch.getChild(column), `column ${column}`);
              return [column, foreignCells(vector, type)] as const;
            });
            yield { length: batch.numRows, columns: new Map(cells) };
          }
        },
      }),
    );
  }
}
