import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { jsonIn, ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("past");
const NAMES = "query names() { match { $p: Person } return { $p.name as name } order { name } }";
const COMMITS = 5;
/** Between two commits, so that a time in milliseconds tells them apart. */
const APART_MS = 20;

interface Commit {
  readonly graph_commit_id: string;
  readonly created_at: number;
}

/** Newest first. */
let commits: readonly Commit[] = [];

const json = jsonIn(cwd);

async function names(...past: string[]): Promise<unknown[]> {
  const { rows } = await json("query", "--store", "g.omni", "-e", NAMES, ...past);
  if (!Array.isArray(rows)) throw new Error("no rows");
  return rows.map((row: Record<string, unknown>) => row["name"]);
}

function commitAt(index: number): Commit {
  const commit = commits[index];
  if (commit === undefined) throw new Error(`no commit ${index}`);
  return commit;
}

/** A time right after a commit, before the next. */
function after({ created_at: micros }: Commit): string {
  return new Date(Math.floor(micros / 1000) + APART_MS / 2).toISOString();
}

beforeAll(async () => {
  writeFileSync(join(cwd, "schema.pg"), "node Person { name: String @key }\n");
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
  for (let n = 1; n < COMMITS; n++) {
    await sleep(APART_MS);
    await ok(["mutate", "--store", "g.omni", "-e", `query q() { insert Person { name: "p${n}" } }`], { cwd });
  }
  const listed = await json("commit", "list", "g.omni");
  if (!Array.isArray(listed["commits"])) throw new Error("no commits");
  commits = listed["commits"];
});

describe("the past", () => {
  it("an earlier state is read by a commit or by a time", async () => {
    const commit = commitAt(2);
    for (const past of [
      ["--snapshot", commit.graph_commit_id],
      ["--at", commit.graph_commit_id],
      ["--at", after(commit)],
    ]) {
      expect(await names(...past), past.join(" ")).toEqual(["p1", "p2"]);
      const exported = await ok(["export", "g.omni", ...past], { cwd });
      expect(exported.trimEnd().split("\n"), past.join(" ")).toHaveLength(2);
    }
    expect(await names("--at", "2999-01-01")).toHaveLength(COMMITS - 1);
  });

  it.each([
    ["commit", "changes", "main~2", "g.omni"],
    ["history", "node", "Person", "p2", "g.omni"],
  ])("the time that `%s %s` shows reads the state with that commit", async (...command) => {
    const [, time = ""] = /, (\S+Z)\n/.exec(await ok(command, { cwd })) ?? [];
    expect(await names("--at", time)).toEqual(["p1", "p2"]);
  });

  it("times before the first commit are refused", async () => {
    const ran = await run(["query", "--store", "g.omni", "-e", NAMES, "--at", "1999-12-31", "--json"], {
      cwd,
    });
    expect([ran.status, JSON.parse(ran.err).reason]).toEqual([1, "commit_not_found"]);
  });

  it.each([
    [["--at", "yesterday"], 1, "write a time as 2026-01-31"],
    [["--at", "2026-02-30"], 1, "2026-01-31T12:30:00Z"],
    [["--at", "2026-01-31T25:00:00Z"], 1, "2026-01-31T12:30:00.250000+01:00"],
    [["--at", "2026-01-31T12:00:00.0000000Z"], 1, "six digits of a second at most"],
    [["--at", "2026-01-31", "--snapshot", "01M84CRWS90000000000000010"], 2, "the past is named twice"],
  ] as const)("%j is no commit and no time", async (past, status, message) => {
    for (const command of [
      ["query", "--store", "g.omni", "-e", NAMES],
      ["export", "g.omni"],
    ]) {
      const ran = await run([...command, ...past], { cwd });
      expect([ran.status, ran.out]).toEqual([status, ""]);
      expect(ran.err).toContain(message);
    }
  });
});

describe("commit list", () => {
  it("commit list goes through the history page by page", async () => {
    const seen: string[] = [];
    let next: string[] = [];
    for (;;) {
      const page = await json("commit", "list", "g.omni", "--limit", "2", ...next);
      if (!Array.isArray(page["commits"])) throw new Error("no commits");
      for (const commit of page["commits"]) seen.push(commit.graph_commit_id);
      const token = page["next_page_token"];
      if (typeof token !== "string") break;
      expect(page["commits"]).toHaveLength(2);
      next = ["--page-token", token];
    }
    expect(seen).toEqual(commits.map((commit) => commit.graph_commit_id));
    expect(await json("commit", "list", "g.omni")).not.toHaveProperty("next_page_token");
  });

  it("commit list tells people how to get the next page", async () => {
    const page = await ok(["commit", "list", "g.omni", "--limit", "2"], { cwd });
    const [, token = ""] = /\nmore: --page-token (\S+)\n$/.exec(page) ?? [];
    const rest = await ok(["commit", "list", "g.omni", "--limit", "9", "--page-token", token], { cwd });
    expect(rest).not.toContain("more:");
    expect(rest.trimEnd().split("\n")).toHaveLength(2 + COMMITS - 2);
  });

  it("commit list refuses an invalid token", async () => {
    const ran = await run(["commit", "list", "g.omni", "--page-token", "x", "--json"], { cwd });
    expect([ran.status, JSON.parse(ran.err).reason]).toEqual([1, "cursor_invalid"]);
  });
});
