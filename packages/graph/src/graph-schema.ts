import type { Catalog } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import type { CatalogOptions, SchemaOptions } from "./api/graph.ts";
import { optionsOf } from "./calls/check.ts";
import { commitAt } from "./history/time-travel.ts";
import type { GraphContext } from "./open/context.ts";

/** The schema of a graph. Its methods work without their object too, as callbacks for example. */
export class GraphSchema {
  readonly #context: GraphContext;

  /** @internal */
  constructor(context: GraphContext) {
    this.#context = context;
  }

  /**
   * The source of the schema, exactly as it was given.
   *
   * @throws `branch_not_found`
   * @example
   * ```ts
   * console.log((await graph.schema.show()).includes("edge Knows")); // true
   * ```
   */
  readonly show = async (options?: SchemaOptions): Promise<string> =>
    (await this.#catalog("schema.show", optionsOf("schema.show", options))).source;

  /**
   * The types that the schema declares, at the head of a branch, or at a commit or a time.
   *
   * @throws `branch_not_found`
   * @throws `commit_not_found`, `commit_ambiguous` for `at`
   * @example
   * ```ts
   * const { nodes } = await graph.schema.catalog();
   * console.log(nodes.get("Person")?.key?.map(({ name }) => name)); // [ 'name' ]
   * ```
   */
  readonly catalog = async (options?: CatalogOptions): Promise<Catalog> =>
    this.#catalog("schema.catalog", optionsOf("schema.catalog", options));

  #catalog(call: "schema.show" | "schema.catalog", options: CatalogOptions): Promise<Catalog> {
    const { branch = "main", at } = options;
    const { calls, log, catalogs } = this.#context;
    return calls.run(call, options, async (signal) => {
      const head = (): Promise<CommitRecord> => log.head(branch, signal);
      const commit = at === undefined ? await head() : await commitAt(at, head, log, signal);
      return catalogs.read(commit.header.schema, signal);
    });
  }
}
