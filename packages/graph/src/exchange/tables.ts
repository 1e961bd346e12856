import type { TablesExportAnswer } from "@omnigraph/wire";
import type { ExportTablesOptions } from "../api/exchange.ts";
import type { Branches } from "../branches/branches.ts";
import { checkArgument, optionsOf } from "../calls/check.ts";
import { TEXT } from "../calls/kinds.ts";
import type { GraphContext } from "../open/context.ts";
import { exportTables } from "./export-tables.ts";

/** Tables of other programs. Its methods work without their object too, as callbacks for example. */
export class Tables {
  readonly #context: GraphContext;
  readonly #branches: Branches;

  /** @internal */
  constructor(context: GraphContext, branches: Branches) {
    this.#context = context;
    this.#branches = branches;
  }

  /**
   * Writes a table for each type into a new or empty folder, or a prefix of a bucket, for other programs: Lance tables, or folders of Parquet files. Columns are
   * `id`, for edges `from` and `to` with the ids of their ends (a node's key, where its type has one), and the properties under their names; rows are in order of their ids. `export.json`
   * is written last and says what there is: without it the folder is not whole.
   *
   * @throws `folder_not_empty` if anything is there
   * @throws `store_uri_invalid`, also for memory
   * @throws `branch_not_found`, `commit_not_found` for `branch` and `at`
   * @throws `type_not_found` for `types`
   * @throws `caller_failed`
   * @example
   * ```ts
   * const { tables } = await graph.tables.export("people-tables", { format: "parquet" });
   * console.log(tables.map(({ path, rows }) => [path, rows])); // [ [ 'Person.parquet', 2 ], [ 'Knows.parquet', 1 ] ]
   * ```
   */
  readonly export = async (to: string, options: ExportTablesOptions): Promise<TablesExportAnswer> => {
    checkArgument("tables.export", "to", to, TEXT);
    const asked = optionsOf("tables.export", options);
    return this.#context.calls.run("tables.export", asked, (signal, permitTypes) =>
      exportTables(this.#branches, to, { ...asked, signal, permitTypes }),
    );
  };
}
