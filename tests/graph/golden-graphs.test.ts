import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { testFolder, treeOf } from "../support/running/folders.ts";
import { answersOf, rowsOf, unpackFolder } from "../support/graphs/recorded-graph.mjs";

const GOLDEN = fileURLToPath(new URL("../golden/graphs/", import.meta.url));
const RELEASES = readdirSync(GOLDEN);
const ADDED = "a later build";

interface Answers {
  readonly branches: Readonly<
    Record<string, { readonly rows: unknown; readonly commits: readonly string[] }>
  >;
  readonly commits: Readonly<Record<string, unknown>>;
  readonly diffs: Readonly<Record<string, unknown>>;
}

interface Interrupted extends Answers {
  /** Messages of the writes that stood still. */
  readonly pending: readonly string[];
}

const folder = testFolder("golden-graphs");

/** A copy of a golden graph, and what it answers. */
function golden<Expected extends Answers>(
  release: string,
  name: string,
  copy: string,
): readonly [string, Expected] {
  const uri = join(folder, `${release}-${name}-${copy}.omni`);
  unpackFolder(readFileSync(join(GOLDEN, release, `${name}.graph`)), uri);
  return [uri, JSON.parse(readFileSync(join(GOLDEN, release, `${name}.json`), "utf8"))];
}

/** Later builds may answer more than a graph was recorded with, and must answer all of that. */
function expectAnswers(answers: Answers, { branches, commits, diffs }: Answers): void {
  expect(Object.keys(answers.branches)).toEqual(Object.keys(branches));
  for (const [name, expected] of Object.entries(branches))
    expect(answers.branches[name], `branch ${name}`).toMatchObject(expected);
  for (const [id, expected] of Object.entries(commits))
    expect(answers.commits[id], `commit ${id}`).toMatchObject(expected as object);
  for (const [name, expected] of Object.entries(diffs))
    expect(answers.diffs[name], `difference of ${name}`).toMatchObject(expected as object);
}

const insert = (graph: Omnigraph, branch: string): Promise<unknown> =>
  graph.mutate(`query q() { insert Person { name: "${ADDED}" } }`, {}, { branch });

it("there are golden graphs", () => {
  expect(RELEASES).toContain("0.1.0");
});

describe.each(RELEASES)("graphs that release %s has written", (release) => {
  it("all branches, commits and differences are answered as they were when it was written, and reading changes no file", async () => {
    const [uri, expected] = golden(release, "whole", "read");
    const files = treeOf(uri);
    await using graph = await Omnigraph.open(uri, { readOnly: true });
    expectAnswers(await answersOf(graph), expected);
    expect(treeOf(uri)).toEqual(files);
  });

  it("every branch can be written, optimized, merged and deleted, and the past stays as it was", async () => {
    const [uri, expected] = golden(release, "whole", "write");
    const names = Object.keys(expected.branches);
    {
      await using graph = await Omnigraph.open(uri, { actor: "later" });
      for (const branch of names) {
        const before = await rowsOf(graph, { branch });
        await insert(graph, branch);
        const after = await rowsOf(graph, { branch });
        expect(after.filter((line) => !before.includes(line))).toEqual([expect.stringContaining(ADDED)]);
        expect(after).toHaveLength(before.length + 1);
        await graph.maintenance.optimize({ branch, full: true });
        expect(await rowsOf(graph, { branch })).toEqual(after);
      }
      for (const branch of names.filter((name) => name !== "main")) {
        await graph.branches.merge(branch, { strategy: "theirs", deleteBranch: true });
      }
      await graph.branches.create("gone");
    }
    await using graph = await Omnigraph.open(uri);
    expect((await graph.branches.list()).map(({ name }) => name)).toEqual(["gone", "main"]);
    for (const [id, commit] of Object.entries(expected.commits))
      expect(await graph.commits.show(id)).toMatchObject((commit as { summary: object }).summary);
    expect((await answersOf(graph)).commits).toMatchObject(
      Object.fromEntries((expected.branches["main"]?.commits ?? []).map((id) => [id, expected.commits[id]])),
    );
  });

  it("a graph with unfinished writes is read as it is; once it is written, each of them is there whole or not at all", async () => {
    const [uri, expected] = golden<Interrupted>(release, "interrupted", "");
    {
      await using graph = await Omnigraph.open(uri, { readOnly: true });
      expectAnswers(await answersOf(graph), expected);
    }
    await using graph = await Omnigraph.open(uri);
    await insert(graph, "main");
    const rows = await rowsOf(graph, {});
    const messages = (await graph.commits.list()).map(({ message }) => message);
    const counts = expected.pending.map(
      (_, i) => rows.filter((line) => line.includes(`"name":"s${i}`)).length,
    );
    expect(counts).toEqual(expected.pending.map((message) => (messages.includes(message) ? 3 : 0)));
    expect(rows.filter((line) => !line.includes('"name":"s'))).toHaveLength(4);
  });
});
