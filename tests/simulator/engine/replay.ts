import { present } from "@omnigraph/base";
import { type CommitRecord, MAIN_LOG_ID } from "@omnigraph/log";
import { adoptedBy } from "../../../packages/log/src/commit/adopted.ts";
import { HISTORY_SCHEMA } from "../../oracle/random-history.ts";
import { checkState } from "../../oracle/history-state.ts";
import { HistoryModel } from "../../oracle/history-model.ts";
import { NaiveRefusal } from "../../oracle/naive-entity.ts";
import type { Previewed, Refusal, Strategy, Written } from "../../support/models/history-calls.ts";
import type { Action, Errand } from "./calls.ts";
import type { Landed, LogFound } from "./logs.ts";
import { editedSchema } from "./schemas.ts";

/** Why cleanups fold. */
const FOLD_OF_CLEANUP = "fold before cleanup";

/** A commit that is in a log, or lay there, as anyone was told of it. */
export interface Replayed extends Landed {
  readonly log: LogFound;
  /** Id of the errand that made it; null for the first commit of the graph. */
  readonly errand: string | null;
}

/**
 * What is in the logs, made again by the model: every commit does what its errand asked for, upon its parents. The model's branches are the logs, by
 * their ids.
 */
export class Replay {
  readonly logs: readonly LogFound[];
  readonly model: HistoryModel;
  readonly byId = new Map<string, Replayed>();
  readonly byErrand = new Map<string, Replayed[]>();
  readonly #errands: ReadonlyMap<string, Errand>;
  /** By commit the source of its schema. */
  readonly #sources = new Map<string, string>();
  /** By the schema object that it was made of, and the source, the object of a schema. */
  readonly #schemas = new Map<string, string>();
  /** Id of the model's next commit; null: of one that is made for a check alone. */
  #nextId: string | null;
  #scratch = 0;

  constructor(logs: readonly LogFound[], errands: ReadonlyMap<string, Errand>) {
    this.logs = logs;
    this.#errands = errands;
    this.#nextId = present(logs[0]?.commits[0], "the first commit").record.header.id;
    this.model = new HistoryModel(() => this.#takeId());
  }

  /** Answers what is wrong with the logs, or null. */
  async run(): Promise<string | null> {
    const all = this.logs.flatMap((log) => log.commits.map((landed) => ({ log, ...landed })));
    const order = all.toSorted((a, b) => a.record.header.generation - b.record.header.generation);
    for (const { log, record, sinceMs } of order) {
      const { id, message, kind } = record.header;
      // Nobody asks for what handles do by themselves.
      const isOwn =
        kind === "recovery" || (kind === "maintenance" && (message === null || message === FOLD_OF_CLEANUP));
      const errand = kind === "genesis" || isOwn ? null : (message ?? "");
      const wrong = await this.#commit(log, record, errand === null ? null : this.#errands.get(errand));
      if (wrong !== null) return `commit ${id} of ${message}: ${wrong}`;
      const replayed = { log, record, sinceMs, errand };
      this.byId.set(id, replayed);
      if (errand !== null) this.byErrand.set(errand, [...(this.byErrand.get(errand) ?? []), replayed]);
    }
    for (const log of this.logs) if (log.commits.length === 0) await this.#begin(log);
    return this.#checkGivenUp();
  }

  /** A commit, or what came before it and changed something, where it did not. */
  changeAt(id: string | undefined): string | null {
    const found = this.byId.get(id ?? "");
    if (found === undefined) return null;
    const { header } = found.record;
    const isSilent = header.kind === "recovery" || header.kind === "maintenance";
    return isSilent ? this.changeAt(header.parents[0]) : header.id;
  }

  /** An attempt that was given up is adopted by nobody, wherever that would be. */
  #checkGivenUp(): string | null {
    const records = [...this.byId.values()].map(({ record }) => record);
    const givenUp = new Set(
      records.filter(({ header }) => header.kind === "recovery").map(({ header }) => header.op),
    );
    for (const { header, changes } of records)
      for (const staging of changes.kind === "reclaimed" ? [] : adoptedBy(changes))
        if (givenUp.has(staging)) return `commit ${header.id} adopts ${staging}, which was given up`;
    return null;
  }

