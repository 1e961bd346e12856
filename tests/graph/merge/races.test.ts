import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { draftGraph, Editor, linesOf } from "../../support/graphs/merge-fixture.ts";

let numbered = 0;

/** A graph with a branch that has an edit, open twice. */
async function world(inlineRows?: number): Promise<{ uri: string; ours: Omnigraph; theirs: Omnigraph }> {
  const uri = `memory://races-${numbered++}`;
  const options = inlineRows === undefined ? {} : { inlineRows };
  const { graph: ours, draft } = await draftGraph(uri, options);
  await draft.set("ann", { name: "Anna" });
  return { uri, ours, theirs: await Omnigraph.open(uri, options) };
}

describe.each([undefined, 1])("a merge that races others, staged above %s rows", (inlineRows) => {
  it("a fast-forward that loses a race becomes a merge, and neither side is lost", async () => {
    const { ours, theirs } = await world(inlineRows);
    const edits = [1, 2, 3].map((i) => new Editor(theirs, "main").add(`p${i}`));
    const [answer] = await Promise.all([ours.branches.merge("draft"), ...edits]);
    const lines = (await linesOf(ours)).join("\n");
    for (const name of ["Anna", "p1", "p2", "p3"]) expect(lines).toContain(`"${name}"`);
    expect(["fast_forward", "merged"]).toContain(answer.outcome);
    expect(await linesOf(theirs)).toEqual(await linesOf(ours));
    await Promise.all([ours.close(), theirs.close()]);
  });

  it("a merge is checked again where somebody changes the same entity meanwhile", async () => {
    for (let round = 0; round < 10; round++) {
      const { ours, theirs } = await world(inlineRows);
      await new Editor(ours, "main").add("eve");
      const [merged, edited] = await Promise.allSettled([
        ours.branches.merge("draft"),
        new Editor(theirs, "main").set("ann", { name: "Other" }),
      ]);
      const [head] = await ours.commits.list();
      const ann = (await linesOf(ours)).find((line) => line.includes('"ann"') && line.includes('"type"'));
      if (merged.status === "rejected") {
        expect(merged.reason).toMatchObject({ reason: "merge_conflict" });
        expect([edited.status, ann]).toEqual(["fulfilled", expect.stringContaining('"Other"')]);
      } else if (edited.status === "rejected") {
        expect(edited.reason).toMatchObject({ reason: "read_set_conflict" });
        expect(ann).toContain('"Anna"');
      } else {
        // The edit came after the merge and saw it.
        expect([head?.kind === "merge", ann]).toEqual([false, expect.stringContaining('"Other"')]);
      }
      await Promise.all([ours.close(), theirs.close()]);
    }
  });

  it("two merges of the same branch make one commit", async () => {
    const { ours, theirs } = await world(inlineRows);
    await new Editor(ours, "main").add("eve");
    const answers = await Promise.all([ours.branches.merge("draft"), theirs.branches.merge("draft")]);
    expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(["already_up_to_date", "merged"]);
    const kinds = (await ours.commits.list()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "merge")).toHaveLength(1);
    await Promise.all([ours.close(), theirs.close()]);
  });

  it("a merge repeated under its op makes no second commit", async () => {
    const { ours, theirs } = await world(inlineRows);
    const first = await ours.branches.merge("draft", { op: "land-draft" });
    const again = await theirs.branches.merge("draft", { op: "land-draft" });
    expect(again).toMatchObject({ outcome: first.outcome, commit: first.commit });
    await expect(
      theirs.branches.merge("draft", { op: "land-draft", strategy: "ours" }),
    ).rejects.toMatchObject({
      reason: "op_reused",
    });
    const [{ id } = { id: "" }] = await ours.commits.list();
    const reverted = await ours.commits.revert(id, { op: "undo" });
    expect(await theirs.commits.revert(id, { op: "undo" })).toMatchObject({ commit: reverted.commit });
    await Promise.all([ours.close(), theirs.close()]);
  });

  it("a branch that somebody wrote to after it was merged is kept", async () => {
    const { ours, theirs } = await world(inlineRows);
    const [answer] = await Promise.all([
      ours.branches.merge("draft", { deleteBranch: true }),
      new Editor(theirs, "draft").set("bob", { name: "Bobby" }).catch((error: unknown) => error),
    ]);
    const names = (await theirs.branches.list()).map(({ name }) => name);
    const merged = (await linesOf(ours)).join().includes("Bobby");
    if (answer.branchDeleted === true) expect(names).toEqual(["main"]);
    else {
      expect([names, merged]).toEqual([["draft", "main"], false]);
      expect((await linesOf(theirs, { branch: "draft" })).join()).toContain("Bobby");
      expect(answer.branchDeleteError).toContain("draft");
    }
    await Promise.all([ours.close(), theirs.close()]);
  });
});

describe("refusals", () => {
  it("refusals name what is wrong, and leave the graph unchanged", async () => {
    const { ours, theirs } = await world();
    const before = await ours.commits.list();
    await expect(ours.branches.merge("main")).rejects.toMatchObject({ reason: "merge_itself" });
    await expect(ours.branches.merge("nope")).rejects.toMatchObject({ reason: "branch_not_found" });
    await expect(ours.branches.merge("draft", { into: "nope" })).rejects.toMatchObject({
      reason: "branch_not_found",
    });
    await expect(ours.branches.diff("draft", "nope")).rejects.toMatchObject({ reason: "branch_not_found" });
    const [edit] = await ours.commits.list({ branch: "draft" });
    await expect(ours.commits.revert(edit?.id ?? "")).rejects.toMatchObject({ reason: "commit_not_found" });
    const genesis = before.at(-1)?.id ?? "";
    await expect(ours.commits.revert(genesis)).rejects.toMatchObject({ reason: "commit_parentless" });
    await using readOnly = await Omnigraph.open(`memory://races-${numbered - 1}`, { readOnly: true });
    await expect(readOnly.branches.merge("draft")).rejects.toMatchObject({ reason: "read_only" });
    expect((await readOnly.branches.previewMerge("draft")).outcome).toBe("fast_forward");
    expect(await ours.commits.list()).toEqual(before);
    await Promise.all([ours.close(), theirs.close()]);
  });
});
