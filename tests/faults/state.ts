import { isError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import type { GraphParts } from "omnigraph";
import { Omnigraph } from "omnigraph";
import { rowsOf } from "../support/graphs/recorded-graph.mjs";
import { ONWARDS, OPEN, OTHERS, type Writer } from "./writer.ts";

/** A branch, but for what others and later writes put there: its rows and the kinds of its commits, or why it cannot be read. */
type BranchState =
  | { readonly rows: readonly string[]; readonly kinds: readonly string[] }
  | { readonly problem: string };

/** What a graph holds. */
interface GraphState {
  readonly branches: Readonly<Record<string, BranchState>>;
  /** What else tells that its writer is done. */
  readonly more: unknown;
}

/** What is at an address; null where there is no graph. */
export type State = GraphState | null;

/** Uses a graph by a fresh handle. Null where there is none. */
export async function withGraph<T>(
  parts: GraphParts,
  use: (graph: Omnigraph) => Promise<T>,
): Promise<T | null> {
  try {
    await using graph = await Omnigraph.openWith(parts, OPEN);
    return await use(graph);
  } catch (thrown) {
    await parts.objects.close();
    if (isError(thrown, "graph_not_found")) return null;
    throw thrown;
  }
}

const IS_OF_OTHERS = /"slug":"(?:others|onwards[^"]*)"/;

/** What of a graph a writer is answerable for. */
export async function stateOf(
  graph: Omnigraph,
  objects: ObjectStore,
  { counts, look }: Writer,
): Promise<GraphState> {
  const branches: Record<string, BranchState> = {};
  for (const { name, problem } of await graph.branches.list())
    branches[name] =
      problem === undefined
        ? await branchState(graph, name, counts).catch(problemOf)
        : { problem: problem.reason };
  return { branches, more: (await look?.(graph, objects)) ?? null };
}

async function branchState(graph: Omnigraph, name: string, counts: Writer["counts"]): Promise<BranchState> {
  const commits = await graph.commits.list({ branch: name });
  const rows = await rowsOf(graph, { branch: name });
  return {
    rows: rows.filter((line: string) => !IS_OF_OTHERS.test(line)),
    kinds: commits
      .filter(({ message }) => message !== OTHERS && message !== ONWARDS)
      .map(({ kind }) => kind)
      .filter((kind) => kind === counts || (kind !== "recovery" && kind !== "maintenance"))
      .toReversed(),
  };
}

function problemOf(thrown: unknown): BranchState {
  if (isError(thrown, "log_torn")) return { problem: thrown.reason };
  throw thrown;
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