  /** The source of the schema of a commit. */
  schemaAt(id: string): string {
    return present(this.#sources.get(id), `schema of commit ${id}`);
  }

  /** The model's branch that stands for a log. */
  branchOf({ logId }: LogFound): string {
    return logId === MAIN_LOG_ID ? "main" : logId;
  }

  /** The commit that a log is at. */
  headOf(log: LogFound): string {
    return this.model.headOf(this.branchOf(log));
  }

  /** The chain of first parents from a commit back to the first one of the graph. */
  chainOf(commit: string): readonly string[] {
    const chain: string[] = [];
    for (let id: string | undefined = commit; id !== undefined;) {
      chain.push(id);
      id = this.byId.get(id)?.record.header.parents[0];
    }
    return chain;
  }

  /** What the model says of merging one commit into another. */
  merged(ours: string, theirs: string, strategy: Strategy | null): Promise<Previewed> {
    return this.at(ours, (target) =>
      this.at(theirs, async (source) => {
        const preview = await this.model.previewMerge(source, target, strategy);
        if ("refused" in preview) throw new Error(`a merge of what is there is refused: ${preview.refused}`);
        return preview;
      }),
    );
  }

  /** Does something with a branch of the model at a commit, which is gone afterwards. */
  async at<T>(commit: string, body: (name: string) => Promise<T>): Promise<T> {
    const name = `scratch ${++this.#scratch}`;
    await this.model.create(name, commit);
    try {
      return await body(name);
    } finally {
      await this.model.delete(name);
    }
  }

  #takeId(): string {
    const id = this.#nextId ?? `scratch ${++this.#scratch}`;
    this.#nextId = null;
    return id;
  }

  async #begin({ logId, fork }: LogFound): Promise<void> {
    const made = await this.model.create(logId, present(fork, "a commit to begin at"));
    if (made !== null) throw new Error(`log ${logId} begins at ${fork}, which is not there`);
  }

  async #commit(
    log: LogFound,
    record: CommitRecord,
    errand: Errand | null | undefined,
  ): Promise<string | null> {
    const { header } = record;
    if (header.kind === "genesis") {
      this.#sources.set(header.id, HISTORY_SCHEMA);
      return header.parents.length === 0 ? null : "it is not the first";
    }
    if (errand === undefined) return "nobody asked for it";
    const [parent, second] = header.parents;
    const missing = header.parents.find((id) => !this.byId.has(id));
    if (missing !== undefined) return `its parent ${missing} is not there`;
    if (log.commits[0]?.record === record && log.fork !== null) {
      if (parent !== log.fork) return `it begins its log at ${parent}, not at ${log.fork}`;
      await this.#begin(log);
    }
    const head = this.headOf(log);
    if (parent !== head) return `it follows ${parent}, not ${head}`;
    this.#nextId = header.id;
    const answer =
      errand === null
        ? {
            commit: this.model.putSilent(
              this.branchOf(log),
              header.kind === "recovery" ? "recovery" : "maintenance",
            ),
          }
        : await this.#do(log, errand.action, second);
    if ("refused" in answer)
      return `it should be refused: ${answer.refused} ${JSON.stringify(answer.conflicts)}`;
    if (answer.commit === null) return "it has nothing to do there";
    const { kind, depth, parents } = answer.commit;
    if (kind !== header.kind) return `it is a ${header.kind}, not a ${kind}`;
    if (depth !== header.depth) return `its depth is ${header.depth}, not ${depth}`;
    if (parents.join() !== header.parents.join()) return `its parents are not ${parents.join(" and ")}`;
    return this.#checkSchema(record, errand?.action ?? null) ?? this.#checkConstraints(header.id);
  }

  /** A commit has the schema of what it follows, but for one that migrates, and one that goes on where another branch is. */
  #checkSchema({ header, changes }: CommitRecord, action: Action | null): string | null {
    const [parent = "", second = ""] = header.parents;
    const from = changes.kind === "fast_forward" ? second : parent;
    const [before, former] = [this.schemaAt(from), this.byId.get(from)?.record.header.schema ?? ""];
    const source = action?.kind === "migrate" ? editedSchema(before, action.edit) : before;
    this.#sources.set(header.id, source);
    if (source === before)
      return action?.kind === "migrate" ? "its schema was that already" : unlike(header.schema, former);
    const expected = this.#schemas.get(`${former} ${source}`) ?? header.schema;
    this.#schemas.set(`${former} ${source}`, expected);
    return unlike(header.schema, expected);
  }

  async #do(log: LogFound, action: Action, second: string | undefined): Promise<Written | Refusal> {
    const branch = this.branchOf(log);
    switch (action.kind) {
      case "edit":
        return this.model.edit(branch, action.write);
      case "revert":
        return this.model.revert(branch, action.commit, action.strategy);
      case "merge": {
        const { strategy } = action;
        const theirs = present(second, "a second parent");
        return this.at(theirs, (source) =>
          this.model.merge(source, branch, { strategy, deleteBranch: false }),
        );
      }
      case "optimize":
        return { commit: await this.model.optimize(branch) };
      case "migrate":
        return { commit: this.model.putSilent(branch, "schema") };
      case "create":
      case "delete":
      case "cleanup":
      case "backup":
      case "fsck":
      case "repair":
      case "read":
      case "preview":
      case "diff":
      case "follow":
        throw new Error(`a ${action.kind} makes no commit`);
    }
  }

  /** Every constraint holds in every state. */
  #checkConstraints(id: string): string | null {
    try {
      checkState(this.model.stateAt({ at: id }));
      return null;
    } catch (error) {
      if (error instanceof NaiveRefusal) return `the graph has a ${error.reason}`;
      throw error;
    }
  }
}

function unlike(schema: string, expected: string): string | null {
  return schema === expected ? null : `its schema is ${schema}, not ${expected}`;
}
