import { OmnigraphError, present } from "@omnigraph/base";
import type { Catalog, EdgeType, EntityType, NodeType, PropertyId, TypeId } from "@omnigraph/language";
import type { ChangeSet, RowBatch } from "@omnigraph/storage";
import { carryUniques, shareUniques } from "./uniques/unique-index.ts";
import type { ReadyState } from "./apply.ts";
import { EdgeBase } from "./base.ts";
import { completeRow, lookupInBase, lookupInPieces, lookupInChanges } from "./lookup.ts";
import { type Memory, Pins } from "./memory-pool.ts";
import { ResidentEdges, ResidentRows } from "./rows.ts";
import type { SnapshotSource } from "./source.ts";
import { Lineage } from "./lineage.ts";
import { States } from "./states.ts";
import { type Tuning, TUNING } from "./tuning.ts";
import { partsOf } from "./needs.ts";
import type { EdgeRows, Lease, Need, Residence, Rows, View } from "./view.ts";

/** Opens a view of a snapshot. Nothing is read before it is needed. */
export function openView(
  catalog: Catalog,
  source: SnapshotSource,
  memory: Memory,
  tuning: Partial<Tuning> = {},
): View {
  const lineage = new Lineage(catalog, source, memory, { ...TUNING, ...tuning });
  return new ResidentView(lineage, States.open(lineage), new Map());
}

/** Most attempts to make all needs ready: making one type ready can undo another at most a few times. */
const MAX_ATTEMPTS = 8;

class ResidentView implements View {
  readonly catalog: Catalog;
  readonly #lineage: Lineage;
  readonly #states: States;
  /** Counts that were changed since the snapshot was opened. */
  readonly #counts: ReadonlyMap<TypeId, number>;
  readonly #rows = new Map<TypeId, ResidentRows>();

  constructor(lineage: Lineage, states: States, counts: ReadonlyMap<TypeId, number>) {
    this.catalog = lineage.catalog;
    this.#lineage = lineage;
    this.#states = states;
    this.#counts = counts;
  }

  has(needs: readonly Need[]): boolean {
    for (const need of needs) if (!this.#holds(need)) return false;
    return true;
  }

  async load(needs: readonly Need[], signal?: AbortSignal): Promise<void> {
    (await this.hold(needs, signal)).release();
  }

  async hold(needs: readonly Need[], signal?: AbortSignal): Promise<Lease> {
    // Making one type ready can invalidate the ends of another that was loaded before it.
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (signal?.aborted === true) throw aborted(signal);
      const lease = this.pin(needs) ?? (await this.#loadAll(needs, signal));
      if (lease !== null) return lease;
    }
    const types = [...new Set(needs.map(({ type }) => type.name))].join(", ");
    throw new OmnigraphError(
      "memory_exceeded",
      `what is needed of ${types} does not stay in memory: raise OMNIGRAPH_MEMORY`,
    );
  }

  /** Makes the needs resident, and pins each until all are; null where some are not resident all the same. */
  async #loadAll(needs: readonly Need[], signal: AbortSignal | undefined): Promise<Lease | null> {
    const pins = new Pins();
    const loads = Promise.allSettled(needs.map((need) => this.#load(need, pins))).then((settled) => {
      const failed = settled.find((load) => load.status === "rejected");
      return { failed, lease: failed === undefined ? this.pin(needs) : null };
    });
    const finished = loads.finally(() => pins.release());
    try {
      const { failed, lease } = await unlessAborted(finished, signal);
      if (failed !== undefined) throw failed.reason;
      return lease;
    } catch (thrown) {
      // The loading goes on after an abort, and nobody else releases its lease.
      void finished.then(({ lease }) => lease?.release());
      throw thrown;
    }
  }

  pin(needs: readonly Need[]): Lease | null {
    if (!this.has(needs)) return null;
    const pins = new Pins();
    for (const need of needs) this.#pin(need, this.#ready(need.type), pins);
    return pins;
  }

  residence(needs: readonly Need[]): readonly Residence[] {
    return needs.flatMap((need) => {
      const base = this.#states.readyNow(need.type)?.base;
      return partsOf(need).map(
        (part): Residence => base?.residence(part) ?? { type: need.type, part, place: null, bytes: 0 },
      );
    });
  }

