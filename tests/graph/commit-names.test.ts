import { join } from "node:path";
import { type CommitSummary, Omnigraph } from "omnigraph";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { s3Bucket } from "../support/stores/s3-environment.ts";

const folder = testFolder("commit-names");
const bucket = s3Bucket();
const NAMES = "query names() { match { $p: Person } return { $p.name as name } order { name } }";

const BACKENDS: readonly (readonly [string, () => string])[] = [
  ["a local folder", () => join(folder, "names.omni")],
  ["memory", () => "memory://commit-names"],
  ["S3", () => `s3://${bucket()}/names.omni`],
];

describe.each(BACKENDS)("a commit of a graph in %s", (_backend, uriOf) => {
  let graph: Omnigraph;
  /** Of main, the oldest first; then one of draft, which began at the second. */
  const commits: CommitSummary[] = [];

  async function add(name: string, branch = "main"): Promise<void> {
    const { commit } = await graph.mutate(`query q() { insert Person { name: "${name}" } }`, {}, { branch });
    if (commit !== null) commits.push(commit);
  }

  beforeAll(async () => {
    graph = await Omnigraph.init(uriOf(), { schema: "node Person { name: String @key }" });
    for (const name of ["a", "b", "c"]) await add(name);
    await graph.branches.create("draft", { from: "main~1" });
    await add("d", "draft");
  });
  afterAll(() => graph.close());

  const idOf = (index: number): string => commits[index]?.id ?? "";

  it("nothing is before the first commit, however it is reached", async () => {
    const first = (await graph.commits.show("main~3")).id;
    for (const [from, count] of [
      ["main", 3],
      [idOf(1), 2],
      [first, 0],
    ] as const) {
      expect((await graph.commits.show(`${from}~${count}`)).id).toBe(first);
      for (const more of [1, 2, 1000])
        await expect(graph.commits.show(`${from}~${count + more}`)).rejects.toMatchObject({
          reason: "commit_not_found",
          message: expect.stringContaining(`has ${count} before it, not ${count + more}`),
        });
    }
  });

  it("a commit is named by its id in any case, by the first digits of it, by a branch, and by its distance from one", async () => {
    const [a, b, c, d] = [idOf(0), idOf(1), idOf(2), idOf(3)];
    for (const [name, id] of [
      [a, a],
      [a.toLowerCase(), a],
      [b.slice(0, 25), b],
      [c.slice(0, 25).toLowerCase(), c],
      ["main", c],
      ["main~", b],
      ["main~2", a],
      ["main~0", c],
      ["draft", d],
      ["draft~1", b],
      ["draft~2", a],
      [`${d}~1`, b],
      [`${d.slice(0, 25)}~2`, a],
    ] as const)
      expect([name, (await graph.commits.show(name)).id]).toEqual([name, id]);
  });

  it("a commit is named the same way wherever one is asked for", async () => {
    const { cause } = await graph.commits.changes("main~1");
    expect(cause.commit).toBe(idOf(1));
    expect(await graph.branches.diff("main~2", "draft")).toMatchObject({ from: idOf(0), to: idOf(3) });
    const { rows } = await graph.query(NAMES, {}, { at: "draft" });
    expect(rows.map(({ name }) => name)).toEqual(["a", "b", "d"]);
    const { blocks } = await graph.changes.poll({ start: { after: "main~1" } });
    expect(blocks.map((block) => block.cause.commit)).toEqual([idOf(2)]);
    const reverted = await graph.commits.previewRevert("main");
    expect(reverted).toMatchObject({ source: idOf(2), changes: [{ deleted: 1 }] });
    const loaded = await graph.load('{"type":"Person","data":{"name":"e"}}', {
      mode: "merge",
      branch: "loaded",
      from: "main~2",
    });
    expect(loaded.commit.parent).toBe(idOf(0));
    await graph.branches.delete("loaded");
  });

  it("digits with which several commits begin, or none, are refused", async () => {
    await expect(graph.commits.show(idOf(0).slice(0, 6))).rejects.toMatchObject({
      reason: "commit_ambiguous",
      message: expect.stringContaining(idOf(3)),
      details: { candidates: expect.arrayContaining([idOf(0), idOf(3)]) },
    });
    for (const name of [
      idOf(0).slice(0, 5),
      "7ZZZZZZZ",
      "nobody",
      "main~9",
      `${idOf(0).slice(0, 25)}~9`,
      "a b",
      "",
    ])
      await expect(graph.commits.show(name), name).rejects.toMatchObject({ reason: "commit_not_found" });
    for (const from of ["nobody", "7ZZZZZZZ", "nobody~1"])
      await expect(graph.branches.create("x", { from }), from).rejects.toMatchObject({
        reason: "branch_not_found",
      });
  });

  it("a branch cannot be named like a commit id, in any case", async () => {
    for (const name of [idOf(0), idOf(0).toLowerCase(), "01KDA0EXAMP0E0000000000000"]) {
      const refusal = {
        reason: "branch_name_invalid",
        message: expect.stringContaining("form of a commit id"),
      };
      await expect(graph.branches.create(name)).rejects.toMatchObject(refusal);
      await expect(
        graph.load('{"type":"Person","data":{"name":"e"}}', { mode: "merge", branch: name, from: "main" }),
      ).rejects.toMatchObject(refusal);
    }
    await graph.branches.create(idOf(0).slice(0, 12));
    expect((await graph.commits.show(idOf(0).slice(0, 12))).id).toBe(idOf(2));
    await graph.branches.delete(idOf(0).slice(0, 12));
  });
});
