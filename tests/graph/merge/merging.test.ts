import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testFolder } from "../../support/running/folders.ts";
import {
  draftGraph,
  type Editor,
  linesOf,
  personOf,
  refusal,
  shortly,
} from "../../support/graphs/merge-fixture.ts";
import { s3Bucket } from "../../support/stores/s3-environment.ts";

const folder = testFolder("merging");
const bucket = s3Bucket();
let numbered = 0;

const BACKENDS: readonly (readonly [string, () => string, number | undefined])[] = [
  ["a local folder", () => join(folder, `graph${numbered++}.omni`), undefined],
  ["a local folder, staged", () => join(folder, `graph${numbered++}.omni`), 1],
  ["memory", () => `memory://merging-${numbered++}`, undefined],
  ["memory, staged", () => `memory://merging-${numbered++}`, 1],
  ["S3", () => `s3://${bucket()}/merging-${numbered++}`, undefined],
  ["S3, staged", () => `s3://${bucket()}/merging-${numbered++}`, 1],
];

describe.each(BACKENDS)("merging in %s", (_, uriOf, inlineRows) => {
  let uri: string;
  let graph: Omnigraph;
  let main: Editor;
  let draft: Editor;

  beforeEach(async () => {
    uri = uriOf();
    const options = inlineRows === undefined ? {} : { inlineRows };
    ({ graph, main, draft } = await draftGraph(uri, { actor: "ann", ...options }));
  });
  afterEach(() => graph.close());

  it("a merge of a branch that alone has new commits is a fast-forward, shares its state, and is seen by everyone", async () => {
    expect(await graph.branches.merge("draft")).toMatchObject({
      outcome: "already_up_to_date",
      commit: null,
      branchDeleted: null,
    });
    await draft.set("ann", { name: "Anna" });
    await draft.drop("bob");
    await using other = await Omnigraph.open(uri);
    await linesOf(other);
    const answer = await graph.branches.merge("draft", { actor: "eve", message: "reviewed" });
    const [head, ...rest] = await graph.commits.list();
    const [tip] = await graph.commits.list({ branch: "draft" });
    expect(answer).toMatchObject({ source: "draft", target: "main", outcome: "fast_forward", actor: "eve" });
    expect(head).toMatchObject({
      kind: "merge",
      actor: "eve",
      message: "reviewed",
      mergedParent: tip?.id,
      parent: rest[0]?.id,
    });
    const expected = await linesOf(graph, { branch: "draft" });
    expect(await linesOf(graph)).toEqual(expected);
    expect(await linesOf(other)).toEqual(expected);
    await using cold = await Omnigraph.open(uri, { readOnly: true });
    expect(await linesOf(cold)).toEqual(expected);
    const { changes } = await graph.commits.changes(head?.id ?? "");
    expect(changes.map(({ op, type, id }) => `${op} ${type.name} ${id}`)).toEqual([
      "update Person ann",
      "delete Person bob",
      "delete Reports r1",
    ]);
    expect((await graph.branches.merge("draft")).outcome).toBe("already_up_to_date");
    expect((await graph.branches.merge("main", { into: "draft" })).outcome).toBe("fast_forward");
    await main.set("cyd", { name: "Cyd" });
    expect(await personOf(graph, "cyd")).toMatchObject({ name: "Cyd" });
  });

  it("a merge combines the changes of both sides, also within one entity", async () => {
    await draft.set("ann", { name: "Anna" });
    await draft.report("r2", "cyd", "ann");
    await draft.add("eve", { email: "eve@x" });
    await main.set("ann", { title: "Boss" });
    await main.set("bob", { level: 3 });
    await main.add("fay", { email: "fay@x" });
    await using other = await Omnigraph.open(uri);
    await linesOf(other);
    expect(await graph.branches.merge("draft")).toMatchObject({ outcome: "merged", resolved: [] });
    expect(await personOf(graph, "ann")).toMatchObject({ name: "Anna", title: "Boss" });
    expect(await personOf(graph, "bob")).toMatchObject({ level: 3 });
    const lines = await linesOf(graph);
    expect(lines.filter((line) => /"eve"|"fay"|"r2"/.test(line))).toHaveLength(3);
    expect(await linesOf(other)).toEqual(lines);
    await using cold = await Omnigraph.open(uri);
    expect(await linesOf(cold)).toEqual(lines);
    expect((await graph.branches.merge("main", { into: "draft" })).outcome).toBe("fast_forward");
    expect(await linesOf(graph, { branch: "draft" })).toEqual(lines);
  });

  it("a merge lists every conflict at once with its images, and writes nothing", async () => {
    await draft.set("ann", { name: "A1", level: 5 });
    await main.set("ann", { name: "A2", level: 5, title: "X" });
    await draft.drop("bob");
    await main.set("bob", { title: "Y" });
    await draft.add("eve", { title: "one" });
    await main.add("eve", { title: "two" });
    await draft.report("r9", "ann", "dee");
    await main.drop("dee");
    await draft.set("cyd", { email: "same@x" });
    await main.add("fay", { email: "same@x" });
    await draft.join("m2", "ann", "edge");
    await main.join("m3", "ann", "ops");
    const before = await linesOf(graph);
    const commits = await graph.commits.list();
    const { conflicts, outcome } = await graph.branches.previewMerge("draft");
    const listed = [
      "divergent_update Person ann (name)",
      "delete_vs_update Person bob",
      "unique_violation Person cyd with Person fay",
      "divergent_insert Person eve (title)",
      "cardinality_violation Member - with Person ann, Member m2, Member m3",
      "orphan_edge Reports r9 with Person dee",
    ];
    expect([outcome, shortly(conflicts).toSorted()]).toEqual(["merged", listed.toSorted()]);
    const refused = await refusal(graph, "draft");
    expect(
      refused.map((one) => `${String(one["kind"])} ${String(one["type_name"])} ${String(one["entity_id"])}`),
    ).toEqual(conflicts.map(({ kind, type, id }) => `${kind} ${type} ${String(id)}`));
    expect(refused[0]).toMatchObject({
      entity_kind: "node",
      properties: ["name"],
      base: { properties: { name: "ann", title: "T", level: 1 } },
      ours: { properties: { name: "A2", title: "X", level: 5 } },
      theirs: { properties: { name: "A1", title: "T", level: 5 } },
    });
    expect([await linesOf(graph), await graph.commits.list()]).toEqual([before, commits]);
  });

  it("a strategy decides conflicts, and a later merge back keeps the decision", async () => {
    await draft.set("ann", { name: "A1" });
    await main.set("ann", { name: "A2" });
    await draft.report("r9", "cyd", "dee");
    await main.drop("dee");
    await draft.set("cyd", { email: "same@x" });
    await main.add("fay", { email: "same@x" });
    const answer = await graph.branches.merge("draft", { strategy: "ours" });
    expect(answer.outcome).toBe("merged");
    expect(shortly(answer.resolved).map((text) => text.split(" ")[0])).toEqual([
      "divergent_update",
      "unique_violation",
      "orphan_edge",
    ]);
    await draft.set("bob", { title: "later" });
    expect((await graph.branches.merge("main", { into: "draft" })).outcome).toBe("merged");
    expect(await personOf(graph, "ann", "draft")).toMatchObject({ name: "A2" });
    expect(await personOf(graph, "cyd", "draft")).toMatchObject({ email: null });
    expect((await linesOf(graph, { branch: "draft" })).filter((line) => line.includes("r9"))).toEqual([]);
    expect((await graph.branches.merge("draft")).outcome).toBe("fast_forward");
    expect(await linesOf(graph)).toEqual(await linesOf(graph, { branch: "draft" }));
  });

  it("a merge deletes the source on request, if nobody wrote to it meanwhile", async () => {
    await draft.set("ann", { name: "Anna" });
    expect(await graph.branches.merge("draft", { deleteBranch: true })).toMatchObject({
      outcome: "fast_forward",
      branchDeleted: true,
      branchDeleteError: null,
    });
    expect((await graph.branches.list()).map(({ name }) => name)).toEqual(["main"]);
    expect(await graph.branches.create("draft")).toMatchObject({ name: "draft" });
    expect(await graph.branches.merge("draft", { deleteBranch: true })).toMatchObject({
      outcome: "already_up_to_date",
      branchDeleted: true,
    });
    await graph.branches.create("other");
    expect(await graph.branches.merge("main", { into: "other", deleteBranch: true })).toMatchObject({
      branchDeleted: false,
      branchDeleteError: expect.stringContaining("main"),
    });
  });

  it("a revert undoes a commit and leaves later changes", async () => {
    await main.set("ann", { name: "Anna" });
    await main.drop("bob");
    const [dropped, renamed] = await graph.commits.list();
    await main.set("ann", { title: "Boss" });
    const answer = await graph.commits.revert(renamed?.id ?? "", { message: "no" });
    expect(answer).toMatchObject({
      reverted: renamed?.id,
      commit: { kind: "revert", mergedParent: null, message: "no" },
    });
    expect(await personOf(graph, "ann")).toMatchObject({ name: "ann", title: "Boss" });
    expect((await graph.commits.revert(renamed?.id ?? "")).commit).toBeNull();
    await graph.commits.revert(dropped?.id ?? "");
    expect((await linesOf(graph)).filter((line) => /"bob"/.test(line))).toHaveLength(2);
    const [undone] = await graph.commits.list();
    expect(undone?.message).toBe(`revert ${dropped?.id ?? ""}`);
  });

  it("a diff shows what differs between branches and commits", async () => {
    await draft.set("ann", { name: "Anna" });
    await draft.drop("bob");
    await main.add("eve");
    const shown = async (from: string, to: string, options = {}): Promise<string[]> => {
      const diff = await graph.branches.diff(from, to, options);
      const changes: string[] = [];
      for await (const { op, type, id } of diff.changes()) changes.push(`${op} ${type.name} ${id}`);
      return changes;
    };
    expect(await shown("main", "draft")).toEqual([
      "update Person ann",
      "delete Person bob",
      "delete Person eve",
      "delete Reports r1",
    ]);
    expect(await shown("draft", "main")).toEqual([
      "update Person ann",
      "insert Person bob",
      "insert Person eve",
      "insert Reports r1",
    ]);
    expect(await shown("main", "draft", { sinceBase: true })).toEqual([
      "update Person ann",
      "delete Person bob",
      "delete Reports r1",
    ]);
    expect(await shown("main", "draft", { kinds: ["edge"] })).toEqual(["delete Reports r1"]);
    expect(await shown("main", "draft", { ops: ["update"] })).toEqual(["update Person ann"]);
    const [, loaded] = await graph.commits.list();
    expect(await shown(loaded?.id ?? "", "draft")).toEqual(await shown("main", "draft", { sinceBase: true }));
    expect((await graph.branches.diff("main", "draft")).stat).toEqual([
      { kind: "node", type: "Person", inserted: 0, updated: 1, deleted: 2 },
      { kind: "edge", type: "Reports", inserted: 0, updated: 0, deleted: 1 },
    ]);
    expect(await shown("main", "main")).toEqual([]);
  });
});
