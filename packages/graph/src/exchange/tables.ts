import type { LoadAnswer, TablesExportAnswer } from "@omnigraph/wire";
import type { AdoptOptions, ExportTablesOptions } from "../api/exchange.ts";
import type { Branches } from "../branches/branches.ts";
import { checkArgument, optionsOf } from "../calls/check.ts";
import { TEXT } from "../calls/kinds.ts";
import type { GraphContext } from "../open/context.ts";
import { adopt } from "./adopt.ts";
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
      exportTables(this.#context, this.#branches, to, { ...asked, signal, permitTypes }),
    );
  };

  /**
   * Brings in a Lance table that another program has written, by one commit: new entities of one type. Columns are the properties under their names, `id` where the type has no
   * key (else it may be left out; where it is left out without a key, ids are generated), and for edges `from` and `to`, or `src` and `dst`, with the ids of nodes. All is checked
   * that a load checks, and nothing is adopted where anything is wrong; problems have the numbers of their rows, counted from 0. The table is read at one version and not changed.
   *
   * @throws `load_invalid` with everything that is wrong, up to a limit, in `details.problems`; also where there is no table, or not that version of it
   * @throws `key_conflict` if nothing is wrong but ids that exist already
   * @throws `type_not_found`, `store_uri_invalid`, `branch_not_found`
   * @throws `too_contended`, `outcome_unknown`, `op_reused`, `read_only`
   * @example
   * ```ts
   * await graph.tables.export("lance-tables", { format: "lance" });
   * await using other = await Omnigraph.init("memory://adopting", { schema: await graph.schema.show() });
   * const { nodes } = await other.tables.adopt("lance-tables/Person.lance", { type: "Person" });
   * console.log(nodes); // [ { name: 'Person', entities: 2 } ]
   * ```
   */
  readonly adopt = async (table: string, options: AdoptOptions): Promise<LoadAnswer> => {
    checkArgument("tables.adopt", "table", table, TEXT);
    const asked = optionsOf("tables.adopt", options);
    return this.#context.calls.run("tables.adopt", asked, (signal, permitTypes) =>
      adopt(this.#context, this.#branches, table, { ...asked, signal, permitTypes }),
    );
  };
}
