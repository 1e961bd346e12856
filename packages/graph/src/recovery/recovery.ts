import { clipped, OmnigraphError } from "@omnigraph/base";
import { type FoundIntent, stagedPrefix } from "@omnigraph/log";
import type { RecoveryEntry, RecoveryOutcome } from "@omnigraph/wire";
import type { CallOptions } from "../api/graph.ts";
import type { RecoveryDiscardOptions } from "../api/recovery.ts";
import { checkArgument, optionsOf } from "../calls/check.ts";
import { TEXT } from "../calls/kinds.ts";
import type { GraphContext } from "../open/context.ts";
import { decided, entryOf, idOf, outcomeOf } from "./entries.ts";

/**
 * Writes that were interrupted: large ones whose process ended between staging tables and publishing them. A graph that is open for writing settles them by itself
 * as soon as it is known that their process is gone; reads and other writes never wait for them. Its methods work without their object too, as callbacks
 * for example.
 */
export class Recovery {
  readonly #context: GraphContext;

  /** @internal */
  constructor(context: GraphContext) {
    this.#context = context;
  }

  /**
   * Everything that is not settled: interrupted writes, those at work in any process, and what nobody can read.
   *
   * @example
   * ```ts
   * console.log(await graph.recovery.list()); // []
   * ```
   */
  readonly list = async (options?: CallOptions): Promise<readonly RecoveryEntry[]> => {
    const asked = optionsOf("recovery.list", options);
    return this.#context.calls.run(
      "recovery.list",
      asked,
      async (signal) => (await this.#context.log.intents.read(signal)).map((found) => this.#entryOf(found)),
      { branch: null },
    );
  };

  /**
   * One entry of the list, with the keys of what was staged.
   *
   * @throws `recovery_not_found`
   * @example
   * ```ts
   * import { MemoryObjects, ObjectLayers } from "omnigraph";
   *
   * const objects = new MemoryObjects("shown");
   * const parts = { objects, tables: new ObjectLayers(objects) };
   * await using notes = await Omnigraph.initWith(parts, { schema: "node Note { text: String }" });
   * await objects.put("__recovery/stray.txt", Buffer.from("?"));
   * console.log((await notes.recovery.show("stray.txt")).state); // unreadable
   * ```
   */
  readonly show = async (id: string, options?: CallOptions): Promise<RecoveryEntry> => {
    checkArgument("recovery.show", "id", id, TEXT);
    const asked = optionsOf("recovery.show", options);
    return this.#context.calls.run(
      "recovery.show",
      asked,
      async (signal) => {
        const found = await this.#find(id, signal);
        const entry = this.#entryOf(found);
        if (found.kind !== "open") return entry;
        const { store } = this.#context;
        const objects = await store.list(stagedPrefix(found.staging));
        return {
          ...entry,
          objects: [...entry.objects, ...objects.map(({ key }) => key)],
          bytes: objects.reduce((sum, { size }) => sum + size, entry.bytes),
        };
      },
      { branch: null },
    );
  };

  /**
   * Gives an interrupted write up: a commit says so, and what was staged is removed. If its commit is there after all, only the leftovers go. Of what nobody can
   * read the objects are removed, and nothing else. A process that was not dead finds that its write was given up.
   *
   * @throws `recovery_not_found`
   * @throws `recovery_not_confirmed` without `confirm`, for what nobody can read, and for a write whose process is not known to be gone
   * @throws `read_only`, `outcome_unknown`
   * @example
   * ```ts
   * import { MemoryObjects, ObjectLayers } from "omnigraph";
   *
   * const objects = new MemoryObjects("discarded");
   * const parts = { objects, tables: new ObjectLayers(objects) };
   * await using notes = await Omnigraph.initWith(parts, { schema: "node Note { text: String }" });
   * await objects.put("__recovery/stray.txt", Buffer.from("?"));
   * console.log((await notes.recovery.discard("stray.txt", { confirm: true })).outcome); // removed
   * ```
   */
  readonly discard = async (id: string, options?: RecoveryDiscardOptions): Promise<RecoveryOutcome> => {
    checkArgument("recovery.discard", "id", id, TEXT);
    const asked = optionsOf("recovery.discard", options);
    return this.#context.calls.run(
      "recovery.discard",
      asked,
      async (signal) => {
        const found = await this.#find(id, signal);
        const entry = this.#entryOf(found);
        if (asked.confirm !== true) checkHarmless(entry);
        const decision = await this.#context.log.intents.discard(found, "somebody discarded it");
        return decided(entry.id, entry.write, decision);
      },
      { branch: null },
    );
  };

  /**
   * Settles every interrupted write: publishes what was staged completely and is still possible, and gives up the rest. Where a process cannot be known to be gone
   * its write is watched for half a minute. A write whose process is at work is left alone.
   *
   * @throws `read_only`
   * @example
   * ```ts
   * console.log(await graph.recovery.settle()); // []
   * ```
   */
  readonly settle = async (options?: CallOptions): Promise<readonly RecoveryOutcome[]> => {
    const asked = optionsOf("recovery.settle", options);
    return this.#context.calls.run(
      "recovery.settle",
      asked,
      async (signal) => (await this.#context.log.intents.settle(signal)).map(outcomeOf),
      { branch: null },
    );
  };

  #entryOf(found: FoundIntent): RecoveryEntry {
    return entryOf(found, found.kind === "open" && this.#context.log.intents.isOrphaned(found));
  }

  async #find(id: string, signal: AbortSignal): Promise<FoundIntent> {
    const all = await this.#context.log.intents.read(signal);
    const found = all.find((one) => idOf(one) === id);
    if (found !== undefined) return found;
    throw new OmnigraphError(
      "recovery_not_found",
      `there is no interrupted write ${clipped(id)}: it may have been settled meanwhile; recovery list has what there is`,
    );
  }
}

/** Refuses what cannot be undone and may be a mistake. */
function checkHarmless({ id, state, write, problem }: RecoveryEntry): void {
  if (state === "leftover" || write?.isOrphaned === true) return;
  const why =
    write === null
      ? `${clipped(id)} cannot be read (${problem ?? "nothing is known of it"})`
      : `the process of ${write.kind} ${write.op} on branch ${write.branch} may still be at work`;
  throw new OmnigraphError(
    "recovery_not_confirmed",
    `${why}; nothing was changed: look at it with recovery show, and confirm with --confirm`,
  );
}
