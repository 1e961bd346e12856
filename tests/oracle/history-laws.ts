import { present } from "@omnigraph/base";
import fc from "fast-check";
import { expect } from "vitest";
import type { EntityImage } from "omnigraph";
import {
  type Change,
  type Conflict,
  ENTITY_CONFLICTS,
  type HistoryCalls,
  sideOf,
  sortedConflicts,
  STRATEGIES,
  type Strategy,
  takesEntities,
} from "../support/models/history-calls.ts";
import { keyOf } from "./history-state.ts";
import { HISTORY_BASE, historyWrite } from "./random-history.ts";
import type { Write } from "./random-writes.ts";

/** Writes on `main` and on the branch `x` that was made of it, and what was written before. */
export interface Forked {
  readonly shared: readonly Write[];
  readonly main: readonly Write[];
  readonly x: readonly Write[];
  readonly later: readonly Write[];
  readonly strategy: Strategy;
}

const writes = (maxLength: number): fc.Arbitrary<readonly Write[]> =>
  fc.array(historyWrite, { minLength: 1, maxLength, size: "max" });

export const forked: fc.Arbitrary<Forked> = fc.record({
  shared: writes(3),
  main: writes(3),
  x: writes(3),
  later: writes(2),
  strategy: fc.constantFrom(...STRATEGIES),
});

/** A statement that holds of every graph with branches, whatever was written; `fork` is the commit at which `x` was made. */
export type Law = (calls: HistoryCalls, writes: Forked, fork: string) => Promise<void>;

/** Writes on both branches. */
export async function prepared(calls: HistoryCalls, { shared, main, x }: Forked): Promise<string> {
  await calls.edit("main", HISTORY_BASE);
  for (const write of shared) await calls.edit("main", write);
  const fork = await headOf(calls, "main");
  await calls.create("x", "main");
  for (const write of main) await calls.edit("main", write);
  for (const write of x) await calls.edit("x", write);
  return fork;
}

async function headOf(calls: HistoryCalls, branch: string): Promise<string> {
  return present((await calls.commits(branch))[0], "a newest commit").id;
}

/** The same for the other side. */
function inverse(strategy: Strategy): Strategy {
  const side = sideOf(strategy) === "ours" ? "theirs" : "ours";
  return takesEntities(strategy) ? `entity ${side}` : side;
}

const asked = (strategy: Strategy | null = null) => ({ strategy, deleteBranch: false });

async function conflictsOf(
  calls: HistoryCalls,
  source: string,
  target: string,
  strategy: Strategy | null = null,
): Promise<readonly Conflict[]> {
  const preview = await calls.previewMerge(source, target, strategy);
  if ("refused" in preview) throw new Error(`refused: ${preview.refused}`);
  return sortedConflicts([...preview.conflicts, ...preview.resolved]);
}

async function changesOf(
  calls: HistoryCalls,
  from: string,
  to: string,
): Promise<ReadonlyMap<string, Change>> {
  const { changes } = await calls.diff(from, to);
  return new Map(changes.map((change) => [keyOf(change), change]));
}

/** Properties and ends by name, as texts. */
function membersOf(image: EntityImage): Readonly<Record<string, string>> {
  const ends = JSON.stringify([image.endpoints?.from, image.endpoints?.to]);
  const properties = Object.entries(image.properties).map(([name, value]) => [name, JSON.stringify(value)]);
  return { ...Object.fromEntries(properties), "": ends };
}

/** What a change gives: the members that it set, all of them for an insert; null for a deletion. */
function given({ before, after }: Change): Readonly<Record<string, string>> | null {
  if (after === null) return null;
  const former = before === null ? {} : membersOf(before);
  const set = Object.entries(membersOf(after)).filter(([name, text]) => former[name] !== text);
  return Object.fromEntries(set);
}

