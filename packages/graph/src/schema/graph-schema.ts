import { type Catalog, schemaDifferences } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import type { SchemaApplied, SchemaDiff, SchemaPlan } from "@omnigraph/wire";
import type { CallOptions, SchemaApplyOptions, SchemaOptions, SchemaPlanOptions } from "../api/graph.ts";
import type { Branches } from "../branches/branches.ts";
import { checkArgument, optionsOf } from "../calls/check.ts";
import { TEXT } from "../calls/kinds.ts";
import { commitAt } from "../history/time-travel.ts";
import type { GraphContext } from "../open/context.ts";
import { applySchema } from "./apply.ts";
import { isSupported, plannedMigration } from "./plan.ts";

/** The schema of a graph. Its methods work without their object too, as callbacks for example. */
export class GraphSchema {
  readonly #context: GraphContext;
  readonly #branches: Branches;

  /** @internal */
  constructor(context: GraphContext, branches: Branches) {
    this.#context = context;
    this.#branches = branches;
  }

  /**
   * The source of the schema, exactly as it was given.
   *
   * @throws `branch_not_found`
   * @throws `commit_not_found`, `commit_ambiguous` for `at`
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
  readonly catalog = async (options?: SchemaOptions): Promise<Catalog> =>
    this.#catalog("schema.catalog", optionsOf("schema.catalog", options));

  /**
   * What it would take to give a branch another schema: the steps, and those that cannot be taken with why and which entities are in the way. Types and
   * properties are the same where their names are, or by `@rename_from("old")`. Changes nothing.
   *
   * @throws `branch_not_found`
   * @throws `schema_invalid` with every root cause in `details.diagnostics`
   * @example
   * ```ts
   * const source = await graph.schema.show();
   * const { supported, steps } = await graph.schema.plan(`${source}\nnode Pet { tag: String @key }`);
   * console.log(supported, steps.map(({ kind }) => kind)); // true [ 'add_type' ]
   * ```
   */
  readonly plan = async (source: string, options?: SchemaPlanOptions): Promise<SchemaPlan> => {
    checkArgument("schema.plan", "source", source, TEXT);
    const asked = optionsOf("schema.plan", options);
    const { branch = "main", file = "schema.pg", allowDataLoss = false } = asked;
    const { calls, log, catalogs } = this.#context;
    return calls.run("schema.plan", asked, async (signal) => {
      const head = await log.head(branch, signal);
      const accepted = await catalogs.read(head.header.schema, signal);
      const desired = { file, text: source, allowDataLoss };
      const { steps } = await plannedMigration(this.#context, head, accepted, desired, signal);
      return { branch, supported: isSupported(steps), steps };
    });
  };

  /**
   * Gives a branch another schema, by one commit that rewrites no row: all steps of the plan, or none. What is dropped stays in older commits, which are read
   * with the schema that they have. Writes of others that are under way are evaluated again with the new schema.
   *
   * @throws `branch_not_found`
   * @throws `schema_invalid` with every root cause in `details.diagnostics`
   * @throws `migration_unsupported` with the steps that cannot be taken, and the entities in the way, in `details.unsupported`
   * @throws `precondition_failed` for `ifCommit`
   * @throws `read_only`, `op_reused`
   * @example
   * ```ts
   * const next = (await graph.schema.show()).replace("age: I32?", "age: I64?  nick: String?");
   * const { applied, steps } = await graph.schema.apply(next, { actor: "ann" });
   * console.log(applied, steps.map(({ kind }) => kind)); // true [ 'add_property', 'change_property_type' ]
   * ```
   */
  readonly apply = async (source: string, options?: SchemaApplyOptions): Promise<SchemaApplied> => {
    checkArgument("schema.apply", "source", source, TEXT);
    const asked = optionsOf("schema.apply", options);
    return this.#context.calls.run("schema.apply", asked, (signal) =>
      applySchema(this.#context, this.#branches, source, { ...asked, signal }),
    );
  };

  /**
   * How the schemas of two commits differ, each named by a branch or commit. Types and properties are the same by their ids, whatever they are called.
   *
   * @throws `branch_not_found`
   * @throws `commit_ambiguous`
   * @example
   * ```ts
   * await graph.branches.create("pets");
   * await graph.schema.apply(`${await graph.schema.show()}\nnode Pet { tag: String @key }`, { branch: "pets" });
   * const { steps, declarations } = await graph.schema.diff("main", "pets");
   * console.log(steps.length, declarations[0]?.after?.startsWith("node Pet")); // 1 true
   * ```
   */
  readonly diff = async (from: string, to: string, options?: CallOptions): Promise<SchemaDiff> => {
    checkArgument("schema.diff", "from", from, TEXT);
    checkArgument("schema.diff", "to", to, TEXT);
    const asked = optionsOf("schema.diff", options);
    const { calls, catalogs } = this.#context;
    return calls.run("schema.diff", { ...asked, branch: null, from, at: to }, async (signal) => {
      const [first, second] = await Promise.all([
        this.#branches.start(from, signal),
        this.#branches.start(to, signal),
      ]);
      const [before, after] = await Promise.all([
        catalogs.read(first.header.schema, signal),
        catalogs.read(second.header.schema, signal),
      ]);
      return { from: first.header.id, to: second.header.id, ...schemaDifferences(before, after) };
    });
  };

  #catalog(call: "schema.show" | "schema.catalog", options: SchemaOptions): Promise<Catalog> {
    const { branch = "main", at } = options;
    const { calls, log, catalogs } = this.#context;
    return calls.run(call, options, async (signal) => {
      const head = (): Promise<CommitRecord> => log.head(branch, signal);
      const commit = at === undefined ? await head() : await commitAt(at, head, log, signal);
      return catalogs.read(commit.header.schema, signal);
    });
  }
}
