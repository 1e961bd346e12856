import type { TypeId } from "@omnigraph/language";
import type { LayerEntry } from "@omnigraph/storage";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CommitAddress, type LogId, MAIN_LOG_ID } from "../address.ts";
import type { CommitChanges } from "../commit/header.ts";
import { genesisHeader, next, type CommitState } from "../commit/next.ts";
import { encodeLayout } from "./layout.ts";
import { type Fold, foldedPieces, type FoldedRun, reachesTail } from "./fold.ts";
import { type Piece, withRanges } from "./layout.ts";
import { contains } from "./ranges.ts";

// Casts: these stand for ids of a catalog.
const TYPES = ["A", "B", "C"] as unknown as readonly TypeId[];
const NOW = 1_795_407_381_074_760;
const RUNS = 500;

/** A commit of a random history. Where it is put: in the object before it, in the next slot, or in slot 0 of a new log. */
type Step = { readonly place: "object" | "slot" | "log" } & (
  | { readonly kind: "rows"; readonly types: readonly TypeId[]; readonly replaced: readonly TypeId[] }
  | { readonly kind: "layers"; readonly types: readonly TypeId[]; readonly replaced: readonly TypeId[] }
  /** A fold of what the snapshot was some commits before: by type where the run begins and ends, as parts of 100. */
  | { readonly kind: "fold"; readonly age: number; readonly types: readonly TypeId[]; readonly run: Run }
);
type Run = readonly [number, number];

const place = fc.constantFrom("object" as const, "slot" as const, "slot" as const, "log" as const);
const types = fc.subarray([...TYPES], { minLength: 1 });
const replaced = fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, fc.subarray([...TYPES]));
const part = fc.nat(100);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("rows" as const), place, types, replaced }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("layers" as const), place, types, replaced }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("fold" as const),
      place,
      types,
      age: fc.nat(6),
      run: fc.tuple(part, part),
    }),
  },
);

/** A history so far: a snapshot after every commit, and by type what its rows are made of. */
class History {
  readonly states: CommitState[];
  readonly addresses: CommitAddress[] = [{ logId: MAIN_LOG_ID, slot: 0, index: 0 }];
  readonly steps: (Step | null)[] = [null];
  /** By the name of a layer, what is in it. */
  readonly #layers = new Map<string, readonly string[]>();
  readonly #rows = new Map<TypeId, readonly string[]>();
  readonly #changed: Set<TypeId>[] = [new Set()];
  applied = 0;
  void = 0;

  constructor() {
    const header = genesisHeader({ op: "g", actor: null, message: null }, "0".repeat(64), NOW);
    this.states = [{ header, layout: new Map() }];
  }

  add(step: Step): void {
    const address = this.#addressOf(step.place);
    const changes = step.kind === "fold" ? this.#fold(step, address) : this.#write(step);
    if (changes === null) return;
    const counts = new Map(step.kind === "fold" ? [] : step.types.map((type) => [type, 1]));
    const request = { kind: "mutation", op: "o", content: null, actor: null, message: null } as const;
    const derived = next(this.head, { request, authoredAt: NOW, draft: { counts, changes } }, address, NOW);
    expect(derived.header.layout).toBe(encodeLayout(derived.layout)?.hash ?? null);
    this.states.push(derived);
    this.addresses.push(address);
    this.steps.push(step);
    for (const pieces of derived.layout.values()) expect(pieces.length).toBeGreaterThan(0);
    for (const type of TYPES) expect(this.#contents(derived, type)).toEqual(this.#rows.get(type) ?? []);
  }

  get head(): CommitState {
    return this.states.at(-1) ?? expect.unreachable();
  }

  #addressOf(place: Step["place"]): CommitAddress {
    const { logId, slot, index } = this.addresses.at(-1) ?? expect.unreachable();
    if (place === "object" && index < 31) return { logId, slot, index: index + 1 };
    // Cast: it stands for the id of a branch's log.
    const other = `${String(this.addresses.length).padStart(9, "0")}` as LogId;
    return place === "log" ? { logId: other, slot: 0, index: 0 } : { logId, slot: slot + 1, index: 0 };
  }

