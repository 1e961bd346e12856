import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommitSummary, Omnigraph } from "omnigraph";
import { expect, it } from "vitest";
import { testFolder } from "../../support/running/folders.ts";
import { textIn } from "../../support/models/feed-model.ts";

const GOLDEN = fileURLToPath(new URL("../../golden/merges-v1/", import.meta.url));

interface Expected {
  readonly merged: string;
  readonly branches: Readonly<Record<string, readonly string[]>>;
  readonly commits: Readonly<Record<string, readonly CommitSummary[]>>;
}

const EXPECTED: Expected = JSON.parse(readFileSync(join(GOLDEN, "expected.json"), "utf8"));

async function linesOf(graph: Omnigraph, branch: string): Promise<string[]> {
  return (await textIn(graph.export({ branch }))).split("\n").filter(Boolean);
}

it("a graph of the first format with merges answers as it did, and goes on", async () => {
  const uri = join(testFolder("golden-merges"), "graph.omni");
  cpSync(join(GOLDEN, "graph.omni"), uri, { recursive: true });
  await using graph = await Omnigraph.open(uri);
  expect((await graph.branches.list()).map(({ name }) => name)).toEqual(Object.keys(EXPECTED.branches));
  for (const [name, lines] of Object.entries(EXPECTED.branches)) {
    expect(await linesOf(graph, name)).toEqual(lines);
    expect(await graph.commits.list({ branch: name })).toEqual(EXPECTED.commits[name]);
  }
  const kinds = EXPECTED.commits["main"]?.map(({ kind, mergedParent }) => [kind, mergedParent !== null]);
  expect(kinds?.filter(([, isMerge]) => isMerge)).toHaveLength(2);
  const { changes } = await graph.commits.changes(EXPECTED.merged);
  expect(changes).toEqual([]);
  // What the merge kept as ours stays so, although its rows do not say it.
  const answer = await graph.branches.merge("review/one");
  expect(answer).toMatchObject({ outcome: "merged", resolved: [] });
  const merged = (await linesOf(graph, "main")).join("\n");
  expect(merged).toMatch(/"age":4,.*"name":"Ann"/);
  expect(merged).toMatch(/"age":5,.*"name":"Cyd"/);
  expect(merged).not.toContain("Dee");
});
