// Generated from src/schemas by scripts/generate-reference.mjs.
import type { JsonObject, Reason, WireCode } from "@omnigraph/base";
import type { ValuesByName } from "./values.ts";

/** A failure: what happened, the contract's code and the registered reason, and the facts that go with the reason. */
export interface ErrorJson {
  /** What happened, for people. */
  readonly error: string;
  readonly code: WireCode;
  readonly reason: Reason;
  readonly key_conflict?: KeyConflictJson;
  readonly precondition_failure?: PreconditionFailureJson;
  readonly read_set_conflict?: ReadSetConflictJson;
  readonly resource_limit?: ResourceLimitJson;
  readonly blob_range?: BlobRangeJson;
  readonly change_feed_gap?: ChangeFeedGapJson;
  readonly change_diff_refusal?: ChangeDiffRefusalJson;
  /** All of them. */
  readonly merge_conflicts?: readonly MergeConflictJson[];
  readonly unused_resolutions?: readonly UnusedResolutionJson[];
  /** Of a load, as many as are kept. */
  readonly problems?: readonly LoadProblemJson[];
  readonly parameters?: readonly ParameterProblemJson[];
  /** Of a schema: the steps that cannot be taken. */
  readonly unsupported?: readonly UnsupportedChangeJson[];
  /** Of a schema or a query. */
  readonly diagnostics?: readonly DiagnosticJson[];
  /** Of resolutions: what is wrong with them, and where. */
  readonly places?: readonly string[];
  /** Of the library: the method that was called. */
  readonly call?: string;
  /** Its argument or option that does not fit. */
  readonly argument?: string;
  /** What would fit. */
  readonly allowed?: string;
  /** The options that there are. */
  readonly known?: readonly string[];
  /** Of the input of a load: which piece does not fit. */
  readonly piece?: number;
  readonly branch?: string;
  /** Id of the commit that the branch was made at. */
  readonly forked_from?: string | null;
  /** As it was named. */
  readonly commit?: string;
  readonly parent?: string;
  /** Some of the commits that begin so. */
  readonly candidates?: readonly string[];
  /** The commit or the time that was asked for. */
  readonly at?: string;
  readonly entity_kind?: EntityKind;
  readonly type_name?: string;
  readonly entity_id?: string | null;
  readonly property?: string | null;
  readonly query_name?: string;
  /** Names of the queries that the source holds. */
  readonly queries?: readonly string[];
  /** Content of a Blob, by its SHA-256 and size. */
  readonly reference?: string;
  /** Identity of the write across retries. */
  readonly op?: string;
  /** Address of the graph. */
  readonly uri?: string;
  /** The object or table concerned. */
  readonly place?: string;
  /** Key of the object concerned. */
  readonly key?: string;
  /** The file or folder concerned, or the place in a stored schema. */
  readonly path?: string;
  readonly root?: string;
  /** The system's code. */
  readonly errno?: string;
  /** The store's own code. */
  readonly s3Code?: string;
  /** HTTP status that a store answered, 0 where it did not. */
  readonly status?: number;
  /** Of a file system. */
  readonly kind?: string;
  /** Of a text, one-based. */
  readonly line?: number;
  /** One-based, in code points. */
  readonly column?: number;
  /** Id of the log. */
  readonly incarnation?: string;
  /** Place in the log. */
  readonly slot?: number;
  /** Id of the graph that was opened. */
  readonly graph?: string;
  /** Id of the graph that is there. */
  readonly found?: string;
  readonly problem?: string;
  /** What a newer release is needed for. */
  readonly features?: readonly string[];
  readonly version?: number;
  readonly format?: number;
  readonly supported?: number;
  readonly attempts?: number;
  /** Size of a text that is too long. */
  readonly bytes?: number;
  /** The largest size. */
  readonly most?: number;
  /** Memory that the call may use. */
  readonly limit_bytes?: number;
  /** Milliseconds that the call might take. */
  readonly deadline_ms?: number;
}

/** The entity that is there already. */
export interface KeyConflictJson {
  readonly entity_kind: EntityKind;
  readonly type_name: string;
  readonly entity_id: string | null;
}

export type EntityKind = "node" | "edge";

/** The commit that a write named, and the one that the branch is at. */
export interface PreconditionFailureJson {
  readonly expected: string;
  readonly actual: string | null;
}

