import { type Environment, isError, lru, OmnigraphError } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { ObjectStore } from "@omnigraph/storage";
import { addressOf, type CommitId, MAIN_LOG_ID, slotKey, type LogId } from "../address.ts";
import { decodeObject, type ObjectReader } from "../commit/codec.ts";
import { type CommitObject, type CommitRecord, lastOf } from "../commit/header.ts";
import { decodeFormat, FORMAT_KEY, type GraphFormat } from "../format-object.ts";
import type { Layout } from "../layout/layout.ts";
import { Layouts } from "../reading/layouts.ts";
import { checkRetention } from "./check-retention.ts";
import { checkRecords, type NamedLog } from "./check-records.ts";
import { type AdoptedLayer, CommitCheck, layerName } from "./commit-check.ts";
import { Evidence } from "./evidence.ts";
import { type LogFinding, NOBODY, slotSubject } from "./finding.ts";
import { listDigests, listLogs, type ListedLog } from "./inventory.ts";
import { LogWalk } from "./log-walk.ts";

/** Objects of other logs that are remembered, for the parents of first commits and of merges. */
const REMEMBERED = 256;

/** A branch that lives, as far as it can be read. */
export interface SurveyedBranch {
  readonly name: string;
  readonly logId: LogId;
  /** The commit that it was made at; null for main. */
  readonly fork: CommitId | null;
  /** Its newest commit; null where that cannot be read. */
  readonly head: CommitRecord | null;
  /** The layout of the head; null where it cannot be read. */
  readonly layout: Layout | null;
}

/** A commit that a fold comes after, and the types whose pieces were folded. */
export interface FoldedCommit {
  readonly commit: CommitRecord;
  readonly types: readonly TypeId[];
}

/** What is in a graph's logs, before they are read. */
export interface Survey {
  /** Null where `format.json` is missing or damaged. */
  readonly format: GraphFormat | null;
  readonly branches: readonly SurveyedBranch[];
  /** By log the commit that its branch was made at, of deleted branches too; null for main. */
  readonly forks: ReadonlyMap<LogId, CommitId | null>;
  /** Slots of all logs. */
  readonly slots: number;
}

/** Progress of reading slots. */
export interface SlotProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * Checks everything that the log consists of, object by object: no more is in memory than a window of slots, and names. First `survey`, then `findings`, after
 * which `layers` holds the tables that commits adopted.
 */
export class LogCheck {
  readonly #store: ObjectStore;
  readonly #commits: CommitCheck;
  readonly #evidence = new Evidence();
  readonly #signal: AbortSignal | undefined;
  readonly #objects = lru<CommitObject>(REMEMBERED);
  readonly #found: LogFinding[] = [];
  #reader: ObjectReader;
  #condemned: ReadonlySet<string> = new Set();
  #logs: ReadonlyMap<LogId, ListedLog> = new Map();
  #named: readonly NamedLog[] = [];

  constructor(store: ObjectStore, environment: Environment, signal?: AbortSignal) {
    this.#store = store;
    this.#signal = signal;
    this.#commits = new CommitCheck(store, new Layouts(store, environment));
    this.#reader = { access: "read", store: store.uri, graph: null };
  }

