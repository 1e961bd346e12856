import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMIT_ID, ok, run } from "../support/cli/cli.ts";
import type { Ran } from "../support/cli/ran.ts";
import { draftGraphs, idOf, readJson, setAge, setCity } from "../support/cli/draft-graphs.ts";
import { treeOf } from "../support/running/folders.ts";

const { cwd, json, fresh, copyOf, change, person } = draftGraphs("merging");

/** A graph whose draft and main gave Ann another age each. */
const torn = (name: string): string => copyOf("torn.omni", name);

const merge = (graph: string, ...options: string[]): Promise<Ran> =>
  run(["branch", "merge", "draft", "--uri", graph, ...options], { cwd });

const AGES = {
  entity_kind: "node",
  type_name: "Person",
  entity_id: "Ann",
  kind: "divergent_update",
  properties: ["age"],
  base: { properties: { age: 41 } },
  ours: { properties: { age: 42 } },
  theirs: { properties: { age: 43 } },
};

beforeAll(async () => {
  fresh("torn");
  await change("torn.omni", "draft", 'update Person set { age: 43, city: "Rome" } where name = "Ann"');
  await change("torn.omni", "main", setAge(42));
});

describe("branch merge", () => {
  it("a merge with nothing to do answers as the contract says", async () => {
    const graph = fresh("nothing");
    expect(await json("branch", "merge", "draft", "--uri", graph)).toStrictEqual({
      source: "draft",
      target: "main",
      outcome: "already_up_to_date",
      actor_id: null,
    });
    expect((await merge(graph)).out).toBe("main is up to date: it holds all of draft\n");
  });

  it("a merge fast-forwards to a branch where only that branch has new commits", async () => {
    const graph = fresh("forward");
    const theirs = await change(graph, "draft", setAge(42));
    const answer = await json(
      "branch",
      "merge",
      "draft",
      "--store",
      graph,
      "--as",
      "ann",
      "--message",
      "fine",
    );
    expect(answer).toMatchObject({
      source: "draft",
      target: "main",
      outcome: "fast_forward",
      actor_id: "ann",
      commit: { graph_branch: null, merged_parent_commit_id: theirs, actor_id: "ann" },
    });
    expect(Object.keys(answer)).toEqual(["source", "target", "outcome", "actor_id", "commit"]);
    expect(await person(graph, "Ann")).toEqual([{ age: 42, city: null }]);
  });

  it("a merge combines the changes of both sides, says so, and deletes the branch on request", async () => {
    const graph = fresh("together");
    await change(graph, "draft", setAge(42));
    await change(graph, "main", setCity("Rome"));
    const merged = await merge(graph, "--delete-branch");
    expect(merged).toMatchObject({ status: 0, err: `target: ${graph} branch main\n` });
    expect(merged.out).toMatch(/^merged draft into main, commit [0-9A-Z]{26}\ndeleted draft\n$/);
    expect(await person(graph, "Ann")).toEqual([{ age: 42, city: "Rome" }]);
    expect(await json("branch", "list", "--uri", graph)).toEqual({ branches: ["main"] });
    const { commits } = await json("commit", "list", graph, "--limit", "1");
    expect(commits).toMatchObject([
      {
        parent_commit_id: expect.stringMatching(COMMIT_ID),
        merged_parent_commit_id: expect.stringMatching(COMMIT_ID),
      },
    ]);
  });

  it("a merge into another branch says that it deleted the source", async () => {
    const graph = fresh("into");
    await ok(["branch", "create", "review", "--uri", graph, "--quiet"], { cwd });
    await change(graph, "draft", setAge(42));
    const answer = await json(
      "branch",
      "merge",
      "draft",
      "--uri",
      graph,
      "--into",
      "review",
      "--delete-branch",
    );
    expect(answer).toMatchObject({ target: "review", branch_deleted: true });
    expect(answer).not.toHaveProperty("branch_delete_error");
    expect(await person(graph, "Ann", "--branch", "review")).toEqual([{ age: 42, city: null }]);
    expect(await person(graph, "Ann")).toEqual([{ age: 41, city: null }]);
  });

  it("a merge repeated under one op is written once", async () => {
    const graph = fresh("once");
    await change(graph, "draft", setAge(42));
    await change(graph, "main", setCity("Rome"));
    const first = await json("branch", "merge", "draft", "--uri", graph, "--op", "m1");
    const again = await json("branch", "merge", "draft", "--uri", graph, "--op", "m1");
    expect(idOf(again["commit"])).toBe(idOf(first["commit"]));
  });

  it.each([
    [["branch", "merge", "draft"], 2, "usage"],
    [["branch", "merge", "main", "--uri", "refused.omni"], 1, "merge_itself"],
    [["branch", "merge", "nowhere", "--uri", "refused.omni"], 1, "branch_not_found"],
    [["branch", "merge", "draft", "--into", "nowhere", "--uri", "refused.omni"], 1, "branch_not_found"],
    [["branch", "merge", "draft", "--uri", "refused.omni", "--resolutions-template", "t.json"], 2, "usage"],
    [["branch", "merge", "draft", "--uri", "refused.omni", "--strategy", "mine"], 2, "usage"],
    [
      [
        "branch",
        "merge",
        "draft",
        "--uri",
        "refused.omni",
        "--strategy",
        "ours",
        "--strategy-entity",
        "ours",
      ],
      2,
      "usage",
    ],
    [
      ["branch", "merge", "draft", "--uri", "refused.omni", "--resolutions", "none.json"],
      1,
      "file_unreadable",
    ],
    [["branch", "merge", "draft", "--uri", "s3://bucket/graph", "--delete-branch"], 2, "usage"],
  ] as const)("the merge %j is refused", async (args, status, reason) => {
    if (!existsSync(join(cwd, "refused.omni"))) fresh("refused");
    const ran = await run([...args, "--json"], { cwd });
    expect([ran.status, readJson(ran.err)["reason"], ran.out]).toEqual([status, reason, ""]);
  });
});