  #write(step: Exclude<Step, { readonly kind: "fold" }>): CommitChanges {
    const name = `${step.kind} ${this.states.length}`;
    for (const type of step.replaced) this.#rows.set(type, []);
    for (const type of step.types) this.#rows.set(type, [...(this.#rows.get(type) ?? []), name]);
    this.#changed.push(new Set(step.replaced));
    if (step.kind === "rows") return { kind: "rows", rows: [], replaced: step.replaced };
    return { kind: "layers", layers: step.types.map((type) => layer(type, name)), replaced: step.replaced };
  }

  /** The fold as it was made some commits ago; null where there is nothing to fold, or it is void by now. */
  #fold(step: Extract<Step, { readonly kind: "fold" }>, own: CommitAddress): CommitChanges | null {
    const base = Math.max(0, this.states.length - 1 - step.age);
    const address = this.addresses[base] ?? expect.unreachable();
    const after = this.addresses[base + 1] ?? own;
    if (after.logId === address.logId && after.slot === address.slot) return null;
    const { header, layout } = this.states[base] ?? expect.unreachable();
    const name = `fold ${this.states.length}`;
    let through: Fold["through"] = null;
    const runs = step.types.flatMap((type): readonly FoldedRun[] => {
      const pieces = header.counts.has(type) ? withRanges(layout.get(type) ?? [], header.tail) : [];
      const [from, to] = step.run
        .map((part) => Math.floor((part * pieces.length) / 101))
        .toSorted((a, b) => a - b);
      const run = pieces.slice(from, (to ?? 0) + 1);
      if (run.length === 0) return [];
      if (reachesTail(layout, { type, pieces: run })) through = address;
      const content = run.flatMap((piece) => this.#contentOf(piece, type));
      const folded = content.length === 0 ? null : layer(type, name);
      if (folded !== null) this.#layers.set(`${name} ${type}`, content);
      return [{ type, pieces: run, layer: folded }];
    });
    if (runs.length === 0) return null;
    const since = this.#changed.slice(base + 1);
    const fold = { runs, through };
    const { header: now, layout: there } = this.head;
    if (foldedPieces({ layout: there, tail: now.tail }, now.counts.keys(), fold) === null) {
      expect(runs.some(({ type }) => since.some((changed) => changed.has(type)))).toBe(true);
      this.void++;
      return null;
    }
    this.applied++;
    this.#changed.push(new Set(runs.map(({ type }) => type)));
    return { kind: "fold", ...fold };
  }

  #contents({ header, layout }: CommitState, type: TypeId): readonly string[] {
    if (!header.counts.has(type)) return [];
    return withRanges(layout.get(type) ?? [], header.tail).flatMap((piece) => this.#contentOf(piece, type));
  }

  #contentOf(piece: Piece, type: TypeId): readonly string[] {
    if (piece.kind === "layer")
      return this.#layers.get(`${piece.entry.staging} ${type}`) ?? [piece.entry.staging];
    return this.addresses.flatMap((address, i) => {
      const step = this.steps[i];
      const isRow = step?.kind === "rows" && step.types.includes(type) && contains(piece.range, address);
      return isRow ? [`rows ${i}`] : [];
    });
  }
}

function layer(type: TypeId, staging: string): LayerEntry {
  return { staging, type, version: 1, rows: 1, tombstones: 0, columns: { p: "name" } };
}

test("a fold changes no row of any type, and is void only where a type of it was folded or replaced since", () => {
  let applied = 0;
  let isVoid = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const history = new History();
      for (const one of steps) history.add(one);
      applied += history.applied;
      isVoid += history.void;
    }),
    { numRuns: RUNS },
  );
  expect(applied).toBeGreaterThan(RUNS);
  expect(isVoid).toBeGreaterThan(RUNS / 10);
});
