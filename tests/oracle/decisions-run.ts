import { isError, type OmnigraphError, present } from "@omnigraph/base";
import { expect } from "vitest";
import {
  type EntityImage,
  type EntityRef,
  type EntityResolution,
  type MergeAnswer,
  type MergeConflict,
  type MergePreview,
  type MergeSide,
  Omnigraph,
} from "omnigraph";
import { strategyOf } from "../support/graphs/graph-calls.ts";
import { FeedModel, headEntities, textIn } from "../support/models/feed-model.ts";
import { checkDecided, checkUndisputed, checkValid, entitiesOf, type Landed } from "./decisions-checks.ts";
import { changesBetween, countsOf, entityOf, keyOf, linesOf, stateOf, type State } from "./history-state.ts";
import type { Cell, Choice, DecisionCase } from "./random-decisions.ts";
import { HISTORY_BASE, HISTORY_SCHEMA } from "./random-history.ts";
import type { Write } from "./random-writes.ts";

/** Rounds of decisions after which a merge is given up. */
const ROUNDS = 12;

/** What a property may be decided to be: some fit, some do not. */
const VALUES: readonly unknown[] = [null, "a", "c", 4, 10, "glad", "angry", 1.5, {}, [], true, 7];

/** What cases came to, by name. */
export type Tally = Map<string, number>;

/** Makes two branches meet, and decides their conflicts until the merge lands or nothing more can be said. */
export async function runDecisions(given: DecisionCase, tally: Tally = new Map()): Promise<void> {
  const { isStarved, isStaged } = given.handle;
  const graph = await Omnigraph.init(`memory://decisions-${graphs++}`, {
    schema: HISTORY_SCHEMA,
    ...(isStarved ? { memory: 1 } : {}),
    ...(isStaged ? { inlineRows: 1 } : {}),
  });
  try {
    await prepare(graph, given);
    await new Deciding(graph, given, tally).run();
  } finally {
    await graph.close();
  }
}

let graphs = 0;

async function prepare(graph: Omnigraph, { shared, main, x, crossed }: DecisionCase): Promise<void> {
  for (const write of [HISTORY_BASE, ...shared]) await edit(graph, "main", write);
  await graph.branches.create("x", { from: "main" });
  for (const write of main) await edit(graph, "main", write);
  for (const write of x) await edit(graph, "x", write);
  if (crossed === null) return;
  const decided = strategyOf(crossed.strategy);
  await graph.branches.create("former", { from: "main" });
  await refusedOr("merge_conflict", graph.branches.merge("x", { into: "main", ...decided }));
  await refusedOr("merge_conflict", graph.branches.merge("former", { into: "x", ...decided }));
  await edit(graph, "main", crossed.main);
  await edit(graph, "x", crossed.x);
}

/** A write that the graph may refuse. */
async function edit(graph: Omnigraph, branch: string, write: Write): Promise<void> {
  try {
    await (write.kind === "load"
      ? graph.load(write.text, { mode: write.mode, branch })
      : graph.mutate(write.source, {}, { branch }));
  } catch (error) {
    if (!isError(error)) throw error;
  }
}

/** What a call answers, or its refusal for one of these reasons; any other error is one of the test. */
async function refusedOr<T>(reason: string, call: Promise<T>): Promise<T | OmnigraphError> {
  try {
    return await call;
  } catch (error) {
    if (isError(error) && reason.split(" ").includes(error.reason)) return error;
    throw error;
  }
}

async function stateAt(
  graph: Omnigraph,
  place: { readonly branch: string } | { readonly at: string },
): Promise<State> {
  const lines = (await textIn(graph.export(place))).split("\n").filter((line) => line !== "");
  return stateOf(
    lines.map((line) => {
      const { type, edge, from, to, data } = JSON.parse(line);
      const { id, ...properties } = data;
      const ref = { kind: edge === undefined ? "node" : "edge", type: type ?? edge, id } as const;
      return entityOf(ref, { properties, endpoints: edge === undefined ? null : { from, to } });
    }),
  );
}

/** One merge of `x` into `main`, decided round by round. */
class Deciding {
  readonly #graph: Omnigraph;
  readonly #given: DecisionCase;
  readonly #tally: Tally;
  readonly #decisions = new Map<string, EntityResolution>();
  /** Entities of which nothing more is said, and those whose properties are not decided one by one. */
  readonly #banned = new Set<string>();
  readonly #whole = new Set<string>();
  readonly #told: MergeConflict[] = [];
  #used = 0;

  constructor(graph: Omnigraph, given: DecisionCase, tally: Tally) {
    this.#graph = graph;
    this.#given = given;
    this.#tally = tally;
  }

