import type { TypeId } from "@omnigraph/language";
import type { Changes, LayerEntry } from "@omnigraph/storage";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CommitAddress, MAIN_LOG_ID } from "../address.ts";
import { decodeLayout, encodeLayout, type Layout } from "../layout/layout.ts";
import { contains } from "../layout/ranges.ts";
import { Snapshot } from "../reading/snapshot.ts";
import type { CommitHeader, CommitRecord } from "./header.ts";
import { type Authored, genesisHeader, next } from "./next.ts";

// Casts: these stand for ids of a catalog.
const TYPES = ["A", "B", "C"] as unknown as readonly [TypeId, TypeId, TypeId];
const NOW = 1_795_407_381_074_760;
const SCHEMA = "0".repeat(64);

/** A commit of a random history: what it adds to each type, and whether it opens a new slot. */
interface Step {
  readonly kind: "rows" | "layers";
  readonly types: readonly TypeId[];
  readonly replaced: readonly TypeId[];
  readonly newSlot: boolean;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    kind: fc.oneof({ weight: 3, arbitrary: fc.constant("rows" as const) }, fc.constant("layers" as const)),
    types: fc.subarray([...TYPES], { minLength: 1 }),
    replaced: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.subarray([...TYPES])),
    newSlot: fc.boolean(),
  }),
  { maxLength: 40 },
);

function authored(step: Step, number: number): Authored {
  const counts = new Map(step.types.map((type) => [type, 1]));
  return {
    request: { op: String(number), content: null, kind: "mutation", actor: null, message: null },
    authoredAt: NOW,
    draft: { counts, changes: changesOf(step, number) },
  };
}

function changesOf({ kind, types, replaced }: Step, number: number): Changes {
  if (kind === "rows") return { kind, rows: [], replaced };
  return { kind, layers: types.map((type) => layer(type, number)), replaced };
}

function layer(type: TypeId, number: number): LayerEntry {
  return { staging: `s${number}`, type, version: 1, rows: 1, tombstones: 0, columns: { p: "name" } };
}

function addressesOf(history: readonly Step[]): readonly CommitAddress[] {
  let slot = 0;
  let index = 0;
  return history.map(({ newSlot }, i) => {
    if (i === 0 || newSlot || index === 31) [slot, index] = [slot + 1, 0];
    else index++;
    return { logId: MAIN_LOG_ID, slot, index };
  });
}

test("layout and tail give the same pieces for every type as a naive replay", () => {
  fc.assert(
    fc.property(steps, (history) => {
      const addresses = addressesOf(history);
      const naive = new Map<TypeId, string[]>(TYPES.map((type) => [type, []]));
      let header: CommitHeader = genesisHeader({ op: "g", actor: null, message: null }, SCHEMA, NOW);
      let layout: Layout = new Map();
      for (const [i, step] of history.entries()) {
        const address = addresses[i] ?? { logId: MAIN_LOG_ID, slot: -1, index: 0 };
        const before = header;
        ({ header, layout } = next({ header, layout }, authored(step, i), address, NOW));
        for (const type of step.replaced) naive.set(type, []);
        for (const type of step.types) naive.get(type)?.push(`${step.kind} ${i}`);
        expect(header.parents).toEqual([before.id]);
        expect(header.createdAt).toBe(NOW + i + 1);
        expect(header.layout).toBe(encodeLayout(layout)?.hash ?? null);
        for (const type of TYPES)
          expect(contributions(header, layout, type, history, addresses)).toEqual(naive.get(type));
      }
      expect(header.depth).toBe(history.length + 1);
    }),
    { numRuns: 300 },
  );
});

/** What the pieces of a type are made of, in order. */
function contributions(
  header: CommitHeader,
  layout: Layout,
  type: TypeId,
  history: readonly Step[],
  addresses: readonly CommitAddress[],
): readonly string[] {
  const commit: CommitRecord = {
    header,
    address: addresses[0] ?? { logId: MAIN_LOG_ID, slot: 0, index: 0 },
    branch: "main",
    changes: changesOf(EMPTY, 0),
  };
  return new Snapshot(commit, layout).pieces(type).flatMap((piece) => {
    if (piece.kind === "layer") return [`layers ${piece.entry.staging.slice(1)}`];
    return addresses.flatMap((address, i) => {
      const step = history[i];
      const isRow = step?.kind === "rows" && step.types.includes(type) && contains(piece.range, address);
      return isRow ? [`rows ${i}`] : [];
    });
  });
}

