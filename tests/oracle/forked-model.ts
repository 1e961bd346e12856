import { expect } from "vitest";
import type { EntityRef } from "omnigraph";
import {
  type Conflict,
  type Merged,
  type Refusal,
  sortedConflicts,
  type Strategy,
} from "../support/models/history-calls.ts";
import { countedIds, HistoryModel } from "./history-model.ts";
import { HISTORY_BASE } from "./random-history.ts";

/** The base of every history on `main`, and the branch `x` that was made of it. */
export async function forked(): Promise<HistoryModel> {
  const model = new HistoryModel(countedIds());
  await model.edit("main", HISTORY_BASE);
  await model.create("x", "main");
  return model;
}

export async function load(model: HistoryModel, branch: string, ...lines: readonly object[]): Promise<void> {
  const text = lines.map((line) => JSON.stringify(line)).join("\n");
  expect(await model.edit(branch, { kind: "load", mode: "merge", text })).toHaveProperty("commit.id");
}

export async function mutate(model: HistoryModel, branch: string, statement: string): Promise<void> {
  const source = `query q() { ${statement} }`;
  expect(await model.edit(branch, { kind: "mutate", source })).toHaveProperty("commit.id");
}

export const knows = (id: string, from: string, to: string, since?: number): object => ({
  edge: "Knows",
  from,
  to,
  data: { id, since },
});

/** Merges `x` into `main` unless told. */
export function merge(
  model: HistoryModel,
  strategy: Strategy | null = null,
  source = "x",
  target = "main",
): Promise<Merged | Refusal> {
  return model.merge(source, target, { strategy, deleteBranch: false });
}

export async function conflictsOf(
  model: HistoryModel,
  source = "x",
  target = "main",
): Promise<readonly Conflict[]> {
  const refusal = await merge(model, null, source, target);
  expect(refusal).toHaveProperty("refused", "merge_conflict");
  return "refused" in refusal ? refusal.conflicts : [];
}

/** `kind entity properties; others` of each conflict. */
export function brief(conflicts: readonly Conflict[]): readonly string[] {
  const name = ({ type, id }: Pick<EntityRef, "type"> & { readonly id: string | null }): string =>
    `${type} ${id ?? "-"}`;
  return sortedConflicts(conflicts)
    .map(
      (each) => `${each.kind} ${name(each)} [${each.properties.join(" ")}] ${each.with.map(name).join(", ")}`,
    )
    .map((text) => text.trimEnd())
    .toSorted();
}

/** A property of an entity at the head of a branch; undefined where the entity is not there. */
export function valueOf(model: HistoryModel, branch: string, key: string, property: string): unknown {
  return model.stateAt({ branch }).get(key)?.image.properties[property];
}

export function idsAt(model: HistoryModel, branch: string, type: string): readonly string[] {
  return [...model.stateAt({ branch }).values()]
    .filter((entity) => entity.type === type)
    .map(({ id }) => id)
    .toSorted();
}