/** What a write had read, and what is there now. */
export interface ReadSetConflictJson {
  readonly member: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

/** A limit that a call would exceed. */
export interface ResourceLimitJson {
  /** What is limited. */
  readonly resource: string;
  readonly limit: number;
  /** What was asked for. */
  readonly actual: number;
}

/** Bytes that were asked for of a Blob, which has not so many. */
export interface BlobRangeJson {
  readonly start: number;
  /** The first byte after them. */
  readonly end: number;
  /** Bytes that there are. */
  readonly length: number;
}

/** Where the history that a feed needs ends. */
export interface ChangeFeedGapJson {
  readonly first_unreadable_commit_id: string;
}

/** Why the changes of a commit cannot be told. */
export interface ChangeDiffRefusalJson {
  readonly reason: "parentless_commit" | "schema_boundary" | "unknown";
  readonly graph_commit_id: string;
}

/** One thing that a merge or a revert cannot decide. It is among the details of a `merge_conflict`, and in previews and answers. */
export interface MergeConflictJson {
  readonly entity_kind: EntityKind;
  readonly type_name: string;
  /** Null where it is about how many edges of the type leave a node, which `with` names first, or about schemas. */
  readonly entity_id: string | null;
  readonly kind: MergeConflictKind;
  readonly message: string;
  /** What both sides changed differently, `from` and `to` for the ends of an edge. */
  readonly properties: readonly string[];
  /** The node that an edge misses, the holders of a unique tuple, the edges of a node. */
  readonly with: readonly EntityRefJson[];
  /** At the merge base; null where the entity is not there, here and on the sides. */
  readonly base: EntityImageJson | null;
  /** On the branch that receives. */
  readonly ours: EntityImageJson | null;
  /** On the branch that is merged into it. */
  readonly theirs: EntityImageJson | null;
}

/** Why an entity cannot be merged without a decision; docs/merge/README.md says when each arises. */
export type MergeConflictKind = "divergent_insert" | "divergent_update" | "delete_vs_update" | "orphan_edge" | "unique_violation" | "cardinality_violation" | "value_constraint_violation" | "schema_conflict";

/** An entity by its name. */
export interface EntityRefJson {
  readonly entity_kind: EntityKind;
  readonly type_name: string;
  readonly entity_id: string;
}

/** A whole entity as it was. Dates are days and DateTimes milliseconds since the epoch here, as in exports. */
export interface EntityImageJson {
  /** Of an edge. */
  readonly endpoints?: EndpointsJson;
  /** Every property of the type, null where it has no value. */
  readonly properties: ValuesByName;
}

/** Ids of the nodes at the ends of an edge. */
export interface EndpointsJson {
  readonly from: string;
  readonly to: string;
}

/** A decision that decided nothing so far. */
export interface UnusedResolutionJson {
  readonly entity_kind: EntityKind;
  readonly type_name: string;
  readonly entity_id: string;
  readonly message: string;
}

/** One thing wrong with what was loaded. */
export interface LoadProblemJson {
  /** One-based; null where no single line is to blame. */
  readonly line: number | null;
  readonly reason: Reason;
  readonly message: string;
  /** Name of the type. */
  readonly type: string | null;
  readonly id: string | null;
  readonly property: string | null;
}

/** What is wrong with one parameter. */
export interface ParameterProblemJson {
  readonly parameter: string;
  /** As the query declares it. */
  readonly type: string;
  readonly problem: string;
}

/** Why a graph cannot be given a schema. */
export interface UnsupportedChangeJson {
  /** What it is about, `Person.age` for example. */
  readonly entity: string;
  /** Why, with the entities that are in the way, and what can be done instead. */
  readonly reason: string;
  /** [diagnostics.md](diagnostics.md) lists them; null where it has none. */
  readonly code: string | null;
}

/** A finding about a source; docs/reference/diagnostics.md lists the codes. */
export interface DiagnosticJson {
  readonly code: string;
  readonly severity: "error" | "warning";
  /** What is wrong, naming the thing. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly file: string;
  readonly span: SpanJson;
  /** One-based. */
  readonly line: number;
  /** One-based, in code points. */
  readonly column: number;
  /** The line with a marker under it. */
  readonly excerpt: string;
}

/** A half-open range of a source, in UTF-16 units from its beginning. */
export interface SpanJson {
  readonly start: number;
  readonly end: number;
}

/** The answer of a read (`query`, `POST /query`). */
export interface QueryJson {
  readonly query_name: string;
  readonly target: ReadTargetJson;
  readonly row_count: number;
  /** Names of the columns, in the order of the return. */
  readonly columns: readonly string[];
  /** A row has a member for each column, null where it has no value. */
  readonly rows: readonly ValuesByName[];
  /** The commit whose state was read. */
  readonly graph_commit_id: string;
  /** What is amiss with a call that went well; left out where nothing is. */
  readonly warnings?: readonly string[];
  /** In whole answers over HTTP: names of the columns that are sums; left out where none is. */
  readonly sums?: readonly string[];
}

/** What a read was run on: a branch, or one commit. */
export interface ReadTargetJson {
  readonly branch: string | null;
  /** Id of the commit. */
  readonly snapshot: string | null;
}

/** The answer of the deprecated `POST /read`, which never gets further members. */
export interface LegacyReadJson {
  readonly query_name: string;
  readonly target: ReadTargetJson;
  readonly row_count: number;
  /** Names of the columns, in the order of the return. */
  readonly columns: readonly string[];
  /** A row has a member for each column, null where it has no value. */
  readonly rows: readonly ValuesByName[];
}

/** The first line of a read as JSON Lines (`--format jsonl`); each further line is a row. */
export interface RowsHeadJson {
  readonly kind: "metadata";
  readonly query_name: string;
  readonly target: ReadTargetJson;
  readonly row_count: number;
}

/** How a read or a mutation is run (`explain`), and with `--analyze` what each step came to. A mutation is evaluated and never written. */
export interface ExplainJson {
  readonly query_name: string;
  /** Whether it reads, or changes the graph. */
  readonly kind: "read" | "mutation";
  readonly target: ReadTargetJson;
  /** The commit that the plan is for. */
  readonly graph_commit_id: string;
  /** In the order in which they run; the last one makes the answer, or checks what was changed. */
  readonly steps: readonly PlanStepJson[];
  /** What the steps read. */
  readonly inputs: readonly PlanInputJson[];
  /** Null where nothing was run. */
  readonly totals: PlanTotalsJson | null;
  /** What a mutation that was evaluated would change, by type; null for a read, and where nothing was run. Nothing is written. */
  readonly touches: readonly ChangeCountJson[] | null;
  /** What is amiss with a call that went well; left out where nothing is. */
  readonly warnings?: readonly string[];
}

/** A step of a plan: it takes the rows of the one before it. */
export interface PlanStepJson {
  readonly operator: PlanOperator;
  /** What it works on, in the words of the query. */
  readonly text: string;
  /** Conditions, order and limit, in the words of the query. */
  readonly conditions: readonly string[];
  /** Null for a condition, of which nothing is expected. */
  readonly estimated: PlanRowsJson | null;
  /** Null where nothing was run, and for parts that are no operators of their own. */
  readonly actual: PlanActualJson | null;
  /** Steps within it: a pattern of its own, or parts that it only counts. */
  readonly steps: readonly PlanStepJson[];
}

/** What a step does; [the guide](../guide/explain.md#steps) describes each. `collect`, `top`, `sort` and `group` make the answer, the last four are of mutations; `count` and `never` are parts of the step that they stand in. */
export type PlanOperator = "guard" | "scan" | "look_up" | "cross" | "test" | "expand" | "close" | "filter" | "times" | "without" | "optional" | "subquery" | "rank" | "count" | "never" | "collect" | "top" | "sort" | "group" | "insert" | "upsert" | "update" | "delete" | "check";

/** What a step is expected to give; [the guide](../guide/explain.md#estimates) has the formulas. */
export interface PlanRowsJson {
  readonly rows: number;
  /** Matches of the pattern that the rows stand for: more than rows where parts of the pattern are only counted. */
  readonly matches: number;
}

/** What a step gave in a run. */
export interface PlanActualJson {
  readonly rows: number;
  /** Matches of the pattern that the rows stand for: more than rows where parts of the pattern are only counted. */
  readonly matches: number;
  /** In the step itself, without the steps that it takes rows from. */
  readonly milliseconds: number;
}

/** A structure that a plan reads. */
export interface PlanInputJson {
  readonly entity_kind: EntityKind;
  readonly type_name: string;
  readonly part: PlanInputPart;
  /** Of a column, and of terms. */
  readonly property: string | null;
  /** When the plan was made. */
  readonly source: PlanInputSource;
  /** Now, after the run if there was one; null where it is not resident. */
  readonly place: PlanPlace | null;
  /** That it takes now; those of pages are not counted. */
  readonly memory_bytes: number;
}

/** A structure of a type: the column of a property, the terms of a text that is searched, the ids, the key table, the edges that leave each node (`out`) or lead to it (`in`), the ends of each edge. */
export type PlanInputPart = "column" | "terms" | "ids" | "keys" | "out" | "in" | "ends";

/** Where a structure comes from: it is in memory as a whole, or read by pages; it is read from the store first; or the one row that is wanted is found by an index in the store, and nothing stays in memory. */
export type PlanInputSource = "memory" | "pages" | "store" | "index";

/** How a structure is resident: in memory as a whole, or read by pages from disk. */
export type PlanPlace = "memory" | "pages";

/** What a run took, in all. */
export interface PlanTotalsJson {
  /** Rows of the answer, or entities that a mutation would touch. */
  readonly rows: number;
  /** From the call to the answer. */
  readonly milliseconds: number;
  /** The part of them before the first step began, while inputs were read. */
  readonly load_milliseconds: number;
  /** Most bytes of rows under way at a time, beside the inputs; of a mutation those of the rows before and after it. */
  readonly memory_bytes: number;
  /** Bytes that were taken on disk for such rows. */
  readonly disk_bytes: number;
}

/** How many entities of a type changed. */
export interface ChangeCountJson {
  readonly entity_kind: EntityKind;
  readonly type_name: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** The answer of a mutation (`mutate`). */
export interface MutationJson {
  readonly branch: string;
  readonly query_name: string;
  /** Nodes inserted, updated or deleted. */
  readonly affected_nodes: number;
  /** Edges, those that went with a deleted node among them. */
  readonly affected_edges: number;
  /** Who wrote. */
  readonly actor_id: string | null;
  /** Null when no row was touched. */
  readonly commit: CommitJson | null;
  /** What is amiss with a call that went well; left out where nothing is. */
  readonly warnings?: readonly string[];
}

/** A commit (`commit show`). */
export interface CommitJson {
  /** Its id, a ULID. */
  readonly graph_commit_id: string;
  /** The branch that it was made on; null for main. */
  readonly graph_branch: string | null;
  /** Its depth, under the name that the contract has for it. */
  readonly graph_manifest_version: number;
  /** The commit before it; null for the first one. */
  readonly parent_commit_id: string | null;
  /** Of a merge: the head of the source. */
  readonly merged_parent_commit_id: string | null;
  /** Its author. */
  readonly actor_id: string | null;
  /** Microseconds since the epoch, strictly growing along first parents. */
  readonly created_at: number;
  /** Why it was made. */
  readonly message: string | null;
  readonly kind: CommitKind;
  /** Length of the chain of first parents. */
  readonly depth: number;
  /** Where another process published it, because its own was gone. */
  readonly recovered?: true;
}

/** What made a commit. Maintenance and recovery change no row. */
export type CommitKind = "genesis" | "mutation" | "load" | "merge" | "schema" | "maintenance" | "recovery" | "revert" | "seal";

/** The answer of `init`. */
export interface InitJson {
  /** Address of the graph, as it was given. */
  readonly uri: string;
  readonly initialized: true;
  /** Near misses in the schema; left out where there are none. */
  readonly warnings?: readonly DiagnosticJson[];
}

/** The answer of a load on the command line (`load`). */
export interface LoadJson {
  /** Address of the graph, as it was given. */
  readonly uri: string;
  readonly branch: string;
  readonly mode: LoadMode;
  /** The load made the branch. */
  readonly branch_created: boolean;
  /** Types of nodes that occur. */
  readonly nodes: readonly LoadedTypeJson[];
  /** Types of edges that occur. */
  readonly edges: readonly LoadedTypeJson[];
  readonly total_entities: number;
  /** How many DateTime values named a part of a millisecond, which was cut; left out where none did. */
  readonly datetimes_cut?: number;
  readonly commit: CommitJson;
}

/** How a load treats what is there: append (strict insert), merge (upsert), overwrite (replaces each type that occurs). */
export type LoadMode = "append" | "merge" | "overwrite";

/** How many entities of a type were loaded. */
export interface LoadedTypeJson {
  readonly name: string;
  readonly entities_loaded: number;
}

/** A node as a line of an export or a baseline (`export`, `POST /export`); a load takes such lines. Dates are days and DateTimes milliseconds since the epoch here. */
export interface NodeLineJson {
  readonly type: string;
  /** The id, then every property. */
  readonly data: ValuesByName;
}

/** An edge as such a line. */
export interface EdgeLineJson {
  /** Its type. */
  readonly edge: string;
  /** Id of the node that it leaves. */
  readonly from: string;
  /** Id of the node that it leads to. */
  readonly to: string;
  /** The id, then every property. */
  readonly data: ValuesByName;
}

/** The schema of a branch (`schema show`, `GET /schema`). */
export interface SchemaJson {
  /** As it was given. */
  readonly schema_source: string;
}

/** What `schema plan` says: an answer, whether all of it is supported or not. */
export interface SchemaPlanJson {
  /** Address of the graph as it was given. */
  readonly uri: string;
  /** Whether every step can be taken. */
  readonly supported: boolean;
  readonly step_count: number;
  /** In the order in which they would be taken. */
  readonly steps: readonly MigrationStepJson[];
}

/** A step of a migration. */
export type MigrationStepJson = AddTypeStep | RenameTypeStep | DropTypeStep | AddPropertyStep | RenamePropertyStep | DropPropertyStep | ExtendEnumStep | ChangePropertyTypeStep | ConstraintStep | UpdateTypeMetadataStep | UpdatePropertyMetadataStep | UnsupportedStep;

/** A type is new. */
export interface AddTypeStep {
  readonly kind: "add_type";
  readonly type_kind: EntityKind;
  /** The type. */
  readonly name: string;
}

/** A type gets another name. */
export interface RenameTypeStep {
  readonly kind: "rename_type";
  readonly type_kind: EntityKind;
  readonly from: string;
  readonly to: string;
}

/** A type goes. */
export interface DropTypeStep {
  readonly kind: "drop_type";
  readonly type_kind: EntityKind;
  /** The type. */
  readonly name: string;
  /** Whether older commits can still read it (soft), or it is given up for good (hard). */
  readonly mode: "soft" | "hard";
  /** Where data is lost. */
  readonly code?: string;
}

/** A property is new. */
export interface AddPropertyStep {
  readonly kind: "add_property";
  readonly type_kind: EntityKind;
  readonly type_name: string;
  readonly property_name: string;
  readonly property_type: PropertyTypeJson;
}

/** What the values of a property are. */
export interface PropertyTypeJson {
  /** Of a list the type of its items. */
  readonly scalar: string;
  readonly nullable: boolean;
  readonly list: boolean;
  /** In declared order; null where it is no enum. */
  readonly enum_values: readonly string[] | null;
  /** Of a vector. */
  readonly vector_dim?: number;
}

/** A property gets another name. */
export interface RenamePropertyStep {
  readonly kind: "rename_property";
  readonly type_kind: EntityKind;
  readonly type_name: string;
  readonly from: string;
  readonly to: string;
}

/** A property goes. */
export interface DropPropertyStep {
  readonly kind: "drop_property";
  readonly type_kind: EntityKind;
  readonly type_name: string;
  readonly property_name: string;
  /** Whether older commits can still read it (soft), or it is given up for good (hard). */
  readonly mode: "soft" | "hard";
  /** Where data is lost. */
  readonly code?: string;
}

/** An enum gets more values. */
export interface ExtendEnumStep {
  readonly kind: "extend_enum";
  readonly type_kind: EntityKind;
  readonly type_name: string;
  readonly property_name: string;
  readonly added_values: readonly string[];
}

/** A property gets a type that all its values fit. */
export interface ChangePropertyTypeStep {
  readonly kind: "change_property_type";
  readonly type_kind: EntityKind;
  readonly type_name: string;
  readonly property_name: string;
  readonly from: PropertyTypeJson;
  readonly to: PropertyTypeJson;
}

/** A constraint comes, which all that is there keeps, or goes. */
export interface ConstraintStep {
  readonly kind: "add_constraint" | "drop_constraint";
  readonly type_kind: EntityKind;
  readonly type_name: string;
  /** One of `{Index: [names]}`, `{Unique: [names]}`, `{Range: {property, min, max}}`, `{Check: {property, pattern}}`, `{Cardinality: {min, max}}` and `{Implements: [names]}`. */
  readonly constraint: JsonObject;
}

/** A type gets other annotations. */
export interface UpdateTypeMetadataStep {
  readonly kind: "update_type_metadata";
  readonly type_kind: EntityKind;
  /** The type. */
  readonly name: string;
  /** All of them, each with its `name`, and `value` and `named` arguments where it has them. */
  readonly annotations: readonly JsonObject[];
}

/** A property gets other annotations, a default for example. */
export interface UpdatePropertyMetadataStep {
  readonly kind: "update_property_metadata";
  readonly type_kind: EntityKind;
  readonly type_name: string;
  readonly property_name: string;
  /** All of them, each with its `name`, and `value` and `named` arguments where it has them. */
  readonly annotations: readonly JsonObject[];
}

/** A change that cannot be made. */
export interface UnsupportedStep {
  readonly kind: "unsupported_change";
  /** What it is about, `Person.age` for example. */
  readonly entity: string;
  /** Why, with the entities that are in the way, and what can be done instead. */
  readonly reason: string;
  /** [diagnostics.md](diagnostics.md) lists them; left out where it has none. */
  readonly code?: string;
}

/** The answer of `schema apply`. */
export interface SchemaApplyJson {
  /** Address of the graph as it was given. */
  readonly uri: string;
  /** Always true: a schema that is not is an error. */
  readonly supported: boolean;
  /** False where the branch had this schema already. */
  readonly applied: boolean;
  readonly branch: string;
  /** Depth of the commit; null where nothing was applied. */
  readonly graph_manifest_version: number | null;
  readonly step_count: number;
  /** In the order in which they were taken. */
  readonly steps: readonly MigrationStepJson[];
  /** Who applied it. */
  readonly actor_id: string | null;
  /** Null where nothing was applied. */
  readonly commit: CommitJson | null;
}

/** How the schemas of two commits differ (`schema diff`). */
export interface SchemaDiffJson {
  /** Address of the graph as it was given. */
  readonly uri: string;
  readonly from_commit_id: string;
  readonly to_commit_id: string;
  readonly step_count: number;
  /** From the first to the second. */
  readonly steps: readonly MigrationStepJson[];
  /** Those that differ. */
  readonly declarations: readonly DeclarationPairJson[];
}

/** A declaration that two schemas have in different forms. */
export interface DeclarationPairJson {
  /** Formatted; null where the first schema does not have it. */
  readonly before: string | null;
  /** Formatted; null where the second schema does not have it. */
  readonly after: string | null;
}

/** What a branch holds at its head (`snapshot`, `GET /snapshot`). */
export interface SnapshotJson {
  readonly graph_branch: string;
  /** Depth of the head. */
  readonly graph_manifest_version: number;
  /** Version of the format on disk. */
  readonly internal_schema_version: number;
  /** Edges before nodes, each by name. */
  readonly datasets: readonly DatasetJson[];
  /** In whole answers over HTTP: the head. */
  readonly commit?: CommitJson;
}

/** A type of nodes or edges, and its table. */
export interface DatasetJson {
  readonly entity_kind: EntityKind;
  readonly type_name: string;
  /** Folder of the base table, in the graph; empty while it has none. */
  readonly dataset_path: string;
  /** Lance version of the base table, 0 while it has none. */
  readonly published_dataset_version: number;
  /** No table has branches of its own: a branch is one of the graph. */
  readonly native_dataset_branch: null;
  readonly entity_count: number;
  /** With `--tables`: later ones override earlier ones. */
  readonly tables?: readonly DatasetTableJson[];
  /** With `--tables`: commits whose changes to the type are not in the tables. */
  readonly commits_besides?: number;
}

/** A Lance table of a type, as other engines read it. */
export interface DatasetTableJson {
  /** Folder of the table, in the graph. */
  readonly path: string;
  /** The Lance version that belongs to the branch. */
  readonly version: number;
  readonly rows: number;
  /** Rows of earlier tables that it deletes. */
  readonly tombstones: number;
  /** The columns `id`, and for edges `src` and `dst`, are there besides. */
  readonly columns: readonly TableColumnJson[];
  /** Columns that have an index over all rows. */
  readonly indexes: readonly string[];
}

/** Which column of a table has the values of a property. */
export interface TableColumnJson {
  readonly property: string;
  readonly column: string;
}

/** What a Blob is (`blob stat`): content that the graph has, or an address. */
export interface BlobStatJson {
  readonly target: ReadTargetJson;
  readonly selector: BlobSelectorJson;
  /** `managed`: the graph has the content. */
  readonly kind: "managed" | "external";
  /** Bytes of the content. */
  readonly size?: number;
  /** Entity tag of the content: its SHA-256 in double quotes. */
  readonly etag?: string;
  /** The address, where it is one. */
  readonly uri?: string;
}

/** A Blob of one entity. */
export interface BlobSelectorJson {
  readonly entity: EntityKind;
  /** Name of the type. */
  readonly type: string;
  /** Id of the entity. */
  readonly id: string;
  /** Name of the property, a Blob. */
  readonly property: string;
}

/** The report of `lint`: an answer, whatever it found. */
export interface LintJson {
  readonly status: "ok" | "error";
  readonly query_path: string;
  readonly queries_processed: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** One for each query. */
  readonly results: readonly LintResultJson[];
  readonly findings: readonly LintFindingJson[];
  readonly schema_source: SchemaSourceJson;
  /** Near misses in a schema file; left out where there are none. */
  readonly schema_warnings?: readonly DiagnosticJson[];
}

/** What lint says of one query. */
export interface LintResultJson {
  readonly name: string;
  readonly kind: "read" | "mutation";
  readonly status: "ok" | "error";
  /** Of a query with errors: the first of them. */
  readonly error?: string;
  /** The messages of its warnings. */
  readonly warnings?: readonly string[];
  /** Its errors or warnings with their places. */
  readonly diagnostics?: readonly DiagnosticJson[];
  /** Of a query without errors. */
  readonly operation?: OperationJson;
}

/** What a query returns, and which types it reads and writes. */
export interface OperationJson {
  readonly result: readonly ResultColumnJson[];
  /** Nodes before edges, each by name. */
  readonly reads: readonly TypeUseJson[];
  readonly writes: readonly TypeUseJson[];
}

/** A column of a query's answer. */
export interface ResultColumnJson {
  readonly name: string;
  /** `object` is a whole entity. */
  readonly kind: "string" | "bool" | "int" | "bigint" | "float" | "date" | "datetime" | "blob" | "vector" | "list" | "object";
  readonly nullable: boolean;
  /** Of a list. */
  readonly item_kind?: "string" | "bool" | "int" | "bigint" | "float" | "date" | "datetime" | "blob" | "vector" | "list" | "object";
  /** Of a vector. */
  readonly vector_dim?: number;
}

/** A type that a query reads or writes. */
export interface TypeUseJson {
  readonly kind: EntityKind;
  readonly type_name: string;
}

/** A finding that belongs to no single query. */
export interface LintFindingJson {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly type_name?: string;
  readonly property?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Where a schema was read. */
export interface SchemaSourceJson {
  readonly kind: "file" | "graph";
  /** The file, `-` for standard input, or the address of the graph. */
  readonly path: string;
}

/** The commits of a branch, the newest first (`commit list`). */
export interface CommitListJson {
  readonly commits: readonly CommitJson[];
  /** Where a limit was asked for and more commits wait: how to go on. */
  readonly next_page_token?: string;
}

/** A page of what one commit changed (`commit changes`, `GET /commits/{id}/changes`). */
export interface CommitChangesJson {
  readonly cause: ChangeCauseJson;
  /** How the commit changed the schema; left out where it did not. */
  readonly schema_steps?: readonly MigrationStepJson[];
  /** Nodes before edges, then by type name and id. */
  readonly changes: readonly ChangeJson[];
  /** Left out on the last page. */
  readonly next_page_token?: string;
}

/** The commit behind changes; members without a value are left out. */
export interface ChangeCauseJson {
  readonly graph_commit_id: string;
  readonly parent_commit_id?: string;
  /** Of a merge: the head of the source. */
  readonly merged_parent_commit_id?: string;
  /** The branch that the commit was made on. */
  readonly authored_branch: string;
  readonly actor_id?: string;
  /** When the write was first submitted, in microseconds since the epoch; the same across retries. */
  readonly authored_at: number;
  /** In whole answers over HTTP: when the commit was made, in microseconds since the epoch. */
  readonly created_at?: number;
}

/** What became of one entity. */
export interface ChangeJson {
  readonly kind: EntityKind;
  readonly type: ChangeTypeJson;
  readonly id: string;
  readonly op: ChangeOperation;
  /** Of an update and a delete. */
  readonly before?: EntityImageJson;
  /** Of an insert and an update. */
  readonly after?: EntityImageJson;
}

/** A type by its identity. */
export interface ChangeTypeJson {
  /** Opaque; survives a rename. */
  readonly id: string;
  readonly name: string;
}

/** What became of one entity. */
export type ChangeOperation = "insert" | "update" | "delete";

/** The answer of a revert (`revert`). */
export interface RevertJson {
  readonly branch: string;
  /** Id of the commit whose changes were taken back. */
  readonly reverted: string;
  readonly actor_id: string | null;
  /** Null where nothing was left to take back. */
  readonly commit: CommitJson | null;
  /** The conflicts that were decided. */
  readonly resolved: readonly MergeConflictJson[];
}

/** The commits that touched one entity, the newest first (`history`). */
export interface HistoryJson {
  readonly entries: readonly HistoryEntryJson[];
}

/** What one commit did to an entity. */
export interface HistoryEntryJson {
  readonly cause: ChangeCauseJson;
  /** Why the commit was made. */
  readonly message?: string;
  readonly change: ChangeJson;
}

/** A page of the change feed (`changes poll`, `GET /changes`). */
export interface FeedJson {
  /** One for each commit, also where the filter lets nothing through. */
  readonly blocks: readonly ChangeBlockJson[];
  /** How to go on after these commits; durable. Left out inside a commit that is larger than a page. */
  readonly cursor?: string;
  /** With `cursor`: whether the newest commit is reached. */
  readonly caught_up?: boolean;
  /** Inside a commit: how to go on. The command reads such a commit to its end. */
  readonly next_page_token?: string;
}

/** What one commit changed. */
export interface ChangeBlockJson {
  readonly cause: ChangeCauseJson;
  /** How the commit changed the schema; left out where it did not. */
  readonly schema_steps?: readonly MigrationStepJson[];
  /** Nodes before edges, then by type name and id. */
  readonly changes: readonly ChangeJson[];
}

/** What a baseline shows, and how the feed goes on after it (`changes baseline --out`). */
export interface BaselineJson {
  readonly snapshot_commit_id: string;
  readonly resume_cursor: string;
}

/** The last line of a baseline (`changes baseline`, `POST /changes/baseline`); those before it are nodes and edges. */
export interface BaselineLineJson {
  readonly baseline: BaselineJson;
}

/** The branches of a graph, by name (`branch list`, `GET /branches`). */
export interface BranchListJson {
  /** Those that can be read. */
  readonly branches: readonly string[];
  /** The others; left out where there are none. */
  readonly problems?: readonly BranchProblemJson[];
  /** In whole answers over HTTP: of each of `branches`. */
  readonly heads?: readonly BranchHeadJson[];
}

/** Why a branch cannot be read: as an error about it says. */
export interface BranchProblemJson {
  readonly key_conflict?: KeyConflictJson;
  readonly precondition_failure?: PreconditionFailureJson;
  readonly read_set_conflict?: ReadSetConflictJson;
  readonly resource_limit?: ResourceLimitJson;
  readonly blob_range?: BlobRangeJson;
  readonly change_feed_gap?: ChangeFeedGapJson;
  readonly change_diff_refusal?: ChangeDiffRefusalJson;
  /** All of them. */
  readonly merge_conflicts?: readonly MergeConflictJson[];
  readonly unused_resolutions?: readonly UnusedResolutionJson[];
  /** Of a load, as many as are kept. */
  readonly problems?: readonly LoadProblemJson[];
  readonly parameters?: readonly ParameterProblemJson[];
  /** Of a schema: the steps that cannot be taken. */
  readonly unsupported?: readonly UnsupportedChangeJson[];
  /** Of a schema or a query. */
  readonly diagnostics?: readonly DiagnosticJson[];
  /** Of resolutions: what is wrong with them, and where. */
  readonly places?: readonly string[];
  /** Of the library: the method that was called. */
  readonly call?: string;
  /** Its argument or option that does not fit. */
  readonly argument?: string;
  /** What would fit. */
  readonly allowed?: string;
  /** The options that there are. */
  readonly known?: readonly string[];
  /** Of the input of a load: which piece does not fit. */
  readonly piece?: number;
  /** Id of the commit that the branch was made at. */
  readonly forked_from?: string | null;
  /** As it was named. */
  readonly commit?: string;
  readonly parent?: string;
  /** Some of the commits that begin so. */
  readonly candidates?: readonly string[];
  /** The commit or the time that was asked for. */
  readonly at?: string;
  readonly entity_kind?: EntityKind;
  readonly type_name?: string;
  readonly entity_id?: string | null;
  readonly property?: string | null;
  readonly query_name?: string;
  /** Names of the queries that the source holds. */
  readonly queries?: readonly string[];
  /** Content of a Blob, by its SHA-256 and size. */
  readonly reference?: string;
  /** Identity of the write across retries. */
  readonly op?: string;
  /** Address of the graph. */
  readonly uri?: string;
  /** The object or table concerned. */
  readonly place?: string;
  /** Key of the object concerned. */
  readonly key?: string;
  /** The file or folder concerned, or the place in a stored schema. */
  readonly path?: string;
  readonly root?: string;
  /** The system's code. */
  readonly errno?: string;
  /** The store's own code. */
  readonly s3Code?: string;
  /** HTTP status that a store answered, 0 where it did not. */
  readonly status?: number;
  /** Of a file system. */
  readonly kind?: string;
  /** Of a text, one-based. */
  readonly line?: number;
  /** One-based, in code points. */
  readonly column?: number;
  /** Id of the log. */
  readonly incarnation?: string;
  /** Place in the log. */
  readonly slot?: number;
  /** Id of the graph that was opened. */
  readonly graph?: string;
  /** Id of the graph that is there. */
  readonly found?: string;
  readonly problem?: string;
  /** What a newer release is needed for. */
  readonly features?: readonly string[];
  readonly version?: number;
  readonly format?: number;
  readonly supported?: number;
  readonly attempts?: number;
  /** Size of a text that is too long. */
  readonly bytes?: number;
  /** The largest size. */
  readonly most?: number;
  /** Memory that the call may use. */
  readonly limit_bytes?: number;
  /** Milliseconds that the call might take. */
  readonly deadline_ms?: number;
  readonly branch: string;
  readonly reason: Reason;
  readonly error: string;
}

/** Where a branch is, and where it began. */
export interface BranchHeadJson {
  readonly branch: string;
  /** Its newest commit. */
  readonly graph_commit_id: string;
  /** The commit that it was made at; null for main. */
  readonly forked_from_commit_id: string | null;
}

/** The answer of a branch's making (`branch create`, `POST /branches`). */
export interface BranchCreatedJson {
  /** Address of the graph, as it was given. */
  readonly uri: string;
  /** What it begins at, as it was named. */
  readonly from: string;
  readonly name: string;
  /** Who asked for it. */
  readonly actor_id: string | null;
  /** In whole answers over HTTP: the commit that it was made at. */
  readonly graph_commit_id?: string;
}

/** The answer of a branch's deletion (`branch delete`, `DELETE /branches/{branch}`). */
export interface BranchDeletedJson {
  /** Address of the graph, as it was given. */
  readonly uri: string;
  readonly name: string;
  /** Who asked for it. */
  readonly actor_id: string | null;
}

/** What turns one commit's state into another's (`branch diff`). */
export interface DiffJson {
  /** Ids of the commits that are compared. */
  readonly from: string;
  readonly to: string;
  /** Types that differ. */
  readonly stat: readonly ChangeCountJson[];
  /** Left out with `--stat`. */
  readonly changes?: readonly DiffChangeJson[];
}

/** A change as a diff shows it. */
export interface DiffChangeJson {
  readonly kind: EntityKind;
  readonly type: ChangeTypeJson;
  readonly id: string;
  readonly op: ChangeOperation;
  /** Of an update and a delete. */
  readonly before?: EntityImageJson;
  /** Of an insert and an update. */
  readonly after?: EntityImageJson;
  /** Of an update: names of the properties that differ, `from` and `to` for the ends of an edge. */
  readonly changed?: readonly string[];
}

/** The answer of a merge (`branch merge`). */
export interface MergeJson {
  readonly source: string;
  readonly target: string;
  readonly outcome: MergeOutcome;
  readonly actor_id: string | null;
  /** Whether the source was deleted; left out where it was not asked for. */
  readonly branch_deleted?: boolean;
  /** Why it was not. */
  readonly branch_delete_error?: string;
  /** Left out where the target was up to date. */
  readonly commit?: CommitJson;
  /** The conflicts that were decided; left out where there were none. */
  readonly resolved?: readonly MergeConflictJson[];
}

/** What became of a merge: nothing to do, the target took the source's state as it is, or both sides' changes were put together. */
export type MergeOutcome = "already_up_to_date" | "fast_forward" | "merged";

/** What a merge or a revert would do now (`branch merge --dry-run`, `revert --dry-run`). */
export interface MergePreviewJson {
  readonly source: string;
  readonly target: string;
  /** What it would come to once its conflicts are decided. */
  readonly outcome: MergeOutcome;
  /** What it would do as it was asked. */
  readonly would: MergeProspect;
  /** The newest common ancestors, by their commits' ids. */
  readonly bases: readonly string[];
  /** How the schema of the target would change; left out where it would not. */
  readonly schema_steps?: readonly MigrationStepJson[];
  /** What would change in the target, conflicts left aside. */
  readonly changes: readonly ChangeCountJson[];
  readonly resolved: readonly MergeConflictJson[];
  /** What is left to decide. */
  readonly merge_conflicts: readonly MergeConflictJson[];
  /** Left out where there are none. */
  readonly unused_resolutions?: readonly UnusedResolutionJson[];
}

/** What a merge would do now: nothing, go forward to the source's state, put both sides together, or refuse because of conflicts. */
export type MergeProspect = "nothing" | "fast_forward" | "merge" | "conflict";

/** What `optimize` did to a branch. */
export interface OptimizeJson {
  /** Address of the graph as it was given. */
  readonly uri: string;
  /** Identity of the call; `optimize --operation` tells what came of it. */
  readonly operation: string;
  readonly branch: string;
  /** Null where there was nothing to do. */
  readonly commit: CommitJson | null;
  /** Why it ended before all indexes were built, after its commit. Another call goes on. */
  readonly problem: string | null;
  /** Every type that ever had an entity. */
  readonly datasets: readonly OptimizedDatasetJson[];
}

/** What was done to the tables of one type. */
export interface OptimizedDatasetJson {
  /** `node:Name` or `edge:Name`. */
  readonly type_key: string;
  /** Tables that a new one stands for. */
  readonly fragments_removed: number;
  /** Tables that were written. */
  readonly fragments_added: number;
  readonly committed: true;
  /** No type is skipped. */
  readonly skipped: null;
  /** A published table never moves, so no version of it can be behind. */
  readonly published_dataset_version: null;
  /** As above. */
  readonly lance_head_version: null;
  /** Columns whose index could not be built, because something else has changed their table. */
  readonly pending_indexes: readonly string[];
  /** Tables of the type now. */
  readonly tables: number;
  readonly rows_written: number;
  /** Columns that got an index, by the names of their properties or `id`, `src` and `dst`; once for each table. */
  readonly indexes_built: readonly string[];
}

/** What came of a call of `optimize` (`optimize --operation`). */
export interface OptimizeOperationJson {
  /** Address of the graph as it was given. */
  readonly uri: string;
  /** Identity of the call. */
  readonly operation: string;
  readonly branch: string;
  /** `unknown` also where it found nothing to do: that leaves no trace. */
  readonly state: "done" | "running" | "unknown";
  /** Null unless it is done. */
  readonly commit: CommitJson | null;
}

/** What `fsck` found. */
export interface FsckJson {
  /** Address of the graph as it was given. */
  readonly uri: string;
  /** Whether there is neither an error nor a warning. */
  readonly clean: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
  readonly checked: FsckCheckedJson;
  /** The first ones; the limit `fsckFindings` says how many. */
  readonly findings: readonly FsckFindingJson[];
}

/** What `fsck` looked at. */
export interface FsckCheckedJson {
  /** Branches whose rows were scanned. */
  readonly branches: number;
  /** Slots of all logs. */
  readonly slots: number;
  /** Tables that commits adopted. */
  readonly tables: number;
}

/** One thing that `fsck` found. */
export interface FsckFindingJson {
  /** What kind of damage, or of leftover. */
  readonly class: FindingClass;
  readonly severity: FsckSeverity;
  /** Key of the object from the root of the graph; for rows, the branch. */
  readonly place: string;
  /** What is wrong. */
  readonly problem: string;
  /** Living branches that it harms. */
  readonly branches: readonly string[];
  /** Who is harmed, and how. */
  readonly harm: string;
  /** What to do. */
  readonly advice: string;
}

/** What kind of damage, or of leftover, `fsck` found. */
export type FindingClass = "format_damaged" | "format_newer" | "record_damaged" | "record_missing" | "record_wrong" | "slot_missing" | "slot_damaged" | "slot_of_other_graph" | "chain_broken" | "commit_wrong" | "layout_damaged" | "schema_damaged" | "table_missing" | "table_damaged" | "table_changed" | "table_rewritten" | "tombstones_damaged" | "blob_damaged" | "rows_wrong" | "column_file_damaged" | "index_damaged" | "digest_damaged" | "retention_damaged" | "pin_damaged" | "table_unnamed" | "log_unnamed" | "intent_pending" | "intent_damaged" | "object_unknown";

/** `error` harms answers or what can be read, `warning` only makes reads slower, `note` harms nobody: a graph with notes alone is clean. */
export type FsckSeverity = "error" | "warning" | "note";

/** What `cleanup` removed, or would remove. */
export interface CleanupJson {
  /** Address of the graph as it was given. */
  readonly uri: string;
  /** False for a dry run, which changes nothing. */
  readonly confirmed: boolean;
  /** `--keep`. */
  readonly keep_versions: number | null;
  /** `--older-than`, in seconds. */
  readonly older_than_secs: number | null;
  /** Branches that were folded first, or would be. */
  readonly folded: readonly string[];
  /** Every type. */
  readonly datasets: readonly CleanedDatasetJson[];
  /** Commits whose changes are gone, or would be. */
  readonly commits_reclaimed: number;
  /** Bytes of these changes. */
  readonly commit_bytes_removed: number;
  /** Bytes of all of it. */
  readonly bytes_removed: number;
  readonly pending: PendingCleanupJson | null;
  /** What was passed over, each with its place. */
  readonly notes: readonly string[];
}

/** What cleanup removed of the tables of one type, or would remove. */
export interface CleanedDatasetJson {
  /** `node:Name` or `edge:Name`; the id, where no schema has the type now. */
  readonly type_key: string;
  readonly bytes_removed: number;
  /** Tables. */
  readonly old_versions_removed: number;
  /** A failure fails the whole call, and the next cleanup goes on. */
  readonly error: null;
}

/** What waits for the end of the grace period. */
export interface PendingCleanupJson {
  /** Slots whose changes were found unneeded. */
  readonly slots: number;
  readonly tables: number;
  /** When a cleanup with the same grace period removes it; 0 for now. */
  readonly removable_in_secs: number;
}

/** What `recovery list` finds. */
export interface RecoveryListJson {
  readonly uri: string;
  readonly entries: readonly RecoveryEntryJson[];
}

/** A write that was interrupted, or is at work in another process (`recovery show`). */
export interface RecoveryEntryJson {
  readonly id: string;
  readonly state: "write" | "leftover" | "unreadable";
  /** Null where nobody can read it. */
  readonly write: InterruptedWriteJson | null;
  /** Keys of its objects; `recovery show` has those of what was staged too. */
  readonly objects: readonly string[];
  /** Of these objects. */
  readonly bytes: number;
  /** Why it cannot be read. */
  readonly problem: string | null;
}

/** What a write had said of itself before it staged anything. */
export interface InterruptedWriteJson {
  /** Identity of the write across retries. */
  readonly op: string;
  readonly kind: CommitKind;
  readonly graph_branch: string;
  /** Whether it makes that branch: the branch is there once the write is. */
  readonly makes_branch: boolean;
  /** The commit that it was evaluated on. */
  readonly base_commit_id: string;
  readonly actor_id: string | null;
  readonly message: string | null;
  /** Microseconds since the epoch. */
  readonly authored_at: number;
  /** Whether everything is staged, so that others can publish it. */
  readonly complete: boolean;
  readonly owner: RecoveryOwnerJson | null;
  /** Whether the process that made it is known to be gone. */
  readonly orphaned: boolean;
}

/** A process. */
export interface RecoveryOwnerJson {
  readonly host: string;
  readonly pid: number;
}

/** What became of an interrupted write (`recovery discard`). */
export interface RecoveryOutcomeJson {
  readonly id: string;
  readonly write: InterruptedWriteJson | null;
  /** `published`: its commit is there, with the branch that it makes. `given_up`: a commit says so, and what was staged is gone; without a commit where the branch that it was to make cannot be made. `branch_deleted`: it went with its branch. `removed`: its own objects are gone, and nothing else. `failed`: it is as it was. */
  readonly outcome: "published" | "given_up" | "branch_deleted" | "removed" | "failed";
  /** The commit that decided it. */
  readonly graph_commit_id: string | null;
  /** Why it could not be settled. */
  readonly problem: string | null;
}

/** What `recovery settle` did. */
export interface RecoverySettledJson {
  readonly uri: string;
  readonly settled: readonly RecoveryOutcomeJson[];
}

/** What `backup` or `restore` copied. */
export interface BackupJson {
  /** Id of the graph, which the copy has too. */
  readonly graph: string;
  /** Address of the graph as it was given. */
  readonly from: string;
  /** Address of the copy as it was given. */
  readonly to: string;
  /** The branches that were asked for, by name. */
  readonly branches: readonly CopiedBranchJson[];
  readonly objects_copied: number;
  /** Objects that were looked at and were there already. */
  readonly objects_kept: number;
  readonly bytes_copied: number;
  /** Whether every object of the copy was read back and compared. */
  readonly verified: boolean;
}

/** A branch of a copy. */
export interface CopiedBranchJson {
  readonly name: string;
  /** Its newest commit in the copy. */
  readonly head: CommitJson;
}

/** What `export --format lance` or `parquet` wrote; also what `export.json` beside the tables holds. */
export interface TablesExportJson {
  readonly format: "lance" | "parquet";
  /** Where the tables are, as it was given. */
  readonly to: string;
  /** The commit whose entities they have. */
  readonly commit: CommitJson;
  /** Nodes first, by name. */
  readonly tables: readonly ExportedTableJson[];
}

/** A table that was written for other programs. */
export interface ExportedTableJson {
  /** `node:Name` or `edge:Name`. */
  readonly type_key: string;
  readonly kind: EntityKind;
  readonly type_name: string;
  /** The folder of the table, below `to`. */
  readonly path: string;
  /** How many entities it has. */
  readonly rows: number;
}

/** What `repair` found, and what it did. */
export interface RepairJson {
  /** Address of the graph as it was given. */
  readonly uri: string;
  readonly confirm: boolean;
  readonly force: boolean;
  /** Depth of the commit that repair made, if it made one. */
  readonly graph_manifest_version: number | null;
  /** Every table of the branch. */
  readonly datasets: readonly RepairedDatasetJson[];
  readonly branch: string;
  readonly commit: CommitJson | null;
  /** Every damaged object of the graph. */
  readonly objects: readonly RepairedObjectJson[];
  /** Why the tables of the branch could not be compared. */
  readonly problem: string | null;
}

/** A published table, and what others have done to it. */
export interface RepairedDatasetJson {
  /** `node:Name` or `edge:Name`. */
  readonly type_key: string;
  /** The version that the graph reads. */
  readonly published_dataset_version: number;
  /** The newest version; null where there is no table. */
  readonly lance_head_version: number | null;
  readonly classification: TableDrift;
  readonly action: RepairAction;
  /** What others have done, as far as their rows tell. */
  readonly operations: readonly string[];
  readonly error: string | null;
  /** Its place, from the root of the graph. */
  readonly table: string;
  readonly done: boolean;
  readonly rows_added: number;
  readonly rows_removed: number;
  readonly rows_changed: number;
  /** The first ids, at most 20. */
  readonly added: readonly string[];
  /** As above. */
  readonly removed: readonly string[];
  /** As above. */
  readonly changed: readonly string[];
  readonly advice: string;
}

/** How the newest version of a published table compares with the one that the graph reads: `maintenance` has the same rows, `missing` means that the published one is gone, `unknown` that it could not be told. */
export type TableDrift = "no_drift" | "maintenance" | "rows_changed" | "missing" | "unknown";

/** What repair does: `forget` leaves out what others wrote, `adopt` takes it over, `rewrite` writes anew from what is left, `remove` and `restore` are of objects. */
export type RepairAction = "no_op" | "forget" | "adopt" | "rewrite" | "remove" | "restore" | "none";

/** A damaged object, and what was done about it. */
export interface RepairedObjectJson {
  readonly class: FindingClass;
  /** Key of the object from the root of the graph. */
  readonly place: string;
  readonly action: RepairAction;
  readonly source: RepairSource | null;
  readonly done: boolean;
  readonly advice: string;
  readonly error: string | null;
}

/** Where a damaged object is taken from: `commits` is what commits say of it. */
export type RepairSource = "table" | "digest" | "backup" | "commits";

/** A policy that can be understood (`policy validate`). */
export interface PolicyCheckedJson {
  readonly files: readonly string[];
  /** Ids of its rules. */
  readonly rules: readonly string[];
}

/** What a policy says to a request, and why (`policy explain`). */
export interface PolicyExplainedJson {
  readonly actor: string | null;
  readonly action: PolicyAction;
  readonly branch: string | null;
  readonly target_branch: string | null;
  /** The stored query that is run. */
  readonly query: string | null;
  readonly decision: "allow" | "deny";
  /** Those that decided: that allow it, or that forbid it. None where none allows it. */
  readonly rules: readonly string[];
  /** Of what is refused. */
  readonly missed: readonly PolicyMissJson[];
  /** Rules that could not be evaluated. */
  readonly failures: readonly string[];
}

/** What a policy allows; docs/policies.md has each. */
export type PolicyAction = "read" | "export" | "change" | "schema_apply" | "branch_create" | "branch_delete" | "branch_merge" | "admin" | "invoke_query" | "graph_list";

/** A rule about the action that does not count here. */
export interface PolicyMissJson {
  readonly rule: string;
  /** Where it stands. */
  readonly place: string;
  readonly why: string;
}

/** How declared cases came out (`policy test`). */
export interface PolicyTestedJson {
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly PolicyCaseJson[];
}

/** A declared case. */
export interface PolicyCaseJson {
  readonly id: string;
  readonly place: string;
  readonly expect: "allow" | "deny";
  readonly actor: string | null;
  readonly action: PolicyAction;
  readonly branch: string | null;
  readonly target_branch: string | null;
  /** The stored query that is run. */
  readonly query: string | null;
  readonly decision: "allow" | "deny";
  /** Those that decided: that allow it, or that forbid it. None where none allows it. */
  readonly rules: readonly string[];
  /** Of what is refused. */
  readonly missed: readonly PolicyMissJson[];
  /** Rules that could not be evaluated. */
  readonly failures: readonly string[];
}

/** What the folder of a cluster describes, and what is wrong with it (`cluster validate`). */
export interface ClusterValidateJson {
  readonly ok: boolean;
  readonly config_dir: string;
  readonly config_file: string;
  /** By resource. */
  readonly resource_digests: Readonly<Record<string, string>>;
  readonly resources: readonly ClusterResourceJson[];
  readonly dependencies: readonly ClusterDependencyJson[];
  readonly diagnostics: readonly ClusterDiagnosticJson[];
}

/** A resource that the folder describes. */
export interface ClusterResourceJson {
  readonly address: string;
  readonly kind: "graph" | "schema" | "query" | "policy";
  /** SHA-256, in lower-case hex. */
  readonly digest?: string;
  readonly path?: string;
}

/** A resource that needs another. */
export interface ClusterDependencyJson {
  readonly from: string;
  readonly to: string;
}

/** Something about a cluster that should be known. */
export interface ClusterDiagnosticJson {
  readonly code: string;
  readonly severity: "error" | "warning";
  /** A file, a member of cluster.yaml, or a resource. */
  readonly path: string;
  readonly message: string;
}

/** What an apply would change (`cluster plan`). */
export interface ClusterPlanJson {
  readonly ok: boolean;
  readonly config_dir: string;
  readonly desired_revision: ClusterRevisionJson;
  /** By resource. */
  readonly resource_digests: Readonly<Record<string, string>>;
  readonly dependencies: readonly ClusterDependencyJson[];
  readonly state_observations: ClusterStateObservationsJson;
  readonly changes: readonly ClusterChangeJson[];
  readonly blast_radius: readonly ClusterBlastRadiusJson[];
  readonly approvals_required: readonly ClusterApprovalRequiredJson[];
  readonly diagnostics: readonly ClusterDiagnosticJson[];
}

/** What the folder of a cluster describes. */
export interface ClusterRevisionJson {
  /** Null where it cannot be understood. */
  readonly config_digest: string | null;
}

/** The state of a cluster that an answer is about. */
export interface ClusterStateObservationsJson {
  readonly state_path: string;
  /** There is no lock: a conditional put of the state arbitrates. */
  readonly lock_path: null;
  readonly state_found: boolean;
  /** Null until an apply was complete. */
  readonly applied_config_digest: string | null;
  /** The deployment: another one whenever what is served changes. */
  readonly applied_revision_id: string | null;
  readonly state_revision: number;
  readonly state_cas: string | null;
  readonly resource_count: number;
  readonly locked: false;
  readonly lock_acquired: false;
}

/** A resource that is to change. */
export interface ClusterChangeJson {
  readonly resource: string;
  readonly operation: "create" | "update" | "delete";
  /** SHA-256, in lower-case hex. */
  readonly before_digest?: string;
  /** SHA-256, in lower-case hex. */
  readonly after_digest?: string;
  /** Of a policy: whether it is for other graphs now. */
  readonly binding_change?: boolean;
  /** Of a graph that follows from its schema and queries: derived. */
  readonly disposition: "applied" | "derived" | "deferred" | "blocked";
  /** Why not. */
  readonly reason?: string;
  readonly migration?: ClusterMigrationJson;
}

/** What another schema changes in a graph. */
export interface ClusterMigrationJson {
  readonly supported: boolean;
  readonly steps: readonly MigrationStepJson[];
}

/** What depends on a resource that is to change. */
export interface ClusterBlastRadiusJson {
  readonly resource: string;
  readonly affected: readonly string[];
}

/** A deletion that somebody must approve first. */
export interface ClusterApprovalRequiredJson {
  readonly resource: string;
  readonly reason: string;
  readonly satisfied: boolean;
}

/** What an apply did (`cluster apply`). */
export interface ClusterApplyJson {
  readonly ok: boolean;
  readonly config_dir: string;
  readonly desired_revision: ClusterRevisionJson;
  readonly state_observations: ClusterStateObservationsJson;
  readonly changes: readonly ClusterChangeJson[];
  readonly applied_count: number;
  /** Of changes that are blocked or deferred. */
  readonly deferred_count: number;
  /** Whether the cluster is now as the folder describes it. */
  readonly converged: boolean;
  readonly state_written: boolean;
  /** By resource. */
  readonly resource_statuses: Readonly<Record<string, ClusterStatusOfResourceJson>>;
  readonly diagnostics: readonly ClusterDiagnosticJson[];
}

/** How a resource of a cluster stands. */
export interface ClusterStatusOfResourceJson {
  readonly status: "applied" | "drifted" | "blocked" | "deferred";
  readonly conditions?: readonly string[];
  readonly message?: string;
}

/** An approval of a deletion (`cluster approve`). */
export interface ClusterApproveJson {
  readonly ok: boolean;
  readonly config_dir: string;
  /** Null where nothing was approved. */
  readonly approval_id: string | null;
  readonly resource: string;
  readonly operation: "delete" | null;
  readonly approved_by: string;
  readonly diagnostics: readonly ClusterDiagnosticJson[];
}

/** The state of a cluster (`cluster status`). */
export interface ClusterStatusJson {
  readonly ok: boolean;
  readonly config_dir: string;
  readonly state_observations: ClusterStateObservationsJson;
  /** By resource. */
  readonly resource_digests: Readonly<Record<string, string>>;
  /** By resource. */
  readonly resource_statuses: Readonly<Record<string, ClusterStatusOfResourceJson>>;
  /** By resource: what the newest look at each graph found. */
  readonly observations: Readonly<Record<string, ClusterGraphObservationJson | ClusterTombstoneJson>>;
  readonly diagnostics: readonly ClusterDiagnosticJson[];
}

/** A graph as `import` or `refresh` found it. */
export interface ClusterGraphObservationJson {
  readonly kind: "graph";
  readonly address: string;
  readonly graph_uri: string;
  /** ISO 8601, by the clock of whoever wrote it. */
  readonly observed_at: string;
  readonly exists: boolean;
  /** Depth of the newest commit of main. */
  readonly graph_manifest_version: number | null;
  readonly schema_digest: string | null;
  readonly desired_schema_digest: string | null;
  readonly schema_matches_desired: boolean;
  readonly error: string | null;
}

/** A graph that was deleted. */
export interface ClusterTombstoneJson {
  readonly kind: "tombstone";
  /** ISO 8601, by the clock of whoever wrote it. */
  readonly deleted_at: string;
  readonly approval_id: string;
  readonly actor: string | null;
}

/** The state of a cluster after a look at its graphs (`cluster import`, `cluster refresh`). */
export interface ClusterLookJson {
  readonly operation: "import" | "refresh";
  readonly ok: boolean;
  readonly config_dir: string;
  readonly state_observations: ClusterStateObservationsJson;
  /** By resource. */
  readonly resource_digests: Readonly<Record<string, string>>;
  /** By resource. */
  readonly resource_statuses: Readonly<Record<string, ClusterStatusOfResourceJson>>;
  /** By resource: what the newest look at each graph found. */
  readonly observations: Readonly<Record<string, ClusterGraphObservationJson | ClusterTombstoneJson>>;
  readonly diagnostics: readonly ClusterDiagnosticJson[];
}

/** That there is no lock to break (`cluster force-unlock`). */
export interface ClusterUnlockJson {
  readonly ok: boolean;
  readonly config_dir: string;
  readonly state_observations: ClusterStateObservationsJson;
  readonly diagnostics: readonly ClusterDiagnosticJson[];
}

/** The state of a cluster: `__cluster/state.json` in its storage. It is replaced by conditional puts alone. */
export interface ClusterStateJson {
  readonly version: 1;
  readonly state_revision: number;
  readonly applied_revision: ClusterAppliedRevisionJson;
  /** By graph the number of its root, where that is not 1: no root is used again after a deletion. */
  readonly incarnations: Readonly<Record<string, number>>;
  /** By resource. */
  readonly resource_statuses: Readonly<Record<string, ClusterStatusOfResourceJson>>;
  /** By approval. */
  readonly approval_records: Readonly<Record<string, ClusterConsumedApprovalJson>>;
  /** By operation; no more than one. */
  readonly recovery_records: Readonly<Record<string, ClusterRecoveryJson>>;
  /** By resource: what the newest look at each graph found. */
  readonly observations: Readonly<Record<string, ClusterGraphObservationJson | ClusterTombstoneJson>>;
}

/** What servers of the cluster serve. */
export interface ClusterAppliedRevisionJson {
  /** The deployment; null until the first apply. */
  readonly id: string | null;
  readonly config_digest: string | null;
  /** By address. */
  readonly resources: Readonly<Record<string, ClusterResourceStateJson>>;
}

/** A resource of a cluster as it was applied. */
export interface ClusterResourceStateJson {
  /** SHA-256, in lower-case hex. */
  readonly digest: string;
  /** The file that it is from, from the folder of the cluster on. */
  readonly path?: string;
  /** Of a policy: the graphs that it is for, and `cluster`. */
  readonly applies_to?: readonly string[];
}

/** What an approval was used for. */
export interface ClusterConsumedApprovalJson {
  /** ISO 8601, by the clock of whoever wrote it. */
  readonly consumed_at: string;
  readonly consumed_by_operation: string;
}

/** An apply that is under way, or was interrupted. */
export interface ClusterRecoveryJson {
  readonly operation: "apply";
  /** ISO 8601, by the clock of whoever wrote it. */
  readonly begun_at: string;
  readonly actor: string | null;
  /** SHA-256, in lower-case hex. */
  readonly config_digest: string;
  /** Graphs whose schema may differ from what the state says. */
  readonly graphs: readonly string[];
  /** Those of graphs that the state does not have any more. */
  readonly deletions: readonly ClusterDeletionJson[];
}

/** A graph that goes. */
export interface ClusterDeletionJson {
  readonly graph: string;
  readonly incarnation: number;
  readonly approval_id: string;
}

/** An approval, as it is kept: `__cluster/approvals/<id>.json`. It is for this deletion alone. */
export interface ClusterApprovalJson {
  readonly version: 1;
  readonly id: string;
  readonly resource: string;
  readonly operation: "delete";
  /** Of the resource that goes. */
  readonly before_digest: string;
  /** Of the folder that does not have it. */
  readonly config_digest: string;
  readonly incarnation: number;
  readonly approved_by: string;
  /** ISO 8601, by the clock of whoever wrote it. */
  readonly approved_at: string;
}

/** A failure over HTTP: what happened, the contract's code (none of a condition that does not hold, 412), the registered reason, and the contract's facts about it. */
export interface HttpErrorJson {
  /** What happened, for people. */
  readonly error: string;
  readonly code?: WireCode;
  readonly reason: Reason;
  readonly key_conflict?: KeyConflictJson;
  readonly precondition_failure?: PreconditionFailureJson;
  readonly read_set_conflict?: ReadSetConflictJson;
  readonly resource_limit?: ResourceLimitJson;
  readonly blob_range?: BlobRangeJson;
  readonly change_feed_gap?: ChangeFeedGapJson;
  readonly change_diff_refusal?: ChangeDiffRefusalJson;
  /** All of them. */
  readonly merge_conflicts?: readonly HttpConflictJson[];
}

/** One thing that a merge cannot decide. */
export interface HttpConflictJson {
  readonly entity_kind: EntityKind;
  readonly type_name: string;
  /** Null where it is about how many edges of the type leave a node, which `with` names first, or about schemas. */
  readonly entity_id: string | null;
  readonly kind: MergeConflictKind;
  readonly message: string;
}

/** A commit over HTTP (`GET /commits/{id}`). */
export interface HttpCommitJson {
  /** Its id, a ULID. */
  readonly graph_commit_id: string;
  /** The branch that it was made on; null for main. */
  readonly graph_branch: string | null;
  /** Its depth, under the name that the contract has for it. */
  readonly graph_manifest_version: number;
  /** The commit before it; null for the first one. */
  readonly parent_commit_id: string | null;
  /** Of a merge: the head of the source. */
  readonly merged_parent_commit_id: string | null;
  /** Its author. */
  readonly actor_id: string | null;
  /** Microseconds since the epoch, strictly growing along first parents. */
  readonly created_at: number;
  /** Why it was made. */
  readonly message: string | null;
  /** Where another process published it, because its own was gone. */
  readonly recovered?: true;
}

/** The commits of a branch over HTTP, the newest first (`GET /commits`). */
export interface HttpCommitListJson {
  readonly commits: readonly HttpCommitJson[];
  /** Where a limit was asked for and more commits wait: how to go on. */
  readonly next_page_token?: string;
}

/** The answer of a mutation over HTTP (`POST /mutate`). */
export interface HttpMutationJson {
  readonly branch: string;
  readonly query_name: string;
  /** Nodes inserted, updated or deleted. */
  readonly affected_nodes: number;
  /** Edges, those that went with a deleted node among them. */
  readonly affected_edges: number;
  /** Who wrote. */
  readonly actor_id: string | null;
  /** Null when no row was touched. */
  readonly commit: HttpCommitJson | null;
  /** What is amiss with a call that went well; left out where nothing is. */
  readonly warnings?: readonly string[];
}

/** The answer of a load over HTTP whose data stand in a JSON text (`POST /load`). */
export interface IngestJson {
  /** Path of the graph on the server. */
  readonly uri: string;
  readonly branch: string;
  readonly mode: LoadMode;
  /** The load made the branch. */
  readonly branch_created: boolean;
  /** Types of nodes that occur. */
  readonly nodes: readonly LoadedTypeJson[];
  /** Types of edges that occur. */
  readonly edges: readonly LoadedTypeJson[];
  readonly total_entities: number;
  /** How many DateTime values named a part of a millisecond, which was cut; left out where none did. */
  readonly datetimes_cut?: number;
  /** Who wrote. */
  readonly actor_id: string | null;
  /** What `from` named, also where the branch was there already. */
  readonly base_branch: string | null;
  readonly commit: HttpCommitJson;
}

/** The answer of a load over HTTP whose data are the body (`POST /load/ndjson`), which names no address. */
export interface BatchLoadJson {
  readonly branch: string;
  readonly mode: LoadMode;
  /** The load made the branch. */
  readonly branch_created: boolean;
  /** Types of nodes that occur. */
  readonly nodes: readonly LoadedTypeJson[];
  /** Types of edges that occur. */
  readonly edges: readonly LoadedTypeJson[];
  readonly total_entities: number;
  /** How many DateTime values named a part of a millisecond, which was cut; left out where none did. */
  readonly datetimes_cut?: number;
  /** Who wrote. */
  readonly actor_id: string | null;
  /** What `from` named, also where the branch was there already. */
  readonly base_branch: string | null;
  readonly commit: HttpCommitJson;
}

/** The answer of a merge over HTTP (`POST /branches/merge`). */
export interface HttpMergeJson {
  readonly source: string;
  readonly target: string;
  readonly outcome: MergeOutcome;
  readonly actor_id: string | null;
  /** Whether the source was deleted; left out where it was not asked for. */
  readonly branch_deleted?: boolean;
  /** Why it was not. */
  readonly branch_delete_error?: string;
}

/** The answer of `POST /schema/apply`. */
export interface HttpSchemaApplyJson {
  /** Address of the graph as it was given. */
  readonly uri: string;
  /** Always true: a schema that is not is an error. */
  readonly supported: boolean;
  /** False where the branch had this schema already. */
  readonly applied: boolean;
  /** Depth of the commit; null where nothing was applied. */
  readonly graph_manifest_version: number | null;
  readonly step_count: number;
  /** In the order in which they were taken. */
  readonly steps: readonly MigrationStepJson[];
}

/** That a server runs (`GET /healthz`). */
export interface HealthJson {
  readonly status: "ok";
  /** Of the contract that it speaks. */
  readonly version: string;
  /** Of the software. */
  readonly source_version: string | null;
  /** Version of the format on disk. */
  readonly internal_schema_version: number;
}

/** Whether a server takes calls (`GET /readyz`): 200, or 503 while it is stopping or a graph cannot be opened. */
export interface ReadinessJson {
  readonly status: "ready" | "stopping" | "degraded";
  /** `stale` while tokens, policies or queries that changed cannot be understood: the former ones count, and the log says why. */
  readonly configuration: "current" | "stale";
}

/** The graphs of a server, by id (`GET /graphs`). */
export interface GraphListJson {
  readonly graphs: readonly GraphInfoJson[];
}

/** A graph of a server. */
export interface GraphInfoJson {
  readonly graph_id: string;
  /** Its path on the server. Where its data are is not told. */
  readonly uri: string;
}

/** The stored queries of a graph, by name (`GET /queries`). */
export interface QueryCatalogJson {
  readonly queries: readonly StoredQueryJson[];
}

/** A stored query. */
export interface StoredQueryJson {
  readonly name: string;
  readonly mutation: boolean;
  readonly params: readonly StoredParameterJson[];
  /** Its name as a tool. */
  readonly tool_name: string;
  readonly description?: string;
  readonly instruction?: string;
}

/** A parameter of a stored query. */
export interface StoredParameterJson {
  readonly name: string;
  readonly kind: ParameterKind;
  /** Whether it may be left out. */
  readonly nullable: boolean;
  /** Of a list. */
  readonly item_kind?: ParameterKind;
  /** Of a vector. */
  readonly vector_dim?: number;
}

/** What a parameter of a stored query takes. */
export type ParameterKind = "string" | "bool" | "int" | "bigint" | "float" | "date" | "datetime" | "blob" | "vector" | "list";

/** What became of a write, by its idempotency key (`write show`, `GET /writes/{key}`). */
export interface WriteFateJson {
  readonly key: string;
  /** The branch on which it was looked for. */
  readonly branch: string;
  /** `completed` where its commit is there; `unknown` where it may be running. */
  readonly execution: "completed" | "unknown";
  /** `none`: no commit of this key is among those of the last 4,096 slots of the branch, and none is being staged. `unknown`: it is being staged. */
  readonly effects: "committed" | "none" | "unknown";
  /** `retry` under the same key, which writes at most once, also where an attempt is still under way; `look_up` again later. Null where it is committed. */
  readonly action: "retry" | "look_up" | null;
  /** Null unless it is committed. */
  readonly commit: CommitJson | null;
}

/** A page of what differs between two branches or commits (the tool `show-diff`). */
export interface DiffPageJson {
  /** Ids of the commits that are compared. */
  readonly from: string;
  readonly to: string;
  /** Types that differ. */
  readonly stat: readonly ChangeCountJson[];
  /** Left out with `--stat`. */
  readonly changes?: readonly DiffChangeJson[];
  /** How to go on; left out on the last page. */
  readonly next_page_token?: string;
}

/** What a merge would do now, with a page of its conflicts (the tool `preview-merge`). */
export interface MergePreviewPageJson {
  readonly source: string;
  readonly target: string;
  /** What it would come to once its conflicts are decided. */
  readonly outcome: MergeOutcome;
  /** What it would do as it was asked. */
  readonly would: MergeProspect;
  /** The newest common ancestors, by their commits' ids. */
  readonly bases: readonly string[];
  /** How the schema of the target would change; left out where it would not. */
  readonly schema_steps?: readonly MigrationStepJson[];
  /** What would change in the target, conflicts left aside. */
  readonly changes: readonly ChangeCountJson[];
  readonly resolved: readonly MergeConflictJson[];
  /** What is left to decide. */
  readonly merge_conflicts: readonly MergeConflictJson[];
  /** Left out where there are none. */
  readonly unused_resolutions?: readonly UnusedResolutionJson[];
  /** All that is left to decide, on every page. */
  readonly conflict_count: number;
  /** How to go on; left out on the last page. */
  readonly next_page_token?: string;
}

/** Why a tool did not do what it was called for (the structured content of an answer with `isError`). */
export interface ToolFailureJson {
  /** What happened, and where. */
  readonly error: string;
  readonly code: WireCode;
  readonly reason: Reason;
  /** What to do about it. */
  readonly remedy: string;
  /** Of a tool that writes. */
  readonly fate?: FailedWriteJson;
  /** Facts that go with the reason, by the names that they have in ErrorJson: conflicts, diagnostics with their places, what is known. */
  readonly details?: JsonObject;
}

/** What became of a write that failed. */
export interface FailedWriteJson {
  /** Whether it ran: not at all, to its end, or nobody can tell. */
  readonly execution: "not_started" | "completed" | "unknown";
  /** Whether it left anything behind. */
  readonly effects: "none" | "unknown";
  /** `fix` what was asked, `retry` it as it is, or `look_up` in the history what became of it. */
  readonly action: "fix" | "retry" | "look_up";
}

/** The body of `POST /mcp`: one request or notification of the Model Context Protocol (JSON-RPC 2.0). */
export interface AgentMessageJson {
  readonly jsonrpc: "2.0";
  /** Of a request; a notification has none. */
  readonly id?: string | number;
  readonly method: string;
  readonly params?: JsonObject;
}

/** The answer of `POST /mcp` to a request; a notification is answered by 202 and no body. */
export interface AgentAnswerJson {
  readonly jsonrpc: "2.0";
  readonly id: string | number | null;
  readonly result?: JsonObject;
  readonly error?: AgentErrorJson;
}

/** Why a request cannot be understood. */
export interface AgentErrorJson {
  readonly code: number;
  readonly message: string;
  readonly data?: JsonObject;
}

/** What became of the token of a server (`login`, `logout`). */
export interface CredentialJson {
  /** Its name in the configuration file. */
  readonly server: string;
  /** Its address; null where the file has no such server. */
  readonly url: string | null;
  readonly logged_in: boolean;
}

/** A profile of the configuration file (`profile show`); `profile list` answers a list of them. */
export interface ProfileJson {
  readonly name: string;
  /** Address of the graph; null where it is on a server. */
  readonly store: string | null;
  /** Name or address of the server. */
  readonly server: string | null;
  /** Id of the graph on the server. */
  readonly graph: string | null;
  /** Whether commands that name no graph use it. */
  readonly default: boolean;
}

/** The body of `POST /query`. */
export interface QueryRequestJson {
  /** Source of reads. */
  readonly query: string;
  /** Which query of the source; not needed where it holds one. */
  readonly name?: string | null;
  /** Values of the parameters, by name; 64-bit integers also as decimal text. */
  readonly params?: JsonObject | null;
  /** Default `main`. */
  readonly branch?: string | null;
  /** Reads the graph as it was at this commit. Excludes `branch`. */
  readonly snapshot?: string | null;
}

/** The body of `POST /explain`. */
export interface ExplainRequestJson {
  /** Source of reads or mutations. */
  readonly query: string;
  /** Which query of the source; not needed where it holds one. */
  readonly name?: string | null;
  /** Values of the parameters, by name; 64-bit integers also as decimal text. */
  readonly params?: JsonObject | null;
  /** Default `main`. */
  readonly branch?: string | null;
  /** Reads the graph as it was at this commit. Excludes `branch`. */
  readonly snapshot?: string | null;
  /** Runs it, and tells what each step came to. A mutation is evaluated as of the branch, and never written. */
  readonly analyze?: boolean | null;
}

/** The body of the deprecated `POST /read`. */
export interface LegacyReadRequestJson {
  /** Source of reads. */
  readonly query_source: string;
  /** Which query of the source; not needed where it holds one. */
  readonly query_name?: string | null;
  /** Values of the parameters, by name; 64-bit integers also as decimal text. */
  readonly params?: JsonObject | null;
  /** Default `main`. */
  readonly branch?: string | null;
  /** Reads the graph as it was at this commit. Excludes `branch`. */
  readonly snapshot?: string | null;
}

/** The body of `POST /mutate`. */
export interface MutateRequestJson {
  /** Source of mutations. */
  readonly query: string;
  /** Which query of the source; not needed where it holds one. */
  readonly name?: string | null;
  /** Values of the parameters, by name; 64-bit integers also as decimal text. */
  readonly params?: JsonObject | null;
  /** Default `main`. */
  readonly branch?: string | null;
}

/** The body of `POST /load`. */
export interface LoadRequestJson {
  /** NDJSON: a node or an edge a line. */
  readonly data: string;
  readonly mode?: LoadMode | null;
  /** Default `main`. */
  readonly branch?: string | null;
  /** Where the branch is missing, it is made there together with the commit. */
  readonly from?: string | null;
}

/** The body of `POST /export`. */
export interface ExportRequestJson {
  /** Default `main`. */
  readonly branch?: string | null;
  /** Default: all types. */
  readonly type_names?: readonly string[];
}

/** The body of `POST /branches`. */
export interface BranchCreateRequestJson {
  readonly name: string;
  /** What it begins at. Default `main`. */
  readonly from?: string | null;
}

/** The body of `POST /branches/merge`. */
export interface MergeRequestJson {
  readonly source: string;
  /** The branch that receives. Default `main`. */
  readonly target?: string | null;
  /** Deletes the source once it is merged. */
  readonly delete_branch?: boolean | null;
  /** Writes nothing: answers what the merge would do now. */
  readonly dry_run?: boolean | null;
  /** Decides what is in conflict by this side, property by property. */
  readonly strategy?: "ours" | "theirs" | null;
  /** Takes whole entities in conflict from this side. Excludes `strategy`. */
  readonly strategy_entity?: "ours" | "theirs" | null;
  /** Decisions on single conflicts, as docs/merge/resolutions.schema.json has them. */
  readonly resolutions?: JsonObject | null;
  /** Why; stored in the commit. */
  readonly message?: string | null;
}

/** The body of `POST /changes/baseline`. The filter is that of the feed that goes on after it. */
export interface BaselineRequestJson {
  /** Default `main`. */
  readonly branch?: string | null;
  readonly kind?: readonly EntityKind[];
  /** Names of types. */
  readonly type?: readonly string[];
  /** Counts for the feed alone. */
  readonly op?: readonly ChangeOperation[];
}

/** The body of `POST /queries/{name}`; it may be left out. */
export interface InvokeRequestJson {
  /** Values of the parameters, by name. */
  readonly params?: JsonObject | null;
  /** Default `main`. */
  readonly branch?: string | null;
  /** Reads the graph as it was at this commit. Excludes `branch`; only of a read. */
  readonly snapshot?: string | null;
  /** Refuses a query that is not of this kind. */
  readonly expect_mutation?: boolean | null;
}

/** The body of `POST /schema/apply`. */
export interface SchemaApplyRequestJson {
  readonly schema_source: string;
  /** Whether what is dropped is given up for good. */
  readonly allow_data_loss?: boolean | null;
}

/** The body of `POST /schema/plan`. */
export interface SchemaPlanRequestJson {
  readonly schema_source: string;
  /** Default `main`. */
  readonly branch?: string | null;
  /** Whether what is dropped would be given up for good. */
  readonly allow_data_loss?: boolean | null;
}

/** The parameters of `GET /snapshot`. */
export interface BranchParametersJson {
  /** Default `main`. */
  readonly branch?: string;
}

/** The parameters of `GET` and `HEAD /blob`. */
export interface BlobParametersJson {
  readonly entity: EntityKind;
  /** Name of the type. */
  readonly type: string;
  /** Id of the entity. */
  readonly id: string;
  /** Name of the property, a Blob. */
  readonly property: string;
  /** Default `main`; not with `snapshot`. */
  readonly branch?: string;
  /** A commit. */
  readonly snapshot?: string;
}

/** The parameters of `GET /schema`. */
export interface SchemaParametersJson {
  /** Default `main`. */
  readonly branch?: string;
  /** Shows the schema that this commit has. Excludes `branch`. */
  readonly snapshot?: string;
}

/** The parameters of `GET /commits`. */
export interface CommitListParametersJson {
  /** Default `main`. */
  readonly branch?: string;
  /** Most commits to answer. Default: all. */
  readonly limit?: number;
  /** Goes on where an earlier page ended. */
  readonly page_token?: string;
}

/** The parameters of `POST /load/ndjson`. */
export interface LoadParametersJson {
  /** Default `main`. */
  readonly branch?: string;
  /** Where the branch is missing, it is made there. */
  readonly from?: string;
  /** Default `merge`. */
  readonly mode?: LoadMode;
}

/** The parameters of `GET /changes`. */
export interface ChangesParametersJson {
  /** Default `main`. */
  readonly branch?: string;
  /** Goes on after an earlier page. */
  readonly cursor?: string;
  /** Where it begins: `now`, which is the default, `beginning`, or `after:` and a commit. */
  readonly start?: string;
  /** Goes on inside what an earlier page did not end. */
  readonly page_token?: string;
  /** Most changes of a page. */
  readonly limit?: number;
  readonly kind?: readonly EntityKind[];
  /** Names of types. */
  readonly type?: readonly string[];
  readonly op?: readonly ChangeOperation[];
}

/** The parameters of `GET /commits/{id}/changes`. */
export interface CommitChangesParametersJson {
  /** Goes on inside what an earlier page did not end. */
  readonly page_token?: string;
  /** Most changes of a page. */
  readonly limit?: number;
  readonly kind?: readonly EntityKind[];
  /** Names of types. */
  readonly type?: readonly string[];
  readonly op?: readonly ChangeOperation[];
}

/** The parameters of `GET /branches/{branch}/diff/{other}`. */
export interface DiffParametersJson {
  /** Compares with the newest common ancestor: what the other one changed since. */
  readonly since_base?: boolean;
  /** Only how many entities of each type differ. */
  readonly stat?: boolean;
  readonly kind?: readonly EntityKind[];
  /** Names of types. */
  readonly type?: readonly string[];
  readonly op?: readonly ChangeOperation[];
}

/** The parameters of `GET /changes/stream`, which begins anywhere else where the header `Last-Event-ID` says so. */
export interface ChangeStreamParametersJson {
  /** Default `main`. */
  readonly branch?: string;
  /** Where it begins: `now`, which is the default, `beginning`, or `after:` and a commit. */
  readonly start?: string;
  /** Most changes of a page. */
  readonly limit?: number;
  readonly kind?: readonly EntityKind[];
  /** Names of types. */
  readonly type?: readonly string[];
  readonly op?: readonly ChangeOperation[];
}

/** The parameters of `GET /writes/{key}`. */
export interface WriteParametersJson {
  /** What the write was to write. Default `main`. */
  readonly branch?: string;
}
