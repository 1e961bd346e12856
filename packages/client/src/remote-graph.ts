import { given } from "@omnigraph/base";
import {
  loadOf,
  type Members,
  mutationOf,
  queryCatalogOf,
  queryOf,
  snapshotOf,
  type LoadAnswer,
  type MutationAnswer,
  type QueryAnswer,
  type QueryCatalogJson,
  type SnapshotAnswer,
} from "@omnigraph/wire";
import type {
  CallOptions,
  ExportOptions,
  LoadInput,
  LoadOptions,
  MutateOptions,
  Omnigraph,
  Parameters,
  ReadOptions,
  SnapshotOptions,
} from "omnigraph";
import { namingSource } from "./failures.ts";
import { GraphCall } from "./graph-call.ts";
import { LineBody } from "./line-body.ts";
import { RemoteBranches } from "./remote-branches.ts";
import { RemoteChanges } from "./remote-changes.ts";
import { RemoteCommits } from "./remote-commits.ts";
import { RemoteSchema } from "./remote-schema.ts";
import { paramsOf, placeOf } from "./requests.ts";
import { opHeader, refuseOptions } from "./served-only.ts";
import type { Transport } from "./transport.ts";

/** The calls that a graph of the library and a graph of a server have alike. */
export interface GraphCalls extends Pick<Omnigraph, "query" | "mutate" | "load" | "export" | "snapshot"> {
  readonly branches: Pick<Omnigraph["branches"], "create" | "list" | "merge" | "delete">;
  readonly commits: Pick<Omnigraph["commits"], "list" | "page" | "show" | "changes">;
  readonly changes: Pick<Omnigraph["changes"], "poll" | "baseline">;
  readonly schema: Pick<Omnigraph["schema"], "show" | "plan" | "apply">;
}

/** Runs a stored query. */
export interface InvokeOptions extends Omit<MutateOptions, "name" | "file">, Pick<ReadOptions, "at"> {}

/**
 * A graph of a server: it has the library's calls, with the same answers and failures.
 *
 * @throws `usage` by any call, for an argument that no call over HTTP can carry
 * @throws `not_on_server` by any call, for an option that a server does not take; nothing is sent
 * @throws `unauthorized`, `permission_denied`, `graph_not_found`, `graph_unavailable`, `too_many_requests`, `server_stopping` by any call that the server refuses
 * @throws `server_unreachable`, `answer_cut_off`, `server_failed` by any call that is not answered, or not as a server of Omnigraph does
 * @throws `outcome_unknown` by a write whose answer is lost
 * @throws `aborted`, `deadline_exceeded` by any call
 */
export class RemoteGraph implements GraphCalls {
  readonly branches: RemoteBranches;
  readonly commits: RemoteCommits;
  readonly changes: RemoteChanges;
  readonly schema: RemoteSchema;
  readonly #call: GraphCall;

  /** @internal */
  constructor(transport: Transport, id: string) {
    const call = new GraphCall(transport, id);
    this.#call = call;
    this.branches = new RemoteBranches(call);
    this.commits = new RemoteCommits(call);
    this.changes = new RemoteChanges(call);
    this.schema = new RemoteSchema(call);
  }

  /** Its address. */
  get address(): string {
    return this.#call.address;
  }

  /** As `query` of the library. `maxStalenessMs` has no effect: the server always asks its store. */
  async query(
    source: string,
    parameters?: Parameters | null,
    options: ReadOptions = {},
  ): Promise<QueryAnswer> {
    const { name, branch, at } = options;
    const json = { query: source, ...given({ name }), params: paramsOf("query", parameters) };
    const place = placeOf("query", given({ branch, at }));
    const asked = (): Promise<Members> => this.#call.read("query", ["query"], options, { ...json, ...place });
    return queryOf(await namingSource("query", options.file, asked));
  }

  /** As `mutate` of the library. */
  async mutate(
    source: string,
    parameters?: Parameters | null,
    options: MutateOptions = {},
  ): Promise<MutationAnswer> {
    const { name, branch, actor, message } = options;
    refuseOptions("mutate", { actor, message });
    const json = { query: source, ...given({ name, branch }), params: paramsOf("mutate", parameters) };
    const asked = (): Promise<Members> => this.#call.conditional("mutate", ["mutate"], options, json);
    return mutationOf(await namingSource("query", options.file, asked));
  }

  /** Runs a stored read. */
  async read(
    name: string,
    parameters?: Parameters | null,
    options: InvokeOptions = {},
  ): Promise<QueryAnswer> {
    const { branch, at, actor, message, ifCommit } = options;
    refuseOptions("read", { actor, message, ifCommit });
    const json = { params: paramsOf("read", parameters), expect_mutation: false };
    const body = { ...json, ...placeOf("read", given({ branch, at })) };
    return queryOf(await this.#call.read("read", ["queries", name], options, body));
  }

  /** Runs a stored mutation. */
  async change(
    name: string,
    parameters?: Parameters | null,
    options: InvokeOptions = {},
  ): Promise<MutationAnswer> {
    const { branch, at, actor, message } = options;
    refuseOptions("change", { actor, message, at });
    const json = { params: paramsOf("change", parameters), expect_mutation: true, ...given({ branch }) };
    return mutationOf(await this.#call.conditional("change", ["queries", name], options, json));
  }

  /** The stored queries, by name. */
  async queries(options: CallOptions = {}): Promise<QueryCatalogJson["queries"]> {
    return queryCatalogOf(await this.#call.get("queries", ["queries"], options)).queries;
  }

  /** As `load` of the library: NDJSON of any size, sent as it is made. `onProgress` is told what was sent. */
  async load(input: LoadInput, options: LoadOptions): Promise<LoadAnswer> {
    const { mode, branch, from, actor, message, op } = options;
    refuseOptions("load", { actor, message });
    const answer = await this.#call.json({
      call: "load",
      method: "POST",
      path: ["load", "ndjson"],
      parameters: { mode, branch, from },
      lines: new LineBody(input, options.onProgress),
      headers: opHeader("load", op),
      isWrite: true,
      limits: options,
    });
    return loadOf(answer);
  }

  /** As `export` of the library, of the head of a branch. */
  export(options: ExportOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    const { branch, types, at } = options;
    refuseOptions("export", { at });
    return this.#call.bytes({
      call: "export",
      method: "POST",
      path: ["export"],
      json: given({ branch, type_names: types }),
      isWrite: false,
      limits: options,
    });
  }

  /** As `snapshot` of the library, without tables. */
  async snapshot(options: SnapshotOptions = {}): Promise<SnapshotAnswer> {
    const { branch, tables } = options;
    refuseOptions("snapshot", { tables: tables === true ? true : undefined });
    return snapshotOf(await this.#call.get("snapshot", ["snapshot"], options, { branch }));
  }
}
