import { pinnedCommits } from "../retention/pins.ts";
import type { Environment } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import type { LogId } from "../address.ts";
import type { CommitRecord } from "../commit/header.ts";
import type { CondemnedList, SlotRun } from "../retention/condemned-list.ts";
import { type Cuts, WHOLE } from "../retention/horizon-record.ts";
import { cutsFor, type Retention } from "./cuts.ts";
import { HorizonStore } from "./horizon-store.ts";
import { listLogs, type Logs } from "./logs.ts";
import { type LookContext, Needs } from "./needs.ts";
import { countOf, SlotSets } from "./slot-sets.ts";
import { measure, nothingReclaimed, type Reclaimed, sweep, type SweepContext, together } from "./sweep.ts";
import { listTables } from "./tables-listing.ts";

/** What a cleaner needs. */
export interface CleanerContext extends LookContext {
  /** The store for what it puts and removes. */
  readonly watched: ObjectStore;
  readonly environment: Environment;
  /** Makes a commit and all before it in its log outlast power loss. */
  readonly makeDurable: (commit: CommitRecord) => Promise<void>;
  /** ULID of the graph. */
  readonly graph: string;
}

/** What was found unneeded once, and is removed after the grace period if it is then still so. */
export interface Pending {
  readonly horizon: number;
  /** Slots and tables that were found. */
  readonly slots: number;
  readonly tables: number;
  /** Milliseconds, by the store's clock, since they were found. */
  readonly ageMs: number;
}

/** How a cleanup goes about. */
export interface CleanupSteps {
  readonly graceMs: number;
  readonly actor: string | null;
  readonly signal?: AbortSignal | undefined;
  /** Called before each lot that is removed. */
  readonly onLot?: () => void;
}

/**
 * Reclaims what no snapshot needs that must stay readable. In two phases, which may be two calls of any processes: the first condemns commits for ever, looks
 * what is unneeded, and notes it. After a grace period the second looks again, and what was unneeded both times is removed. A cleaner may die at any moment:
 * the next one goes on.
 */
export class Cleaner {
  readonly #context: CleanerContext;
  readonly #horizons: HorizonStore;

  constructor(context: CleanerContext) {
    this.#context = context;
    this.#horizons = new HorizonStore(context.watched, context.environment, context.graph);
  }

