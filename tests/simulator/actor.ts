import { type Environment, isError, ulidFactory } from "@omnigraph/base";
import {
  type BranchLog,
  type CommitRecord,
  type CommitDraft,
  GraphLog,
  type WriteBase,
  type WriteRequest,
} from "@omnigraph/log";
import { type Changes, NOTHING, type ObjectStore } from "@omnigraph/storage";
import { applied, EMPTY_GRAPH, fingerprint, type GraphState, type Request } from "./graph-model.ts";
import type { Answer, Base, History } from "./history.ts";
import { conflictsWithRequest, relianceOf, STAGED_TEST } from "./conflicts.ts";
import { changeSet, countChanges, EDGE, layerBytes, layerEntry, layerKey, NODE } from "./payload.ts";
import { plainRows, stateAfter, stateAt } from "./reading.ts";
import type { SeededRandom } from "../support/simulation/seeded-random.ts";

/** A write that a client means to see through, under its own op where it has named one. */
export interface Errand {
  readonly op: string;
  readonly named: boolean;
  readonly request: Request;
  readonly durable: boolean;
  readonly conditional: boolean;
}

/** One simulated process: a graph that it has open, its clients and readers. */
export class Actor {
  readonly #environment: Environment;
  readonly #store: ObjectStore;
  readonly #random: SeededRandom;
  readonly #history: History;
  readonly #ignoreGone: boolean;
  readonly #mint: () => string;
  #log: GraphLog | null = null;
  #newest: { readonly commit: CommitRecord; readonly state: GraphState } | null = null;

  constructor(
    store: ObjectStore,
    environment: Environment,
    random: SeededRandom,
    history: History,
    ignoreGone: boolean,
  ) {
    this.#store = store;
    this.#environment = environment;
    this.#random = random;
    this.#history = history;
    this.#ignoreGone = ignoreGone;
    this.#mint = ulidFactory(environment);
  }

  mint(): string {
    return this.#mint();
  }

