import { setTimeout as sleep } from "node:timers/promises";
import { type CommitSummary, Omnigraph, type PointInTime } from "omnigraph";
import { formatInstant } from "@omnigraph/language";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCHEMA = "node Person { name: String @key }";
const NAMES = "query names() { match { $p: Person } return { $p.name } order { $p.name } }";

let numbered = 0;
let graph: Omnigraph;

async function add(name: string, branch = "main"): Promise<CommitSummary> {
  const { commit } = await graph.mutate(`query q() { insert Person { name: "${name}" } }`, {}, { branch });
  if (commit === null) throw new Error("nothing was written");
  return commit;
}

async function names(at: PointInTime, branch = "main"): Promise<unknown[]> {
  return (await graph.query(NAMES, {}, { at, branch })).rows.map((row) => row["p.name"]);
}

/** More than two milliseconds, so that no commit is in the one after another's; a timer may be a third of one early. */
const apart = (): Promise<void> => sleep(4);

/** The millisecond after a commit. */
const after = ({ createdAt }: CommitSummary): Date => new Date(Math.ceil(createdAt / 1000));

beforeEach(async () => {
  graph = await Omnigraph.init(`memory://time-${numbered++}`, { schema: SCHEMA });
});
afterEach(() => graph.close());

describe("reading at a time", () => {
  it("a read at a time sees the newest commit of that time, by a date, an ISO text or an id", async () => {
    const commits: CommitSummary[] = [];
    for (let i = 0; i < 40; i++) {
      commits.push(await add(`p${String(i).padStart(2, "0")}`));
      await apart();
    }
    for (const [i, commit] of commits.entries()) {
      const expected = commits.slice(0, i + 1).map((_, k) => `p${String(k).padStart(2, "0")}`);
      expect(await names(after(commit))).toEqual(expected);
      expect(await names(after(commit).toISOString())).toEqual(expected);
      expect(await names(commit.id)).toEqual(expected);
    }
    expect(await names(new Date())).toHaveLength(40);
    expect(await names("2999-01-01")).toHaveLength(40);
    const answer = await graph.query(NAMES, {}, { at: after(commits[3]!) });
    expect([answer.snapshot, answer.commit]).toEqual([commits[3]?.id, commits[3]?.id]);
  });

  it("reading at a time is exact to the microsecond: the time of a commit shows it, the microsecond before does not", async () => {
    const many = await Promise.all(Array.from({ length: 60 }, (_, i) => add(`p${i}`)));
    const sorted = many.toSorted((a, b) => a.createdAt - b.createdAt);
    for (const [i, { id, createdAt }] of sorted.entries()) {
      const at = await graph.query(NAMES, {}, { at: formatInstant(createdAt) });
      expect([at.commit, at.rows.length]).toEqual([id, i + 1]);
      const before = await graph.query(NAMES, {}, { at: formatInstant(createdAt - 1) });
      expect(before.rows).toHaveLength(i);
    }
  });

  it("a JavaScript Date means the whole of its millisecond", async () => {
    const { id, createdAt } = await add("a");
    const answer = await graph.query(NAMES, {}, { at: new Date(Math.floor(createdAt / 1000)) });
    expect(answer.commit).toBe(id);
  });

  it("reading at a time follows a branch across its fork point", async () => {
    const first = await add("a");
    await apart();
    const second = await add("b");
    await graph.branches.create("draft", { from: first.id });
    await apart();
    const third = await add("c", "draft");
    await apart();
    const fourth = await add("d");
    expect(await names(after(second), "draft")).toEqual(["a"]);
    expect(await names(after(third), "draft")).toEqual(["a", "c"]);
    expect(await names(after(third))).toEqual(["a", "b"]);
    await apart();
    await graph.branches.merge("draft");
    expect(await names(after(fourth))).toEqual(["a", "b", "d"]);
    expect(await names(new Date())).toEqual(["a", "b", "c", "d"]);
  });

  it("each commit of one put is read at its own time, and few of many commits are read", async () => {
    const many = await Promise.all(Array.from({ length: 100 }, (_, i) => add(`p${i}`)));
    const sorted = many.toSorted((a, b) => a.createdAt - b.createdAt);
    const last = sorted.at(-1)!;
    expect(await names(after(last))).toHaveLength(100);
  });

  it("a time before the graph, or an invalid one, is refused", async () => {
    for (const at of ["1999-12-31", new Date(0)])
      await expect(names(at)).rejects.toMatchObject({
        reason: "commit_not_found",
        message: expect.stringContaining("no graph yet"),
      });
    for (const at of ["yesterday", "2026-02-30", "2026-02-01T00:00:00.0000001Z", new Date(Number.NaN), ""])
      await expect(names(at)).rejects.toMatchObject({
        reason: "commit_not_found",
        message: expect.stringContaining("neither a commit, nor a branch, nor a time"),
      });
  });
});

describe("pages of commits", () => {
  it("pages of commits go through the whole chain, newest first, whatever is written meanwhile", async () => {
    for (const name of ["a", "b", "c"]) await add(name);
    await graph.branches.create("draft");
    for (const name of ["d", "e", "f"]) await add(name, "draft");
    const all = await graph.commits.list({ branch: "draft" });
    const found: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await graph.commits.page({
        branch: "draft",
        limit: 2,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      found.push(...page.commits.map(({ id }) => id));
      pageToken = page.nextPageToken ?? undefined;
      await add(`later${found.length}`, "draft");
    } while (pageToken !== undefined);
    expect(found).toEqual(all.map(({ id }) => id));
    expect((await graph.commits.page()).nextPageToken).toBeNull();
    await expect(graph.commits.page({ limit: 0 })).rejects.toMatchObject({ reason: "usage" });
    await expect(graph.commits.page({ limit: 10_001 })).rejects.toMatchObject({
      reason: "page_too_large",
      details: { resource_limit: { resource: "commits of a page", limit: 10_000, actual: 10_001 } },
    });
    await expect(graph.commits.page({ pageToken: "nope" })).rejects.toMatchObject({
      reason: "cursor_invalid",
    });
  });
});