  async run(): Promise<void> {
    const [ours, theirs] = [
      await stateAt(this.#graph, { branch: "main" }),
      await stateAt(this.#graph, { branch: "x" }),
    ];
    const first = await this.#graph.branches.previewMerge("x");
    this.#told.push(...first.conflicts);
    // What a side has is valid, so a side for all that is in conflict always comes to an end.
    for (const strategy of ["ours", "theirs"] as const)
      expect((await this.#graph.branches.previewMerge("x", { strategy })).conflicts).toEqual([]);
    this.#decide(first.conflicts);
    for (let round = 0; round < ROUNDS; round++) {
      const attempt = await this.#attempt(ours);
      if (attempt === "again") continue;
      if (Array.isArray(attempt)) {
        if (!this.#decide(attempt)) return this.#count("stuck");
        continue;
      }
      return this.#landed(attempt as MergeAnswer, ours, theirs, first.bases);
    }
    this.#count("given up");
  }

  /** The merge by the decisions so far: the answer, the conflicts that are left, or that a decision was of no use. */
  async #attempt(ours: State): Promise<MergeAnswer | MergeConflict[] | "again"> {
    const { branches } = this.#graph;
    const { strategy } = this.#given;
    const entities = [...this.#decisions.values()];
    const options = { resolutions: { ...strategyOf(strategy), entities } };
    const refusals = "merge_conflict resolutions_invalid";
    const preview = await refusedOr("resolutions_invalid", branches.previewMerge("x", options));
    const before = await this.#head("main");
    const merged = await refusedOr(refusals, branches.merge("x", options));
    if (isError(merged)) {
      expect(await this.#head("main")).toBe(before);
      expect(await headEntities(this.#graph)).toEqual(linesOf(ours));
    }
    if (isError(preview)) {
      expect(merged).toMatchObject({ reason: preview.reason, message: preview.message });
      this.#withdraw(preview);
      return "again";
    }
    this.#told.push(...preview.conflicts, ...preview.resolved);
    checkApart(preview);
    if (isError(merged)) {
      expect(merged.details["merge_conflicts"]).toHaveLength(preview.conflicts.length);
      expect(merged.details["unused_resolutions"] ?? []).toHaveLength(preview.unused.length);
      if (preview.unused.length > 0) this.#count("decision that waits");
      expect(preview.conflicts).not.toHaveLength(0);
      return [...preview.conflicts];
    }
    await this.#checkForeseen(preview, merged, ours);
    return merged;
  }

  async #checkForeseen(preview: MergePreview, merged: MergeAnswer, ours: State): Promise<void> {
    expect(preview.conflicts).toEqual([]);
    expect(preview.unused).toEqual([]);
    expect(merged.outcome).toBe(preview.outcome);
    expect(merged.resolved).toEqual(preview.resolved);
    const result = await stateAt(this.#graph, { branch: "main" });
    expect(preview.changes).toEqual(countsOf(changesBetween(ours, result)));
  }

  /** Leaves out a decision that was refused. */
  #withdraw(refusal: OmnigraphError): void {
    this.#count("refused decision");
    const { entity_kind: kind, type_name: type, entity_id: id } = refusal.details;
    const key = `${String(kind)} ${String(type)} ${String(id)}`;
    const decision = present(this.#decisions.get(key), `decision on ${key}`);
    if (decision.properties === undefined) this.#banned.add(key);
    this.#whole.add(key);
    this.#decisions.delete(key);
  }

  /** Says something about conflicts, in turn; answers whether anything was said. */
  #decide(conflicts: readonly MergeConflict[]): boolean {
    let any = false;
    for (const conflict of conflicts) {
      const { choices } = this.#given;
      const choice = present(choices[this.#used++ % choices.length], "a choice");
      const entities = entitiesOf(conflict);
      const target =
        choice.kind === "take" || choice.kind === "strategy"
          ? (entities[choice.entity % entities.length] ?? null)
          : entities[0];
      if (target == null || choice.kind === "none") continue;
      if (conflict.kind === "value_constraint_violation") {
        this.#count("value refused");
        this.#decisions.delete(keyOf(target));
        this.#whole.add(keyOf(target));
      }
      any = this.#say(conflict, target, choice) || any;
    }
    return any;
  }

  #say(conflict: MergeConflict, target: EntityRef, choice: Choice): boolean {
    const key = keyOf(target);
    if (this.#decisions.has(key) || this.#banned.has(key)) return false;
    const { kind, type, id } = target;
    const properties =
      choice.kind === "cells" && !this.#whole.has(key) ? cellsOf(conflict, choice.cells) : {};
    const isWhole = Object.keys(properties).length === 0;
    const form = choice.kind === "strategy" ? { strategy: choice.side } : { take: sideIn(choice) };
    this.#decisions.set(key, { kind, type, id, ...(isWhole ? form : { properties }) });
    return true;
  }

  async #landed(answer: MergeAnswer, ours: State, theirs: State, bases: readonly string[]): Promise<void> {
    this.#count(`${answer.outcome}, ${bases.length === 1 ? "one base" : "several bases"}`);
    for (const { take, strategy } of this.#decisions.values())
      this.#count(take !== undefined ? "take" : strategy !== undefined ? "strategy" : "properties");
    const result = await stateAt(this.#graph, { branch: "main" });
    const landed: Landed = {
      bases: await Promise.all(bases.toSorted().map((at) => stateAt(this.#graph, { at }))),
      ours,
      theirs,
      result,
      strategy: this.#given.strategy,
      decisions: [...this.#decisions.values()],
      told: this.#told,
    };
    checkValid(landed);
    if (answer.outcome === "merged") {
      checkDecided(landed);
      checkUndisputed(landed);
    } else expect(linesOf(result)).toEqual(linesOf(answer.outcome === "fast_forward" ? theirs : ours));
    if (answer.commit !== null) await this.#checkChanges(answer.commit.id, ours, result);
    await this.#checkSettled(result);
  }

  async #checkChanges(commit: string, ours: State, result: State): Promise<void> {
    const { changes } = await this.#graph.commits.changes(commit);
    const model = new FeedModel();
    for (const { kind, type, id, image } of ours.values()) {
      const { properties, endpoints } = image;
      const name = kind === "node" ? { type } : { edge: type, ...endpoints };
      model.install(JSON.stringify({ ...name, data: { id, ...properties } }));
    }
    model.apply(changes);
    expect(model.entities).toEqual(linesOf(result));
  }

  /** Merging again does nothing; merging back, also once the source has moved on, asks nothing and gives the same graph. */
  async #checkSettled(result: State): Promise<void> {
    const { branches } = this.#graph;
    expect(await branches.merge("x")).toMatchObject({ outcome: "already_up_to_date", commit: null });
    await branches.create("moved", { from: "x" });
    const far = { type: "Place", data: { id: "far", title: "far" } };
    await this.#graph.load(JSON.stringify(far), { mode: "append", branch: "moved" });
    expect(await branches.merge("main", { into: "moved" })).toMatchObject({ resolved: [] });
    const image: EntityImage = { properties: { title: "far", code: null }, endpoints: null };
    const added = entityOf({ kind: "node", type: "Place", id: "far" }, image);
    expect(await headEntities(this.#graph, "moved")).toEqual(linesOf(stateOf([...result.values(), added])));
    await branches.merge("main", { into: "x" });
    expect(await headEntities(this.#graph, "x")).toEqual(linesOf(result));
  }

  async #head(branch: string): Promise<string> {
    return present(
      (await this.#graph.branches.list()).find(({ name }) => name === branch),
      branch,
    ).head;
  }

  #count(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
  }
}

function sideIn(choice: Choice): MergeSide {
  return choice.kind === "take" ? choice.side : "theirs";
}

/** What is left of the entities that both sides changed is not told as decided as well. */
function checkApart({ conflicts, resolved }: MergePreview): void {
  const diverging: readonly MergeConflict["kind"][] = [
    "divergent_insert",
    "divergent_update",
    "delete_vs_update",
    "value_constraint_violation",
  ];
  const keysIn = (all: readonly MergeConflict[]): readonly string[] =>
    all
      .filter(({ kind }) => diverging.includes(kind))
      .map(({ entityKind, type, id }) => keyOf({ kind: entityKind, type, id: id ?? "" }));
  const left = new Set(keysIn(conflicts));
  expect(keysIn(resolved).filter((key) => left.has(key))).toEqual([]);
}

/** Decisions on the properties that a conflict lists, or else on some that it does not. */
function cellsOf(
  { properties, type }: MergeConflict,
  cells: readonly Cell[],
): NonNullable<EntityResolution["properties"]> {
  const listed = properties.length > 0 ? properties : type === "Person" ? ["email"] : [];
  const names = listed.filter((name) => name !== "to");
  return Object.fromEntries(
    names.flatMap((name, i): [string, MergeSide | { value: unknown }][] => {
      const cell = cells[i % cells.length] ?? null;
      if (cell === null) return [];
      if (typeof cell === "string") return [[name, cell]];
      return [[name, name === "from" ? "theirs" : { value: VALUES[cell.value % VALUES.length] }]];
    }),
  );
}