  /** Tables that commits adopted and that have to be there. */
  layers(): readonly AdoptedLayer[] {
    const { layers, needed } = this.#commits;
    return Array.from(layers)
      .filter(([name]) => needed.has(name) || !this.#condemned.has(name))
      .map(([, layer]) => layer);
  }

  /** Whether somebody has named a table: a commit that adopted it, or cleanup, which may remove it at any time. */
  isNamed(table: { readonly staging: string; readonly type: string }): boolean {
    const name = layerName(table);
    return this.#commits.layers.has(name) || this.#condemned.has(name);
  }

  /** The commits that folds come after, as far as they can be read, with the types that were folded. */
  async *beforeFolds(): AsyncGenerator<FoldedCommit, void, undefined> {
    for (const [id, types] of this.#commits.folded) {
      const commit = await this.#record(id);
      if (commit !== null) yield { commit, types };
    }
  }

  /** Lists the logs and reads branch records and heads. Throws `graph_not_found` where there is nothing of a graph. */
  async survey(): Promise<Survey> {
    const format = await this.#format();
    const { logs: named, findings } = await checkRecords(this.#store);
    const { logs, strangers } = await listLogs(this.#store);
    const digests = await listDigests(this.#store);
    const retention = await checkRetention(this.#store, format?.graph ?? null);
    if (format === null && logs.size === 0)
      throw new OmnigraphError(
        "graph_not_found",
        `there is no graph at ${this.#store.uri}: it has neither ${FORMAT_KEY} nor commits; check the address`,
        { details: { uri: this.#store.uri } },
      );
    this.#reader = { ...this.#reader, graph: format?.graph ?? null };
    this.#logs = logs;
    this.#named = named;
    this.#found.push(...findings, ...retention.findings);
    this.#condemned = retention.condemned;
    for (const key of [...strangers, ...digests.strangers])
      this.#found.push({
        kind: "object_unknown",
        key,
        problem: "its name means nothing here",
        subject: NOBODY,
      });
    for (const [logId, { slot, key }] of digests.reaches) this.#evidence.note(logId, slot, key);
    for (const { fork, key } of named)
      if (fork !== null && key !== null) this.#evidence.noteCommit(fork, key);
    const branches: SurveyedBranch[] = [];
    for (const log of named) {
      const branch = await this.#branch(log);
      if (branch !== null) branches.push(branch);
    }
    const slots = [...logs.values()].reduce((sum, { last }) => sum + last + 1, 0);
    const forks = new Map(named.map(({ logId, fork }) => [logId, fork]));
    return { format, branches, forks, slots };
  }

  /** All findings of the survey, then those of every slot of every log. */
  async *findings(
    onProgress: (progress: SlotProgress) => void,
    total: number,
  ): AsyncGenerator<LogFinding, void, undefined> {
    yield* this.#found.splice(0);
    const forks = new Map(this.#named.map(({ logId, fork }) => [logId, fork]));
    let done = 0;
    const context = {
      store: this.#store,
      reader: this.#reader,
      commits: this.#commits,
      evidence: this.#evidence,
      signal: this.#signal,
      recordOf: (id: CommitId) => this.#record(id),
      onSlot: () => onProgress({ done: ++done, total }),
    };
    if (!this.#logs.has(MAIN_LOG_ID)) this.#evidence.note(MAIN_LOG_ID, 0, FORMAT_KEY);
    for (const { logId, last } of this.#logs.values()) {
      if (!forks.has(logId)) yield unnamed(logId, last);
      yield* new LogWalk(context, logId, forks.get(logId) ?? null).run(last);
    }
    for (const [logId, { slot, by }] of this.#evidence.all()) {
      const last = this.#logs.get(logId)?.last ?? -1;
      // It may have been put since the logs were listed.
      if (slot <= last || (await this.#store.exists(slotKey(logId, slot)))) continue;
      const subject = { kind: "slots", logId, from: last + 1, to: slot } as const;
      const key = slotKey(logId, last + 1);
      yield {
        kind: "slot_missing",
        key,
        problem: `it is missing, and ${by} shows that slot ${slot} was taken`,
        subject,
      };
    }
  }

  async #format(): Promise<GraphFormat | null> {
    const bytes = await this.#store.get(FORMAT_KEY);
    const subject = { kind: "graph" } as const;
    if (bytes === null) {
      this.#found.push({ kind: "format_damaged", key: FORMAT_KEY, problem: "it is missing", subject });
      return null;
    }
    try {
      return decodeFormat(bytes, "read", this.#store.uri);
    } catch (cause) {
      if (!isError(cause)) throw cause;
      const kind = cause.reason === "format_newer" ? "format_newer" : "format_damaged";
      this.#found.push({ kind, key: FORMAT_KEY, problem: cause.message, subject });
      return null;
    }
  }

  /** A branch that a record names; null where it is deleted. */
  async #branch({ name, logId, fork, key, isDeleted }: NamedLog): Promise<SurveyedBranch | null> {
    const listed = this.#logs.get(logId);
    const object = listed === undefined ? null : await this.#object(logId, listed.last);
    const head =
      listed === undefined ? (fork === null ? null : await this.#record(fork)) : object && lastOf(object);
    if (head?.header.kind === "seal" && listed !== undefined) return null;
    // A copy of the graph has the records of deleted branches, and of their logs what others stand on.
    if (isDeleted && listed !== undefined) {
      const problem = `the log of a deleted branch ${name}, without its seal, as in a copy of a graph`;
      this.#found.push({
        kind: "log_unnamed",
        key: key ?? name,
        problem,
        subject: { kind: "branch", name },
      });
    }
    if (isDeleted) return null;
    const state =
      head === null ? null : await this.#commits.stateOf(head, (finding) => void this.#found.push(finding));
    if (state !== null) this.#commits.need(state);
    return { name, logId, fork, head, layout: state?.layout ?? null };
  }

  async #record(id: CommitId): Promise<CommitRecord | null> {
    const address = addressOf(id);
    const object = address === null ? null : await this.#object(address.logId, address.slot);
    const record = object?.commits[address?.index ?? 0];
    return record?.header.id === id ? record : null;
  }

  /** The object of a slot; null where it cannot be read, which the walk over its log reports. */
  async #object(logId: LogId, slot: number): Promise<CommitObject | null> {
    const key = slotKey(logId, slot);
    const known = this.#objects.get(key);
    if (known !== undefined) return known;
    const bytes = await this.#store.get(key, this.#signal);
    if (bytes === null) return null;
    try {
      const object = decodeObject(bytes, logId, slot, this.#reader);
      this.#objects.set(key, object);
      return object;
    } catch (cause) {
      if (!isError(cause)) throw cause;
      return null;
    }
  }
}

function unnamed(logId: LogId, last: number): LogFinding {
  const problem = `log ${logId} has ${last + 1} slots and no branch name: a branch was being made when its writer died, or its record is missing`;
  return { kind: "log_unnamed", key: slotKey(logId, 0), problem, subject: slotSubject(logId, 0) };
}
