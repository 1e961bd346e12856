import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatInstant } from "@omnigraph/language";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMIT_ID, jsonIn, ok, run } from "../support/cli/cli.ts";
import { COMPANY_DATA, COMPANY_SCHEMA } from "../support/graphs/company.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("cli-changes");
const id: unknown = expect.stringMatching(COMMIT_ID);
const text: unknown = expect.any(String);
const AT = ["--store", "c.omni"] as const;
const none = { age: null, serial: null, born: null, seen: null, tags: null, active: null };

const json = jsonIn(cwd);
const mutate = async (statement: string, ...more: string[]): Promise<void> => {
  await ok(["mutate", ...AT, "--quiet", ...more, "-e", `query q() { ${statement} }`], { cwd });
};

/** Ids of the commits, the oldest first: genesis, load, insert, update, delete. */
let commits: readonly string[] = [];

beforeAll(async () => {
  writeFileSync(join(cwd, "schema.pg"), COMPANY_SCHEMA);
  writeFileSync(join(cwd, "data.jsonl"), COMPANY_DATA);
  await ok(["init", "--schema", "schema.pg", "c.omni"], { cwd });
  await ok(["load", "--data", "data.jsonl", "--mode", "append", "--quiet", "c.omni"], { cwd });
  await mutate('insert Person { slug: "dee", name: "Dee" }', "--as", "ann", "--message", "Dee joins");
  await mutate('update Person set { name: "Di", age: 4 } where slug = "dee"');
  await mutate('delete Person where slug = "bo"');
  const { commits: listed } = await json("commit", "list", "c.omni");
  commits = (listed as readonly { readonly graph_commit_id: string }[])
    .map((commit) => commit.graph_commit_id)
    .toReversed();
});

describe("commit changes", () => {
  it("commit changes answers the cause and the changes in the shape of the contract", async () => {
    const [, loaded, inserted, updated] = commits;
    const after = { properties: { slug: "dee", name: "Dee", ...none } };
    const entity = { kind: "node", type: { id: text, name: "Person" }, id: "dee" };
    expect(await json("commit", "changes", "--uri", "c.omni", inserted ?? "")).toStrictEqual({
      cause: {
        graph_commit_id: inserted,
        parent_commit_id: loaded,
        authored_branch: "main",
        actor_id: "ann",
        authored_at: expect.any(Number),
      },
      changes: [{ ...entity, op: "insert", after }],
    });
    const { changes } = await json("commit", "changes", ...AT, updated ?? "");
    expect(changes).toStrictEqual([
      {
        ...entity,
        op: "update",
        before: after,
        after: { properties: { slug: "dee", ...none, name: "Di", age: 4 } },
      },
    ]);
  });

  it("changes have edges with their ends, exact integers, and dates as numbers", async () => {
    const out = await ok(["commit", "changes", ...AT, commits[1] ?? "", "--json"], { cwd });
    expect(out).toContain('"serial": 9007199254740993');
    const { changes } = JSON.parse(out);
    expect(changes).toHaveLength(6);
    expect(changes[4]).toStrictEqual({
      kind: "edge",
      type: { id: text, name: "Likes" },
      id,
      op: "insert",
      after: { endpoints: { from: "ada", to: "bo" }, properties: { since: 18321, weight: 0.5 } },
    });
  });

  it("commit changes has pages and filters", async () => {
    const of = [
      "commit",
      "changes",
      ...AT,
      commits[1] ?? "",
      "--kind",
      "node",
      "--type",
      "Person",
      "--type",
      "City",
    ];
    const first = await json(...of, "--limit", "3");
    expect(first).toStrictEqual({
      cause: expect.anything(),
      changes: expect.anything(),
      next_page_token: text,
    });
    const rest = await json(...of, "--limit", "3", "--page-token", String(first["next_page_token"]));
    expect([first["changes"], rest["changes"]].flat()).toEqual((await json(...of))["changes"]);
    expect(rest["next_page_token"]).toBeUndefined();
  });

  it("people get one line for each change", async () => {
    const shown = await ok(["commit", "changes", ...AT, commits[3] ?? ""], { cwd });
    expect(shown.split("\n")[0]).toMatch(/^commit \w{26} on main, \d{4}-\d\d-\d\dT.*Z$/);
    expect(shown.split("\n")[1]).toBe('  ~ Person dee  name: "Dee" -> "Di", age: null -> 4');
    const deleted = await ok(["commit", "changes", ...AT, commits[4] ?? ""], { cwd });
    expect(deleted).toMatch(
      /\n {2}- Person bo\n {2}- Likes \w{26} ada -> bo\n {2}- LivesIn \w{26} bo -> rome\n$/,
    );
  });

  it("people see days and times as text, and JSON has the numbers of the contract", async () => {
    const loaded = commits[1] ?? "";
    for (const args of [
      ["commit", "changes", loaded, "c.omni"],
      ["changes", "poll", "--start", "beginning", "c.omni"],
      ["history", "node", "Person", "ada", "c.omni"],
      ["branch", "diff", commits[0] ?? "", "main", "c.omni"],
    ]) {
      const shown = await ok(args, { cwd });
      expect(shown).toContain('"1815-12-10"');
      expect(shown).toContain('"2026-01-31T08:30:00.000Z"');
      expect(shown).not.toContain("-56270");
      expect(await ok([...args, "--json"], { cwd })).toContain('"born": -56270');
    }
    const { created_at } = (await json("commit", "show", loaded, "c.omni")) as { created_at: number };
    expect(await ok(["commit", "changes", loaded, "c.omni"], { cwd })).toContain(formatInstant(created_at));
  });

  it("changes that cannot be told are refused, with the reason", async () => {
    const failure = async (...args: string[]): Promise<unknown> => {
      const { status, err } = await run([...args, "--json"], { cwd });
      return [status, JSON.parse(err).reason];
    };
    expect(await failure("commit", "changes", ...AT, commits[0] ?? "")).toEqual([1, "commit_parentless"]);
    expect(await failure("commit", "changes", ...AT, commits[1] ?? "", "--page-token", "x")).toEqual([
      1,
      "cursor_invalid",
    ]);
    expect(await failure("commit", "changes", ...AT, commits[1] ?? "", "--kind", "thing")).toEqual([
      2,
      "usage",
    ]);
    expect(await failure("changes", "poll", ...AT, "--cursor", "nonsense")).toEqual([1, "cursor_invalid"]);
    expect(await failure("changes", "poll", ...AT, "--start", "soon")).toEqual([2, "usage"]);
    expect(await failure("changes", "poll", ...AT, "--start", "now", "--cursor", "x")).toEqual([2, "usage"]);
    expect(await failure("history", ...AT, "edge", "Person", "bo")).toEqual([2, "usage"]);
    expect(await failure("history", ...AT, "thing", "Person", "bo")).toEqual([2, "usage"]);
    expect(await failure("changes", "baseline", ...AT, "--out", "no/where.jsonl")).toEqual([
      1,
      "file_unwritable",
    ]);
  });
});

