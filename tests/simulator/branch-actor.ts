import { type Environment, isError, type SeededRandom, ulidFactory } from "@omnigraph/base";
import { type BranchLog, type Draft, GraphLog, type Write, type WriteBase } from "@omnigraph/log";
import type { ObjectStore } from "@omnigraph/storage";
import type { BranchAnswer, BranchCall, BranchHistory } from "./branch-history.ts";
import { applied, fingerprint, type Request } from "./graph-model.ts";
import { requestMeets } from "./meeting.ts";
import { changeSet, countChanges } from "./payload.ts";
import { stateAfter, stateAt } from "./reading.ts";

/** Few names and few keys, so that clients meet. */
const NAMES = ["a", "b", "c"] as const;
const KEYS = 3;

/** One client of a simulated process that makes, writes, reads and deletes branches. */
export class BranchActor {
  readonly #log: GraphLog;
  readonly #store: ObjectStore;
  readonly #random: SeededRandom;
  readonly #history: BranchHistory;
  readonly #mint: () => string;

  private constructor(
    log: GraphLog,
    store: ObjectStore,
    environment: Environment,
    random: SeededRandom,
    history: BranchHistory,
  ) {
    this.#log = log;
    this.#store = store;
    this.#random = random;
    this.#history = history;
    this.#mint = ulidFactory(environment);
  }

  /** Null where the store did not answer. */
  static async begin(
    store: ObjectStore,
    environment: Environment,
    random: SeededRandom,
    history: BranchHistory,
  ): Promise<BranchActor | null> {
    try {
      const log = await GraphLog.open(store, environment, { readOnly: false });
      return new BranchActor(log, store, environment, random, history);
    } catch (error) {
      if (!isError(error, "store_transient")) throw error;
      return null;
    }
  }

  /** Does one thing, whatever comes of it. */
  async act(): Promise<void> {
    const name = this.#random.pick(NAMES);
    const roll = this.#random.next();
    if (roll < 0.15) await this.#tell("create", name, null, null, () => this.#create(name));
    else if (roll < 0.25) await this.#load(name);
    else if (roll < 0.35) {
      const op = this.#mint();
      await this.#tell("delete", name, op, null, () => this.#delete(name, op));
    } else if (roll < 0.55) await this.#tell("read", name, null, null, () => this.#read(name));
    else await this.#write(this.#random.chance(0.2) ? "main" : name);
  }

  async #tell(
    kind: BranchCall["kind"],
    name: string,
    op: string | null,
    request: Request | null,
    action: () => Promise<BranchAnswer>,
  ): Promise<void> {
    const call = this.#history.begin({ kind, name, op, request });
    try {
      this.#history.end(call, await action());
    } catch (error) {
      if (!isError(error)) throw error;
      const { reason } = error;
      this.#history.end(
        call,
        reason === "outcome_unknown" ? { kind: "unknown" } : { kind: "refused", reason },
      );
    }
  }

  async #create(name: string): Promise<BranchAnswer> {
    const from = await this.#log.head(this.#random.pick(["main", ...NAMES]));
    const branch = await this.#log.createBranch(name, from, null);
    return { kind: "done", tag: branch.tag, commit: null, seen: null };
  }

  /** A load that makes its branch: the first commit, then the name. */
  async #load(name: string): Promise<void> {
    const op = this.#mint();
    const request = this.#request();
    await this.#tell("load", name, op, request, async () => {
      const fork = await this.#log.fork(name, await this.#log.head("main"), null);
      const answer = await this.#submit(fork.branch, op, request);
      await fork.publish();
      return answer.kind === "nothing"
        ? { kind: "done", tag: fork.branch.tag, commit: null, seen: null }
        : answer;
    });
  }

  async #write(name: string): Promise<void> {
    const op = this.#mint();
    const request = this.#request();
    await this.#tell("write", name, op, request, async () => {
      for (;;) {
        const branch = await this.#log.branch(name);
        try {
          return await this.#submit(branch, op, request);
        } catch (error) {
          // The branch that was known is deleted; another may have its name.
          if (!isError(error, "branch_not_found") || !branch.sealed) throw error;
        }
      }
    });
  }

  async #delete(name: string, op: string): Promise<BranchAnswer> {
    const { tag } = await this.#log.branch(name);
    await this.#log.deleteBranch(name, { op, actor: null, message: null, ifCommit: null });
    return { kind: "done", tag, commit: null, seen: null };
  }

  async #read(name: string): Promise<BranchAnswer> {
    const head = await this.#log.head(name);
    const { tag } = await this.#log.branch(name);
    const seen = fingerprint(await stateAt(this.#log, this.#store, head));
    return { kind: "done", tag, commit: head.header.id, seen };
  }

  async #submit(branch: BranchLog, op: string, request: Request): Promise<BranchAnswer> {
    const write: Write = {
      op,
      content: null,
      actor: null,
      message: null,
      ifCommit: null,
      durability: "durable",
      evaluate: (base) => this.#evaluate(base, request),
    };
    const { commit } = await this.#log.writer(branch).submit(write);
    return commit === null
      ? { kind: "nothing" }
      : { kind: "done", tag: branch.tag, commit: commit.header.id, seen: null };
  }

  async #evaluate({ head, pending }: WriteBase, request: Request): Promise<Draft | null> {
    let state = await stateAt(this.#log, this.#store, head);
    for (const { changes } of pending) state = stateAfter(state, changes);
    const after = applied(state, request);
    if (after === null) return null;
    return {
      kind: "mutation",
      changes: { kind: "rows", rows: changeSet(state, after), replaced: [] },
      counts: countChanges(state, after),
      schema: null,
      meets: (theirs) => requestMeets(request, theirs, false),
      onMeeting: "evaluate_again",
    };
  }

  #request(): Request {
    const key = (): string => `k${this.#random.integer(KEYS)}`;
    const roll = this.#random.next();
    if (roll < 0.5) return { kind: "set", key: key(), value: this.#random.integer(1_000) };
    if (roll < 0.85) return { kind: "add", keys: [key()], by: 1, again: true };
    return { kind: "remove", key: key() };
  }
}