  /** What would go now; changes nothing. `folded` as for `Needs.look`. */
  async preview(
    retention: Retention,
    {
      folded = new Set(),
      signal,
    }: { readonly folded?: ReadonlySet<LogId>; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Reclaimed> {
    const { list } = await this.#look((logs) => this.#cuts(logs, retention, folded), { folded, signal });
    return measure(this.#sweepContext(null, signal), list);
  }

  /** The logs of branches whose heads are made of slots of their own that would be condemned: folding these first frees them. */
  async foldable(retention: Retention, signal?: AbortSignal): Promise<ReadonlySet<LogId>> {
    const living = await this.#context.branches();
    const own = living.filter(({ logId, head }) => head.address.logId === logId);
    const upcoming = new Set(own.map(({ logId }) => logId));
    const cuts = await this.#cuts({ living: own, sealed: [] }, retention, upcoming);
    const found = new Set<LogId>();
    for (const { logId, head } of own) {
      const cut = cuts.get(logId) ?? -1;
      const layout = await this.#context.layouts.read(head.header.layout, signal);
      const pieces = [...layout.values()].flat();
      const ranges = pieces.flatMap((piece) => (piece.kind === "range" ? [piece.range] : []));
      // A fold leaves itself as the tail, and what came while it was made.
      const isFold = head.header.kind === "maintenance";
      const end = Math.min(cut, isFold ? head.address.slot - 1 : cut);
      const all = [...ranges, ...head.header.tail];
      if (all.some((range) => range.logId === logId && range.from <= end)) found.add(logId);
    }
    return found;
  }

  /** Removes what is agreed and not removed yet, and, where what was found is older than the grace period, agrees on that. */
  async finish({ graceMs, signal, onLot = () => undefined }: CleanupSteps): Promise<Reclaimed> {
    let removed = nothingReclaimed();
    const pending = await this.pending();
    if (pending !== null && pending.ageMs >= graceMs) await this.#agree(pending.horizon, signal);
    for (const [number, parts] of await this.#horizons.all()) {
      if (!parts.has("done") || parts.has("over")) continue;
      const list = await this.#horizons.reliedList(number, "done");
      removed = together(removed, await sweep(this.#sweepContext(number, signal), list, onLot));
      await this.#horizons.putOver(number);
    }
    return removed;
  }

  /** The first phase: condemns, looks, and notes what is unneeded. Null where nothing is; then nothing is condemned either. */
  async condemn(retention: Retention, { actor, signal }: CleanupSteps): Promise<Pending | null> {
    const cutsOf = (logs: Logs): Promise<Cuts> => this.#cuts(logs, retention, new Set());
    const first = await this.#look(cutsOf, { signal });
    if (isEmpty(first.list)) return null;
    const { store, objects, branches } = this.#context;
    const logs = await listLogs(store, objects, branches, signal);
    const cuts = await cutsOf(logs);
    await this.#reliesOn(logs);
    const horizon = await this.#horizons.condemn(cuts, actor);
    const found = await this.#look(async () => horizon.cuts, { signal });
    await this.#reliesOn(found.logs);
    await this.#horizons.putList(horizon.number, "found", found.list);
    return this.pending();
  }

  /** What is to be removed after its grace period: only what was found last counts. */
  async pending(): Promise<Pending | null> {
    for (const [number, parts] of await this.#horizons.all()) {
      const at = parts.get("found");
      if (at === undefined) continue;
      if (parts.has("done")) return null;
      const list = await this.#horizons.readList(number, "found");
      const slots = [...list.slots.values()].reduce((sum, runs) => sum + countOf(runs), 0);
      const ageMs = (await this.#horizons.now()) - at;
      return { horizon: number, slots, tables: list.tables.length, ageMs };
    }
    return null;
  }

  /** Places of pins that cannot be read. */
  async unreadablePins(): Promise<readonly string[]> {
    return (await pinnedCommits(this.#context.store)).unreadable;
  }

  /** The second phase. */
  async #agree(number: number, signal: AbortSignal | undefined): Promise<void> {
    const { cuts } = await this.#horizons.read(number);
    const first = await this.#horizons.reliedList(number, "found");
    const second = await this.#look(async () => cuts, { signal });
    await this.#reliesOn(second.logs);
    await this.#horizons.putList(number, "done", both(first, second.list));
  }

  /** What was seen at the ends of logs must not be taken by power loss once anything is given up for it: else a head would be one that is condemned. */
  async #reliesOn({ living, sealed }: Logs): Promise<void> {
    for (const { head } of living) await this.#context.makeDurable(head);
    for (const { newest } of sealed) await this.#context.makeDurable(newest);
  }

  /** What is unneeded: first the tables are listed, and then what needs them, so that no table can be in the list that came later. */
  async #look(
    cutsOf: (logs: Logs) => Promise<Cuts>,
    options: { readonly signal: AbortSignal | undefined; readonly folded?: ReadonlySet<LogId> },
  ): Promise<{ readonly list: CondemnedList; readonly logs: Logs }> {
    const tables = await listTables(this.#context.store, options.signal);
    const settled = await this.#settledSlots();
    const { needs, logs, cuts } = await Needs.look(this.#context, cutsOf, options);
    const slots = new Map<LogId, readonly SlotRun[]>();
    const ends = [
      ...logs.living.map(
        ({ logId, head }) => [logId, head.address.logId === logId ? head.address.slot : -1] as const,
      ),
      ...logs.sealed.map(({ logId, newest }) => [logId, newest.address.slot] as const),
    ];
    for (const [logId, end] of ends) {
      const unneeded = needs.slots.missing(logId, Math.min(end, cuts.get(logId) ?? -1));
      const runs = settled.without(logId, unneeded);
      if (runs.length > 0) slots.set(logId, runs);
    }
    const unneeded = [...tables.values()].filter(({ staging, type }) => !needs.hasTable(staging, type));
    const list = { slots, tables: unneeded.map(({ staging, type }) => ({ staging, type })) };
    return { list, logs };
  }

  /** Slots of which earlier cleanups have reclaimed what there was. */
  async #settledSlots(): Promise<SlotSets> {
    const settled = new SlotSets();
    for (const [number, parts] of await this.#horizons.all()) {
      if (!parts.has("over")) continue;
      const { slots } = await this.#horizons.readList(number, "done");
      for (const [logId, runs] of slots) settled.addRuns(logId, runs);
    }
    return settled;
  }

  async #cuts(
    logs: Pick<Logs, "living" | "sealed">,
    retention: Retention,
    upcoming: ReadonlySet<LogId>,
  ): Promise<Cuts> {
    const [newest] = (await this.#horizons.all()).keys();
    const before = newest === undefined ? new Map<LogId, number>() : (await this.#horizons.read(newest)).cuts;
    return cutsFor(logs, retention, before, this.#context.objects, upcoming);
  }

  #sweepContext(number: number | null, signal: AbortSignal | undefined): SweepContext {
    const { watched, environment, objects } = this.#context;
    const { continuity } = objects;
    const check = async (): Promise<void> => {
      if (number === null || !continuity.isNeeded || (await this.#horizons.hasDone(number))) return;
      // An older copy of the graph may need what this list names.
      throw continuity.replaced(`has no list of what cleanup ${number} may remove`);
    };
    return { store: watched, clock: environment.clock, signal, check };
  }
}

function isEmpty({ slots, tables }: CondemnedList): boolean {
  return slots.size === 0 && tables.length === 0;
}

/** What is in both lists. */
function both(first: CondemnedList, second: CondemnedList): CondemnedList {
  const slots = new Map<LogId, readonly SlotRun[]>();
  for (const [logId, runs] of first.slots) {
    const spared = new SlotSets();
    spared.addRuns(logId, gaps(second.slots.get(logId) ?? []));
    const kept = spared.without(logId, runs);
    if (kept.length > 0) slots.set(logId, kept);
  }
  const again = new Set(second.tables.map(({ staging, type }) => `${staging}/${type}`));
  return { slots, tables: first.tables.filter(({ staging, type }) => again.has(`${staging}/${type}`)) };
}

/** All slots that are not in some runs. */
function gaps(runs: readonly SlotRun[]): readonly SlotRun[] {
  const [first] = runs;
  if (first === undefined) return [[0, WHOLE]];
  const found: SlotRun[] = first[0] > 0 ? [[0, first[0] - 1]] : [];
  for (const [i, [, to]] of runs.entries()) found.push([to + 1, (runs[i + 1]?.[0] ?? WHOLE + 1) - 1]);
  return found.filter(([from, to]) => from <= to);
}