  async catchUp(): Promise<void> {
    for (const type of this.catalog.typeById.values())
      if (this.#states.pending(type) !== null && this.#states.opened(type) !== null)
        await this.#states.ready(type);
  }

  count(type: EntityType): number {
    return this.#counts.get(type.id) ?? this.#lineage.source.count(type.id);
  }

  nodes(type: NodeType): Rows {
    return this.#nodeRows(type);
  }

  edges(type: EdgeType): EdgeRows {
    const { base, overlay } = this.#ready(type);
    const known = this.#rows.get(type.id);
    if (known instanceof ResidentEdges && known.shows(base, overlay)) return known;
    if (!(base instanceof EdgeBase)) throw unloaded(type);
    const rows = new ResidentEdges(base, overlay, this.count(type), (nodes) => this.#nodeRows(nodes));
    this.#rows.set(type.id, rows);
    return rows;
  }

  async lookup(
    type: EntityType,
    id: string,
    columns: readonly PropertyId[],
    signal?: AbortSignal,
  ): Promise<RowBatch | null> {
    for (let entry = this.#states.pending(type); entry !== null; entry = entry.earlier) {
      const found = lookupInChanges(type, [entry.changes], id, columns);
      if (found !== null) return found === "deleted" ? null : found;
    }
    const opened = this.#states.opened(type);
    if (opened === null) {
      return lookupInPieces(type, await this.#lineage.pieces(type), id, columns, signal);
    }
    const { base, overlay } = opened;
    const touched = overlay?.ordinalOf(id) ?? -1;
    const version = touched < 0 ? null : (overlay?.version(touched) ?? null);
    if (version === null) return lookupInBase(base, id, columns, signal);
    return version.image === null ? null : completeRow(type, version.image, version.row, columns);
  }

  advance(changes: ChangeSet, counts: ReadonlyMap<TypeId, number>): View {
    const merged = new Map([...this.#counts, ...counts]);
    const next = new ResidentView(this.#lineage, this.#states.after(changes, false), merged);
    carryUniques(this, next, changes);
    return next;
  }

  under(catalog: Catalog): View {
    if (catalog === this.catalog) return this;
    const lineage = this.#lineage.under(catalog);
    const next = new ResidentView(lineage, this.#states.under(lineage), this.#counts);
    shareUniques(this, next);
    return next;
  }

  overlay(changes: ChangeSet): View {
    const counts = new Map(this.#counts);
    for (const { type, after, before } of changes) {
      const entity = present(this.catalog.typeById.get(type), `type of id ${type} in the schema`);
      counts.set(type, this.count(entity) + after.length - before.length);
    }
    const next = new ResidentView(this.#lineage, this.#states.after(changes, true), counts);
    carryUniques(this, next, changes);
    return next;
  }

  #holds(need: Need): boolean {
    const state = this.#states.readyNow(need.type);
    if (state === null || !state.base.holds(need)) return false;
    return need.type.kind === "node" || !needsEnds(need) || this.#states.knowsEnds(need.type);
  }

  async #load(need: Need, pins: Pins): Promise<void> {
    if (need.type.kind === "edge" && needsEnds(need)) await this.#states.readyEnds(need.type);
    const state = await this.#states.ready(need.type);
    this.#pin(need, state, pins);
    await state.base.load(need);
  }

  #pin(need: Need, { base }: ReadyState, pins: Pins): void {
    for (const slot of base.slotsOf(need)) pins.add(slot);
  }

  #nodeRows(type: NodeType): ResidentRows {
    const { base, overlay } = this.#ready(type);
    const known = this.#rows.get(type.id);
    if (known?.shows(base, overlay) === true) return known;
    const rows = new ResidentRows(base, overlay, this.count(type));
    this.#rows.set(type.id, rows);
    return rows;
  }

  #ready(type: EntityType): ReadyState {
    const state = this.#states.readyNow(type);
    if (state === null) throw unloaded(type);
    return state;
  }
}

function needsEnds(need: Need): boolean {
  return need.ends || need.out || need.in;
}

function unloaded(type: EntityType): OmnigraphError {
  return new OmnigraphError("internal", `invariant broken: ${type.name} is read before it is loaded`);
}

function aborted(signal: AbortSignal): OmnigraphError {
  return new OmnigraphError("aborted", "the caller stopped the call while rows were loaded", {
    cause: signal.reason,
  });
}

/** The result, or an error as soon as the signal aborts. The work itself goes on and may serve others. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(aborted(signal));
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}
