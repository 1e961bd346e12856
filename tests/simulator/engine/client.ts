import { type Environment, isError, type OmnigraphError } from "@omnigraph/base";
import type { Omnigraph } from "omnigraph";
import { conflictsTold } from "../../support/graphs/graph-calls.ts";
import type { SimulatedHoldings } from "../../support/simulation/holdings.ts";
import type { SeededRandom } from "../../support/simulation/seeded-random.ts";
import { type Client as Acting, NAMES, type WriteOptions } from "./actors/actor.ts";
import { type AnyActor, perform } from "./actors/actors.ts";
import type { Write } from "../../oracle/random-writes.ts";
import type { Action, Answer, Call, Calls, Errand } from "./calls.ts";
import type { Consumers } from "./consumers.ts";
import type { Copies } from "./copies.ts";

/** How long clients stay with one branch. */
const TOGETHER_MS = 4_000;
/** How often an errand is called for, at most. */
const TRIES = 5;
/** Whose remedy is to repeat the call. */
const AGAIN: ReadonlySet<string> = new Set(["store_transient", "store_full"]);
/** The newest commits that a client remembers. */
const REMEMBERED = 8;

/** What the clients of one handle share. */
export interface Surroundings {
  readonly graph: Omnigraph;
  readonly environment: Environment;
  readonly random: SeededRandom;
  /** What clients do. */
  readonly actors: readonly AnyActor[];
  readonly calls: Calls;
  /** Writes of the run, in the order in which clients take them. */
  readonly writes: Iterator<Write, undefined>;
  /** Errands that ended processes left, which others take up. */
  readonly left: Errand[];
  /** What the handle's clients are at. */
  readonly busy: Set<Errand>;
  /** The handle writes relaxed. */
  readonly isRelaxed: boolean;
  /** The root that the handle has opened. */
  root(): SimulatedHoldings;
  /** The handle is being closed. */
  isClosing(): boolean;
  /** A client was told that its graph is not there any more, and means to open what is. */
  giveUp(): void;
}

/** One client of a handle: draws errands, calls, and puts down what it was told. */
export class Client implements Acting {
  readonly graph: Omnigraph;
  readonly random: SeededRandom;
  readonly consumers: Consumers;
  readonly copies: Copies;
  readonly #around: Surroundings;
  /** Commits that this client was told of, by the branch. */
  readonly #seen: { readonly branch: string; readonly commit: string }[] = [];

  constructor(around: Surroundings) {
    this.#around = around;
    this.graph = around.graph;
    this.random = around.random;
    this.consumers = around.calls.consumers;
    this.copies = around.calls.copies;
  }

  /** Sees one errand through, whatever comes of it. */
  async act(): Promise<void> {
    const left = this.#around.left.shift();
    if (left !== undefined) return this.#seeThrough(left);
    const { actors } = this.#around;
    const all = actors.reduce((sum, { weight }) => sum + weight, 0);
    let roll = this.random.next() * all;
    const actor = actors.find(({ weight }) => (roll -= weight) < 0);
    const drawn = actor?.draw(this) ?? null;
    if (drawn !== null) await this.#seeThrough(this.#around.calls.errand(drawn.action, drawn.isNamed));
  }

  /** Clients of all processes come to one branch at about the same time. */
  name(): string {
    const now = Math.floor(this.#around.environment.clock.monotonicMs() / TOGETHER_MS) % NAMES.length;
    return this.random.chance(0.7) ? (NAMES[now] ?? "a") : this.random.pick(NAMES);
  }

  write(): Write | undefined {
    return this.#around.writes.next().value;
  }

  /** A commit that this client was told of, and its branch. */
  remembered(): { readonly branch: string; readonly commit: string } | null {
    return this.#seen[this.random.integer(this.#seen.length || 1)] ?? null;
  }

  async #seeThrough(errand: Errand): Promise<void> {
    const { busy, environment } = this.#around;
    busy.add(errand);
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await this.#call(errand);
      if (!this.#asksAgain(errand, answer)) break;
      await environment.clock.sleep(1_000 * this.random.next());
    }
    busy.delete(errand);
  }

  /** A client that heard nothing asks again where it may, and now and then one that did not listen. */
  #asksAgain({ isNamed, action }: Errand, answer: Answer): boolean {
    if (answer.kind === "refused") return AGAIN.has(answer.reason);
    return isNamed && action.kind !== "read" && (answer.kind === "unknown" || this.random.chance(0.3));
  }

  async #call(errand: Errand): Promise<Answer> {
    const { calls, environment } = this.#around;
    const isStoppable = this.random.chance(0.1);
    const deadlineMs = this.random.chance(0.1) ? 500 * this.random.next() : null;
    const { isRelaxed } = this.#around;
    const begunMicros = environment.clock.nowMicros();
    const root = this.#around.root();
    const call = calls.begin(errand, { root, isRelaxed, begunMicros, isStoppable, deadlineMs });
    const controller = new AbortController();
    if (isStoppable) void environment.clock.sleep(500 * this.random.next()).then(() => controller.abort());
    const options: WriteOptions = {
      message: errand.id,
      ...(errand.isNamed ? { op: errand.id } : {}),
      ...(isStoppable ? { signal: controller.signal } : {}),
      ...(deadlineMs === null ? {} : { deadlineMs }),
    };
    calls.end(call, await this.#answered(call, errand.action, options));
    call.isStoppable ||= this.#around.isClosing();
    const isReplaced = call.answer?.kind === "refused" && call.answer.reason === "graph_replaced";
    if (isReplaced && this.random.chance(0.3)) this.#around.giveUp();
    this.#remember(errand.action, call.answer);
    return call.answer ?? { kind: "unknown" };
  }

  async #answered(call: Call, action: Action, options: WriteOptions): Promise<Answer> {
    try {
      return await perform(this, action, options, call);
    } catch (error) {
      if (!isError(error)) throw error;
      if (error.reason === "outcome_unknown") return { kind: "unknown" };
      const { reason } = error;
      const conflicts = conflictsTold(error);
      return { kind: "refused", reason, message: error.message, conflicts, theirs: cameFirst(error) };
    }
  }

  #remember(action: Action, answer: Answer | null): void {
    if (answer?.kind !== "done" || answer.commit === null) return;
    const branch = action.kind === "merge" ? action.target : "branch" in action ? action.branch : null;
    if (branch === null) return;
    this.#seen.push({ branch, commit: answer.commit });
    if (this.#seen.length > REMEMBERED) this.#seen.shift();
  }
}

/** The commit that a write met which was not evaluated again. */
function cameFirst({ details }: OmnigraphError): string | null {
  const conflict = details["read_set_conflict"];
  if (typeof conflict !== "object" || conflict === null || !("actual" in conflict)) return null;
  return String(conflict.actual);
}
