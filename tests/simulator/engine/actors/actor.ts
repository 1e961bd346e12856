import type { Action, Answer, Call } from "../calls.ts";
import type { Consumers } from "../consumers.ts";
import type { Copies } from "../copies.ts";
import type { CallOptions, Omnigraph } from "omnigraph";
import type { Write } from "../../../oracle/random-writes.ts";
import type { SeededRandom } from "../../../support/simulation/seeded-random.ts";

/** Few names, so that clients are often at one. */
export const NAMES = ["a", "b", "c"] as const;

/** What an actor sees of the client that it acts for. */
export interface Client {
  readonly graph: Omnigraph;
  readonly random: SeededRandom;
  readonly consumers: Consumers;
  readonly copies: Copies;
  /** Of a branch: clients of all processes come to one at about the same time. */
  name(): string;
  /** The next write of the run; undefined where there are no more. */
  write(): Write | undefined;
  /** A commit that the client was told of, and its branch. */
  remembered(): { readonly branch: string; readonly commit: string } | null;
}

/** What every call is given that writes. */
export interface WriteOptions extends CallOptions {
  readonly message: string;
  readonly op?: string;
}

/** What ends a call, for those that write nothing. */
export function limitsOf({ signal, deadlineMs }: WriteOptions): CallOptions {
  return { ...(signal === undefined ? {} : { signal }), ...(deadlineMs === undefined ? {} : { deadlineMs }) };
}

/** What a client means to do next. */
export interface Drawn {
  readonly action: Action;
  /** The op is the client's, so that it can ask again. */
  readonly isNamed: boolean;
}

/**
 * One kind of thing that clients do. `check.ts` says what may come of it: a new kind is a file
 * here, an action in `calls.ts`, and its rules in `told-done.ts` and `told-refused.ts`.
 */
export interface Actor<Kind extends Action["kind"]> {
  readonly kind: Kind;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** Null: nothing is to be done. */
  draw(client: Client): Drawn | null;
  perform(
    client: Client,
    action: Extract<Action, { readonly kind: Kind }>,
    options: WriteOptions,
    call: Call,
  ): Promise<Answer>;
}