export const LAWS: Readonly<Record<string, Law>> = {
  "a merge without conflicts brings the changes of both sides since the base, and no others": async (
    calls,
    _writes,
    fork,
  ) => {
    const sides = [await changesOf(calls, fork, "main"), await changesOf(calls, fork, "x")];
    if ("refused" in (await calls.merge("x", "main", asked()))) return;
    const merged = await changesOf(calls, fork, "main");
    const keys = new Set(sides.flatMap((changes) => [...changes.keys()]));
    expect([...merged.keys()].toSorted()).toEqual([...keys].toSorted());
    for (const [key, change] of merged) {
      const parts = sides.flatMap((changes) => changes.get(key) ?? []).map(given);
      const union = parts.includes(null) ? null : Object.assign({}, ...parts);
      expect(given(change), key).toEqual(union);
    }
  },

  "merging again finds nothing to do": async (calls, { strategy }) => {
    if ("refused" in (await calls.merge("x", "main", asked(strategy)))) return;
    const head = await headOf(calls, "main");
    for (const again of [null, "ours", "theirs"] as const)
      expect(await calls.merge("x", "main", asked(again))).toMatchObject({
        outcome: "already_up_to_date",
        commit: null,
        resolved: [],
      });
    expect(await headOf(calls, "main")).toBe(head);
  },

  "merges in both directions give equal graphs where there is no conflict": async (calls) => {
    await calls.create("y", "main");
    await calls.create("z", "x");
    const there = await calls.merge("x", "y", asked());
    const back = await calls.merge("main", "z", asked());
    expect("refused" in there).toBe("refused" in back);
    if ("refused" in there) return;
    expect(await calls.entities({ branch: "y" })).toEqual(await calls.entities({ branch: "z" }));
  },

  "conflicts about entities are the same in both directions, with the sides changed": async (calls) => {
    const own = (conflicts: readonly Conflict[]): readonly Conflict[] =>
      conflicts.filter(({ kind }) => ENTITY_CONFLICTS.has(kind));
    const there = own(await conflictsOf(calls, "x", "main"));
    const back = own(await conflictsOf(calls, "main", "x"));
    expect(there.map((each) => ({ ...each, ours: each.theirs, theirs: each.ours }))).toEqual(back);
  },

  "a strategy is the other one in the other direction, where nothing cascades": async (
    calls,
    { strategy },
  ) => {
    const other = inverse(strategy);
    const all = [
      await conflictsOf(calls, "x", "main"),
      await conflictsOf(calls, "main", "x"),
      await conflictsOf(calls, "x", "main", strategy),
      await conflictsOf(calls, "main", "x", other),
    ].flat();
    if (all.some(cascades)) return;
    await calls.create("y", "main");
    await calls.create("z", "x");
    expect(await calls.merge("x", "y", asked(strategy))).not.toHaveProperty("refused");
    expect(await calls.merge("main", "z", asked(other))).not.toHaveProperty("refused");
    expect(await calls.entities({ branch: "y" })).toEqual(await calls.entities({ branch: "z" }));
  },

  "reverting the newest commit restores the former graph": async (calls, { strategy }) => {
    await calls.merge("x", "main", asked(strategy));
    const [newest] = await calls.commits("main");
    const { id, parents } = present(newest, "a newest commit");
    const reverted = await calls.revert("main", id, null);
    if ("refused" in reverted) throw new Error(`the revert met ${JSON.stringify(reverted.conflicts)}`);
    const former = await calls.entities({ at: present(parents[0], "a first parent") });
    expect(await calls.entities({ branch: "main" })).toEqual(former);
    expect(reverted.commit === null).toBe((await calls.changes(id)).length === 0);
  },

  "the feed from the beginning, replayed, gives the head of every branch": async (
    calls,
    { later, strategy },
  ) => {
    await calls.create("y", "main");
    await calls.merge("x", "main", asked(strategy));
    for (const write of later) await calls.edit("y", write);
    await calls.merge("y", "x", asked(strategy));
    await calls.merge("main", "y", asked(strategy));
    for (const { name } of await calls.branches()) {
      const there = new Map<string, string>();
      for (const { changes } of await calls.feed(name))
        for (const change of changes) {
          expect(there.get(keyOf(change)) ?? null).toEqual(textOf(change.before));
          const after = textOf(change.after);
          if (after === null) there.delete(keyOf(change));
          else there.set(keyOf(change), after);
        }
      const head = [...(await changesOf(calls, await genesisOf(calls), name)).values()];
      expect(Array.from(there, ([key, text]) => `${key} ${text}`).toSorted()).toEqual(
        head.map((change) => `${keyOf(change)} ${textOf(change.after)}`).toSorted(),
      );
      expect(there.size).toBe((await calls.entities({ branch: name })).length);
    }
  },

  "a merge back keeps what was decided, also after the source has moved on": async (
    calls,
    { strategy, later },
  ) => {
    const merged = await headOf(calls, "x");
    if ("refused" in (await calls.merge("x", "main", asked(strategy)))) return;
    await calls.create("unmoved", merged);
    expect(await calls.merge("main", "unmoved", asked())).not.toHaveProperty("refused");
    expect(await calls.entities({ branch: "unmoved" })).toEqual(await calls.entities({ branch: "main" }));
    for (const write of later) await calls.edit("x", write);
    const moved = await changesOf(calls, merged, "x");
    for (const { kind, entityKind, type, id } of await conflictsOf(calls, "main", "x"))
      if (ENTITY_CONFLICTS.has(kind))
        expect([...moved.keys()]).toContain(keyOf({ kind: entityKind, type, id: id ?? "" }));
    if ("refused" in (await calls.merge("main", "x", asked()))) return;
    const apart = await changesOf(calls, "main", "x");
    for (const key of apart.keys()) expect([...moved.keys()]).toContain(key);
  },

  "the history of an entity has the commits of the first parents' chain that changed it": async (
    calls,
    { strategy, later },
  ) => {
    await calls.merge("x", "main", asked(strategy));
    for (const write of later) await calls.edit("main", write);
    const chain = (await calls.commits("main")).filter(({ parents }) => parents.length > 0);
    const told: [commit: string, change: Change][] = [];
    for (const { id } of chain) for (const change of await calls.changes(id)) told.push([id, change]);
    for (const key of new Set(told.map(([, change]) => keyOf(change)))) {
      const own = told.filter(([, change]) => keyOf(change) === key);
      const { kind, type, id } = present(own[0], "a change")[1];
      const history = await calls.history({ kind, type, id }, "main");
      expect(history).toEqual(own.map(([commit, change]) => ({ commit, changes: [change] })));
    }
  },
};

/** Whether deciding a conflict may change other entities. */
function cascades({ kind, entityKind, ours, theirs }: Conflict): boolean {
  return !ENTITY_CONFLICTS.has(kind) || (entityKind === "node" && (ours === null || theirs === null));
}

function textOf(image: EntityImage | null): string | null {
  if (image === null) return null;
  return Object.entries(membersOf(image))
    .map(([name, text]) => `${name}: ${text}`)
    .toSorted()
    .join(", ");
}

async function genesisOf(calls: HistoryCalls): Promise<string> {
  return present((await calls.commits("main")).at(-1), "a first commit").id;
}