describe("changes", () => {
  it("changes poll answers a block for each commit and the next cursor, and never a part of a commit", async () => {
    const page = await json("changes", "poll", ...AT, "--start", "beginning", "--limit", "2");
    expect(page).toStrictEqual({
      blocks: [
        { cause: expect.objectContaining({ graph_commit_id: commits[1] }), changes: expect.anything() },
      ],
      cursor: text,
      caught_up: false,
    });
    const whole = await json("commit", "changes", ...AT, commits[1] ?? "");
    expect(page["blocks"]).toEqual([whole]);
    const rest = await json("changes", "poll", ...AT, "--cursor", String(page["cursor"]));
    expect(rest["caught_up"]).toBe(true);
    expect(rest["blocks"]).toHaveLength(3);
    const after = await json(
      "changes",
      "poll",
      ...AT,
      "--start",
      `after:${commits[3]}`,
      "--op",
      "delete",
      "--kind",
      "node",
    );
    expect(after["blocks"]).toEqual([
      {
        cause: expect.objectContaining({ graph_commit_id: commits[4] }),
        changes: [expect.objectContaining({ id: "bo" })],
      },
    ]);
    expect(await ok(["changes", "poll", ...AT], { cwd })).toMatch(/^caught up; cursor: \S+\n$/);
  });

  it("changes poll shows people the commits with changes that pass the filter, and continues after the others", async () => {
    const shown = await ok(["changes", "poll", "c.omni", "--start", "beginning", "--op", "update"], { cwd });
    const listed = shown.match(/^commit \w{26}/gm);
    expect(listed).toEqual([`commit ${commits[3]}`]);
    const [, cursor = ""] = /caught up; cursor: (\S+)/.exec(shown) ?? [];
    const rest = await ok(["changes", "poll", "c.omni", "--cursor", cursor, "--op", "update"], { cwd });
    expect(rest).toBe(`caught up; cursor: ${cursor}\n`);
    const { blocks } = await json("changes", "poll", "c.omni", "--start", "beginning", "--op", "update");
    expect(blocks).toHaveLength(4);
  });

  it("a baseline is an export whose last line has the cursor of the feed", async () => {
    const out = await ok(["changes", "baseline", ...AT], { cwd });
    const exported = await ok(["export", "c.omni"], { cwd });
    expect(out.startsWith(exported)).toBe(true);
    const { baseline } = JSON.parse(out.slice(exported.length));
    expect(baseline).toStrictEqual({ snapshot_commit_id: commits[4], resume_cursor: text });
    expect(await json("changes", "baseline", ...AT, "--out", "baseline.jsonl")).toStrictEqual(baseline);
    expect(readFileSync(join(cwd, "baseline.jsonl"), "utf8")).toBe(out);
    expect(existsSync(join(cwd, "baseline.jsonl.partial"))).toBe(false);
    const next = await json("changes", "poll", ...AT, "--cursor", baseline.resume_cursor);
    expect(next).toMatchObject({ blocks: [], caught_up: true });
  });
});

describe("history", () => {
  it("history shows the commits that changed one entity, newest first", async () => {
    const { entries } = await json("history", ...AT, "node", "Person", "dee");
    expect(entries).toMatchObject([
      { cause: { graph_commit_id: commits[3] }, change: { op: "update", before: {}, after: {} } },
      {
        cause: { graph_commit_id: commits[2], actor_id: "ann" },
        message: "Dee joins",
        change: { op: "insert" },
      },
    ]);
    const shown = await ok(["history", ...AT, "node", "Person", "dee", "--limit", "1"], { cwd });
    expect(shown.split("\n")).toHaveLength(3);
    expect(await ok(["history", ...AT, "node", "Person", "nobody"], { cwd })).toBe(
      "no commit of branch main touched Person nobody\n",
    );
  });
});