const EMPTY: Step = { kind: "rows", types: [], replaced: [], newSlot: true };

test("any number of small commits keeps the layout and one range", () => {
  let header = genesisHeader({ op: "g", actor: null, message: null }, SCHEMA, NOW);
  const layout: Layout = new Map();
  for (let slot = 1; slot <= 100; slot++) {
    const derived = next(
      { header, layout },
      authored({ ...EMPTY, types: [TYPES[0]] }, slot),
      { logId: MAIN_LOG_ID, slot, index: 0 },
      0,
    );
    expect(derived.newLayout).toBeNull();
    ({ header } = derived);
  }
  expect(header.tail).toEqual([{ logId: MAIN_LOG_ID, from: 0, fromIndex: 0, to: 100, toIndex: 0 }]);
  expect(header.counts.get(TYPES[0])).toBe(100);
  expect(header.createdAt).toBe(NOW + 100);
});

test("a layout reads back unchanged, and equal layouts have equal bytes", () => {
  fc.assert(
    fc.property(steps, (history) => {
      let header = genesisHeader({ op: "g", actor: null, message: null }, SCHEMA, NOW);
      let layout: Layout = new Map();
      for (const [i, address] of addressesOf(history).entries()) {
        ({ header, layout } = next({ header, layout }, authored(history[i] ?? EMPTY, i), address, NOW));
      }
      const encoded = encodeLayout(layout);
      if (encoded === null) return;
      const decoded = decodeLayout(encoded.bytes, encoded.hash, "store");
      expect(new Map(decoded)).toEqual(new Map(layout));
      expect(encodeLayout(new Map([...layout].reverse()))?.hash).toBe(encoded.hash);
    }),
  );
});

describe("a merge", () => {
  const at = (slot: number): CommitAddress => ({ logId: MAIN_LOG_ID, slot, index: 0 });
  const genesis = genesisHeader({ op: "g", actor: null, message: null }, SCHEMA, NOW);
  // Cast: it stands for the id of a branch.
  const branch = "0000000ZZ" as typeof MAIN_LOG_ID;
  const far = { logId: branch, slot: 0, index: 0 };
  const step = (kind: Step["kind"], type: TypeId): Step => ({ ...EMPTY, kind, types: [type] });
  const root = { header: genesis, layout: new Map() };
  const ours = next(root, authored(step("rows", TYPES[0]), 1), at(1), NOW);
  const first = next(root, authored(step("layers", TYPES[1]), 2), far, NOW);
  const theirs = next(first, authored({ ...EMPTY, types: [TYPES[2]] }, 3), { ...far, slot: 1 }, NOW);
  const kept = new Map([[TYPES[2], ["x", "y"]]]);
  const fastForward: Authored = {
    ...authored(EMPTY, 5),
    draft: { counts: new Map(), changes: { kind: "fast_forward" }, merge: { keptOurs: new Map() } },
  };

  test("a merge has both parents, comes after both, and its rows apply to the state of the first", () => {
    const write = authored(step("rows", TYPES[2]), 4);
    const draft = { ...write.draft, merge: { keptOurs: kept } };
    const merged = next(ours, { ...write, draft }, at(2), NOW, theirs);
    expect(merged.header).toMatchObject({
      parents: [ours.header.id, theirs.header.id],
      depth: ours.header.depth + 1,
      generation: theirs.header.generation + 1,
      tail: [{ logId: MAIN_LOG_ID, from: 0, to: 2 }],
      keptOurs: kept,
    });
    expect(merged.layout).toBe(ours.layout);
    expect(merged.header.counts.get(TYPES[1])).toBeUndefined();
  });

  test("a fast-forward takes the other side's state as it is, whatever the first parent holds", () => {
    const forward = next(root, fastForward, at(1), NOW, theirs);
    expect(forward.header).toMatchObject({
      parents: [genesis.id, theirs.header.id],
      depth: 2,
      generation: theirs.header.generation + 1,
      layout: theirs.header.layout,
      tail: [...theirs.header.tail, { logId: MAIN_LOG_ID, from: 1, to: 1 }],
      counts: theirs.header.counts,
      schema: theirs.header.schema,
    });
    expect([forward.layout, forward.newLayout]).toEqual([theirs.layout, null]);
  });

  test("a fast-forward to nothing is refused", () => {
    expect(() => next(root, fastForward, at(1), NOW)).toThrow("no commit to fast-forward to");
  });
});