  /** Reads the graph at its head, as a client would. */
  async look(): Promise<void> {
    const acknowledgedBefore = this.#history.acknowledged;
    await this.#patiently(async () => {
      const { log, main } = await this.#open();
      const head = await main.head();
      const state = await this.#stateAt(log, main, head);
      const { header, address } = head;
      this.#history.see({
        commit: header.id,
        op: header.op,
        slot: address.slot,
        fingerprint: fingerprint(state),
        acknowledgedBefore,
      });
    });
  }

  /** Sees an errand through: one that is named is tried again while its outcome is unknown. */
  async run(errand: Errand): Promise<void> {
    for (let tries = 0; tries < 6; tries++) {
      const answer = await this.#attempt(errand);
      if (answer.kind === "commit" || answer.kind === "nothing") return;
      if (answer.kind === "refused" && answer.reason !== "store_transient") return;
      if (answer.kind === "unknown" && !errand.named) return;
      await this.#environment.clock.sleep(500 * this.#random.next());
    }
  }

  async #attempt(errand: Errand): Promise<Answer> {
    const { op, request, durable } = errand;
    const { log, main } = await this.#patiently(() => this.#open());
    const seen = errand.conditional ? await this.#patiently(() => main.head()) : null;
    const ifCommit = seen?.header.id ?? null;
    const attempt = this.#history.begin({ op, request, ifCommit, durable });
    const evaluated: { base: Base | null } = { base: null };
    const write: WriteRequest = {
      kind: request.kind === "merge" || request.kind === "overwrite" ? "load" : "mutation",
      op,
      content: errand.named ? Buffer.from(JSON.stringify(request)).toString("hex") : null,
      actor: null,
      message: null,
      ifCommit,
      durability: durable ? "durable" : "relaxed",
      evaluate: (base) => this.#evaluate(log, main, request, base, evaluated),
      rowsOf: async (theirs) => plainRows(theirs.changes),
    };
    const answer = await this.#submit(log, main, write, request, evaluated);
    this.#history.answer(attempt, answer);
    return answer;
  }

  async #submit(
    log: GraphLog,
    main: BranchLog,
    write: WriteRequest,
    request: Request,
    evaluated: { base: Base | null },
  ): Promise<Answer> {
    try {
      const staged = request.kind === "merge" || request.kind === "overwrite";
      const result = staged
        ? await this.#stage(log, main, write, request)
        : await log.writer(main).submit(write);
      if (result.commit !== null) {
        const { header, address } = result.commit;
        return { kind: "commit", id: header.id, slot: address.slot, repeated: result.repeated };
      }
      return { kind: "nothing", base: evaluated.base ?? { commit: null, slot: -1 } };
    } catch (error) {
      if (!isError(error)) throw error;
      if (error.reason === "outcome_unknown") return { kind: "unknown" };
      const fromRequest = error.reason === "key_conflict" || error.reason === "endpoint_missing";
      return { kind: "refused", reason: error.reason, base: fromRequest ? evaluated.base : null };
    }
  }

  async #evaluate(
    log: GraphLog,
    main: BranchLog,
    request: Request,
    { head, pending }: WriteBase,
    evaluated: { base: Base | null },
  ): Promise<CommitDraft> {
    let state = await this.#stateAt(log, main, head);
    for (const { changes } of pending) state = stateAfter(state, changes);
    evaluated.base = { commit: pending.length === 0 ? head.header.id : null, slot: head.address.slot };
    const after = applied(state, request);
    if (after === null) return NOTHING;
    const replaced = request.kind === "overwrite" ? [NODE, EDGE] : [];
    const changes = { kind: "rows", rows: changeSet(state, after), replaced } as const;
    return this.#draft(request, changes, state, after);
  }

  #draft(request: Request, changes: Changes, before: GraphState, after: GraphState): CommitDraft {
    const refuses = request.kind === "remove" || (request.kind === "add" && !request.again);
    return {
      changes,
      counts: countChanges(before, after),
      commits: true,
      conflictsWith: (theirs) => conflictsWithRequest(request, theirs, this.#ignoreGone),
      reliesOn: () => relianceOf(request),
      onConflict: refuses ? "conflict" : "evaluate_again",
    };
  }

  async #stage(
    log: GraphLog,
    main: BranchLog,
    write: WriteRequest,
    request: Request & { readonly kind: "merge" | "overwrite" },
  ): Promise<{ readonly commit: CommitRecord | null; readonly repeated: boolean }> {
    const base = await main.head();
    const before = await this.#stateAt(log, main, base);
    const after = applied(before, request) ?? before;
    const facts = { request: write, branch: main, base };
    const intent = await log.intents.begin(facts);
    try {
      const entry = layerEntry(intent.staging, request.entries.length);
      await this.#store.put(layerKey(entry), layerBytes(request.entries));
      const replaced = request.kind === "overwrite" ? [NODE, EDGE] : [];
      const draft = this.#draft(request, { kind: "layers", layers: [entry], replaced }, before, after);
      await intent.staged(draft);
      const result = await log.writer(main).submit(write, { base, draft });
      if (result.commit !== null) await log.intents.end(intent, result.commit);
      return result;
    } catch (error) {
      const isUnknown = isError(error, "outcome_unknown");
      const commit = isUnknown ? await intent.abandon() : await log.intents.withdraw(intent);
      if (commit == null) throw error;
      return { commit, repeated: true };
    }
  }

  /** The graph at a commit: from the last one that was looked at where that is near, else from its pieces. */
  async #stateAt(log: GraphLog, main: BranchLog, commit: CommitRecord): Promise<GraphState> {
    const near = this.#newest;
    if (near?.commit.header.id === commit.header.id) return near.state;
    const between =
      near === null || this.#random.chance(0.2) || near.commit.address.slot > commit.address.slot
        ? null
        : await main.between(near.commit.address, commit.address);
    const isNear = between?.every(({ changes }) => changes.kind === "rows") ?? false;
    let state = near?.state ?? EMPTY_GRAPH;
    if (isNear) for (const { changes } of between ?? []) state = stateAfter(state, changes);
    else state = await stateAt(log, this.#store, commit);
    this.#newest = { commit, state };
    return state;
  }

  async #open(): Promise<{ readonly log: GraphLog; readonly main: BranchLog }> {
    if (this.#log === null) {
      const log = await GraphLog.open(this.#store, this.#environment, { readOnly: false });
      this.#log ??= log;
      this.#log.intents.start(STAGED_TEST);
    }
    return { log: this.#log, main: await this.#log.branch("main") };
  }

  /** Repeats what only reads while the store gives no answer. */
  async #patiently<T>(action: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await action();
      } catch (error) {
        if (!isError(error, "store_transient")) throw error;
        await this.#environment.clock.sleep(100 * this.#random.next());
      }
    }
  }
}
