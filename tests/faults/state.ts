import type { Environment } from "@omnigraph/base";
import { isError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { type GraphParts, MemoryBudget, Omnigraph } from "omnigraph";
import { rowsOf } from "../support/graphs/recorded-graph.mjs";
import type { OpenedPlace, Place } from "./places.ts";
import { ONWARDS, OTHERS } from "./writers.ts";

const BYTES = 2 ** 26;

/** What a graph holds, but for what others and later writes put there: by branch its rows and the kinds of its commits. Null where there is no graph. */
export type State = Readonly<
  Record<string, { readonly rows: readonly string[]; readonly kinds: readonly string[] }>
> | null;

export function partsOf(
  { tablesOver }: OpenedPlace,
  objects: ObjectStore,
  environment: Environment,
): GraphParts {
  return { objects, tables: tablesOver(objects), environment, budget: new MemoryBudget(BYTES) };
}

/** Uses a graph by a fresh handle. Null where there is none. */
export async function withGraph<T>(
  place: Place,
  environment: Environment,
  use: (graph: Omnigraph) => Promise<T>,
): Promise<T | null> {
  const opened = await place.open(environment);
  const parts = partsOf(opened, opened.objects, environment);
  try {
    await using graph = await Omnigraph.openWith(parts, { inlineRows: 5, maintenance: "off" });
    return await use(graph);
  } catch (thrown) {
    await opened.objects.close();
    if (isError(thrown, "graph_not_found")) return null;
    throw thrown;
  }
}

const IS_OF_OTHERS = /"slug":"(?:others|onwards\d*)"/;

/** `folds`: whether commits of maintenance count. */
export async function stateOf(graph: Omnigraph, folds: boolean): Promise<State> {
  const state: Record<string, { rows: string[]; kinds: string[] }> = {};
  for (const { name, problem } of await graph.branches.list()) {
    if (problem !== undefined) throw new Error(`branch ${name} is damaged: ${problem.message}`);
    const commits = await graph.commits.list({ branch: name });
    const rows = await rowsOf(graph, { branch: name });
    state[name] = {
      rows: rows.filter((line: string) => !IS_OF_OTHERS.test(line)),
      kinds: commits
        .filter(({ message }) => message !== OTHERS && message !== ONWARDS)
        .map(({ kind }) => kind)
        .filter((kind) => kind !== "recovery" && (folds || kind !== "maintenance"))
        .toReversed(),
    };
  }
  return state;
}

/** Folders of tables that neither a layout nor an intent names: nobody would ever find them. */
export async function lostTables(objects: ObjectStore): Promise<readonly string[]> {
  const folders = new Set<string>();
  for (const { key } of await objects.list("tables/")) folders.add(key.split("/")[1] ?? "");
  const named = new Set<string>();
  for (const { key } of await objects.list("__recovery/"))
    named.add(key.slice("__recovery/".length).slice(0, 26));
  for (const { key } of await objects.list("__manifest/layouts/")) {
    const text = Buffer.from((await objects.get(key)) ?? []).toString();
    for (const [, staging = ""] of text.matchAll(/"staging":"([^"]*)"/g)) named.add(staging);
  }
  return [...folders].filter((staging) => !named.has(staging));
}