describe("a conflict", () => {
  it("a conflict is refused with the values of the base and both sides, and nothing is written", async () => {
    const graph = torn("refusal");
    const before = treeOf(join(cwd, graph));
    const failed = await merge(graph, "--json");
    expect([failed.status, failed.out]).toEqual([1, ""]);
    expect(readJson(failed.err)).toMatchObject({
      code: "conflict",
      reason: "merge_conflict",
      merge_conflicts: [AGES],
    });
    const shown = await merge(graph, "--quiet");
    expect([shown.status, shown.out]).toEqual([1, ""]);
    expect(shown.err).toMatch(/^divergent_update \(1\): /);
    expect(shown.err).toMatch(/^Person Ann \| age {6}\| 41 {3}\| 42 {3}\| 43 *$/m);
    expect(shown.err).toMatch(/^error\[merge_conflict\]: /m);
    expect(shown.err).toMatch(/--strategy .*--resolutions .*--dry-run/);
    expect(treeOf(join(cwd, graph))).toEqual(before);
  });

  it("a dry run shows conflicts as an answer, with the exit code 1", async () => {
    const graph = torn("dry");
    const shown = await merge(graph, "--dry-run");
    expect([shown.status, shown.err]).toEqual([1, ""]);
    expect(shown.out).toMatch(/^draft into main: would conflict, from base [0-9A-Z]{26}\n/);
    expect(shown.out).toMatch(/1 conflict to decide: --strategy/);
    const { status, out } = await merge(graph, "--dry-run", "--json");
    expect(status).toBe(1);
    expect(readJson(out)).toMatchObject({
      source: "draft",
      target: "main",
      outcome: "merged",
      would: "conflict",
      merge_conflicts: [AGES],
    });
    const decided = await merge(graph, "--dry-run", "--json", "--strategy", "theirs");
    expect(decided.status).toBe(0);
    expect(readJson(decided.out)).toMatchObject({
      would: "merge",
      changes: [{ entity_kind: "node", type_name: "Person", inserted: 0, updated: 1, deleted: 0 }],
      resolved: [AGES],
      merge_conflicts: [],
    });
    expect(await person(graph, "Ann")).toEqual([{ age: 42, city: null }]);
  });

  it("conflicts show days and times as ISO text to people, and as numbers in JSON", async () => {
    const graph = "dated.omni";
    writeFileSync(join(cwd, "dated.pg"), "node Stay { name: String @key  day: Date  at: DateTime? }");
    await ok(["init", "--schema", "dated.pg", graph], { cwd });
    await change(graph, "main", 'insert Stay { name: "s", day: date("2024-10-04") }');
    await ok(["branch", "create", "draft", "--uri", graph, "--quiet"], { cwd });
    await change(graph, "draft", 'update Stay set { day: date("2024-10-05") } where name = "s"');
    const instant = 'datetime("2024-10-06T07:08:09.010Z")';
    await change(
      graph,
      "main",
      `update Stay set { day: date("2024-10-06"), at: ${instant} } where name = "s"`,
    );
    const row = /^Stay s \| day +\| "2024-10-04" \| "2024-10-06" \| "2024-10-05" *$/m;
    expect((await merge(graph, "--dry-run")).out).toMatch(row);
    expect((await merge(graph)).err).toMatch(row);
    await change(graph, "draft", 'delete Stay where name = "s"');
    expect((await merge(graph)).err).toContain('"2024-10-06T07:08:09.010Z"');
    const { merge_conflicts: told } = readJson((await merge(graph, "--json")).err);
    expect(told).toMatchObject([{ base: { properties: { day: 20_000 } }, theirs: null }]);
  });

  it.each([
    ["--strategy", "ours", 42, "Rome"],
    ["--strategy", "theirs", 43, "Rome"],
    ["--strategy-entity", "ours", 42, null],
    ["--strategy-entity", "theirs", 43, "Rome"],
  ] as const)("a conflict is decided by %s %s", async (option, side, age, city) => {
    const graph = torn(`${option.slice(2)}-${side}`);
    const merged = await merge(graph, option, side, "--quiet");
    expect(merged.out).toMatch(/^merged draft into main, commit [0-9A-Z]{26}\n1 conflict decided\n$/);
    expect(await person(graph, "Ann")).toEqual([{ age, city }]);
  });

  it("a conflict is decided by a file, or by standard input", async () => {
    const decisions = (age: unknown): string =>
      JSON.stringify({ entities: [{ kind: "node", type: "Person", id: "Ann", properties: { age } }] });
    const byFile = torn("by-file");
    writeFileSync(join(cwd, "decisions.json"), decisions("theirs"));
    const answer = readJson((await merge(byFile, "--json", "--resolutions", "decisions.json")).out);
    expect(answer).toMatchObject({ outcome: "merged", resolved: [AGES] });
    expect(await person(byFile, "Ann")).toEqual([{ age: 43, city: "Rome" }]);
    const byInput = torn("by-input");
    const args = ["branch", "merge", "draft", "--uri", byInput, "--resolutions", "-"];
    await ok(args, { cwd, input: decisions({ value: 50 }) });
    expect(await person(byInput, "Ann")).toEqual([{ age: 50, city: "Rome" }]);
  });

  it("a template of resolutions decides as it is, and is never overwritten", async () => {
    const graph = torn("template");
    const dry = ["--dry-run", "--resolutions-template", "template.json"];
    expect((await merge(graph, ...dry)).status).toBe(1);
    const template = readFileSync(join(cwd, "template.json"), "utf8");
    expect(readJson(template)).toEqual({
      entities: [{ kind: "node", type: "Person", id: "Ann", properties: { age: "ours" } }],
    });
    const again = await merge(graph, ...dry);
    expect([again.status, again.out]).toEqual([1, ""]);
    expect(again.err).toMatch(/error\[file_unwritable\]: .*template\.json: it is there already/);
    const nothing = await merge(
      graph,
      "--dry-run",
      "--strategy",
      "ours",
      "--resolutions-template",
      "none.json",
    );
    expect([nothing.status, existsSync(join(cwd, "none.json"))]).toEqual([0, false]);
    expect(nothing.out).toMatch(/^no conflict is left, so no template was written$/m);
    expect((await merge(graph, "--resolutions", "template.json")).status).toBe(0);
    // What only the source changed does not go with what was in conflict.
    expect(await person(graph, "Ann")).toEqual([{ age: 42, city: "Rome" }]);
  });

  it.each([
    ["{", "json_invalid", "wrong.json: "],
    ['{"entities":[{"kind":"node","type":"Person","id":"Ann"}]}', "resolutions_invalid", "wrong.json: "],
    ['{"strategy":"mine"}', "resolutions_invalid", '$.strategy must be "ours" or "theirs"'],
    [
      '{"entities":[{"kind":"node","type":"Person","id":"Bob","take":"ours"}]}',
      "merge_conflict",
      'Person "Bob" is in no',
    ],
    [
      '{"strategy":"ours","entities":[{"kind":"node","type":"Person","id":"Bob","take":"ours"}]}',
      "resolutions_invalid",
      "Bob",
    ],
  ])("a conflict is not decided by %s", async (text, reason, message) => {
    const graph = "wrong.omni";
    if (!existsSync(join(cwd, graph))) torn("wrong");
    writeFileSync(join(cwd, "wrong.json"), text);
    const { status, err } = await merge(graph, "--json", "--resolutions", "wrong.json");
    expect([status, readJson(err)["reason"]]).toEqual([1, reason]);
    expect(readJson(err)["error"]).toContain(message);
  });
});
