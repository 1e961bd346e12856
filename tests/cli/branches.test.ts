import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMIT_ID, jsonIn, ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("branches");
const ADD = "query add($n: String) { insert Person { name: $n } }";
const NAMES = "query names() { match { $p: Person } return { $p.name } order { $p.name } }";

const json = jsonIn(cwd);

async function names(...target: string[]): Promise<unknown[]> {
  const { rows } = await json("query", "--store", "g.omni", "-e", NAMES, ...target);
  if (!Array.isArray(rows)) throw new Error("no rows");
  return rows.map((row: Record<string, unknown>) => row["p.name"]);
}

function add(name: string, branch: string): Promise<Record<string, unknown>> {
  const params = JSON.stringify({ n: name });
  return json("mutate", "--store", "g.omni", "-e", ADD, "--params", params, "--branch", branch);
}

/** Exit code and reason of a command that must fail. */
async function failure(...args: string[]): Promise<readonly [number | null, unknown]> {
  const { status, err } = await run([...args, "--json"], { cwd });
  return [status, JSON.parse(err).reason];
}

beforeAll(async () => {
  writeFileSync(join(cwd, "schema.pg"), "node Person { name: String @key }\n");
  writeFileSync(join(cwd, "ann.jsonl"), '{"type":"Person","data":{"name":"Ann"}}\n');
  writeFileSync(join(cwd, "bob.jsonl"), '{"type":"Person","data":{"name":"Bob"}}\n');
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
  await ok(["load", "--data", "ann.jsonl", "--mode", "append", "g.omni"], { cwd });
});

describe("branch", () => {
  it("branch create, list and delete answer as JSON", async () => {
    expect(await json("branch", "create", "draft", "--uri", "g.omni", "--as", "ann")).toStrictEqual({
      uri: "g.omni",
      from: "main",
      name: "draft",
      actor_id: "ann",
    });
    const second = await json("branch", "create", "review/x", "--from", "draft", "--store", "g.omni");
    expect(second).toMatchObject({ from: "draft", name: "review/x", actor_id: null });
    expect(await json("branch", "list", "--uri", "g.omni")).toStrictEqual({
      branches: ["draft", "main", "review/x"],
    });
    expect(await json("branch", "delete", "review/x", "--uri", "g.omni")).toStrictEqual({
      uri: "g.omni",
      name: "review/x",
      actor_id: null,
    });
    expect(await json("branch", "list", "--uri", "g.omni")).toStrictEqual({ branches: ["draft", "main"] });
    await ok(["branch", "delete", "draft", "--uri", "g.omni"], { cwd });
  });

  it("branch commands say for people what they did, and on which graph", async () => {
    const made = await run(["branch", "create", "plain", "--uri", "g.omni"], { cwd });
    expect(made.out).toMatch(/^created plain from main, at commit [0-9A-Z]{26}\n$/);
    expect(made.err).toBe("target: g.omni branch plain\n");
    const listed = await ok(["branch", "list", "--uri", "g.omni"], { cwd });
    expect(listed.split("\n")[0]).toMatch(/^branch +\| head +\| made at/);
    expect(listed).toMatch(/^plain +\| [0-9A-Z]{26} \| [0-9A-Z]{26}/m);
    expect(await ok(["branch", "delete", "plain", "--uri", "g.omni", "--quiet"], { cwd })).toBe(
      "deleted plain\n",
    );
  });

  it("every command with --branch uses that branch", async () => {
    await ok(["branch", "create", "work", "--uri", "g.omni"], { cwd });
    const written = await add("Eve", "work");
    expect(written).toMatchObject({
      branch: "work",
      commit: { graph_branch: "work", graph_manifest_version: 3 },
    });
    expect([await names("--branch", "work"), await names()]).toEqual([["Ann", "Eve"], ["Ann"]]);
    const { commits } = await json("commit", "list", "g.omni", "--branch", "work");
    expect(commits).toMatchObject([{ graph_branch: "work" }, { graph_branch: null }, { graph_branch: null }]);
    expect(await json("snapshot", "g.omni", "--branch", "work")).toMatchObject({
      graph_branch: "work",
      datasets: [{ type_name: "Person", entity_count: 2 }],
    });
    const exported = await ok(["export", "g.omni", "--branch", "work"], { cwd });
    expect(exported.trimEnd().split("\n")).toHaveLength(2);
    const { commit } = written;
    const id =
      typeof commit === "object" && commit !== null && "graph_commit_id" in commit
        ? commit.graph_commit_id
        : "";
    expect(id).toMatch(COMMIT_ID);
    expect(await names("--snapshot", String(id))).toEqual(["Ann", "Eve"]);
    await json("branch", "create", "again", "--from", String(id), "--uri", "g.omni");
    expect(await names("--branch", "again")).toEqual(["Ann", "Eve"]);
  });

  it("a branch that a load makes holds the load, or does not exist", async () => {
    const load = ["load", "--mode", "append", "g.omni", "--branch", "nightly"];
    expect(await failure(...load, "--data", "bob.jsonl")).toEqual([1, "branch_not_found"]);
    expect(await failure(...load, "--data", "ann.jsonl", "--from", "main")).toEqual([1, "key_conflict"]);
    expect(await failure("snapshot", "g.omni", "--branch", "nightly")).toEqual([1, "branch_not_found"]);
    expect(await json(...load, "--data", "bob.jsonl", "--from", "main")).toMatchObject({
      branch: "nightly",
      branch_created: true,
      total_entities: 1,
    });
    expect(await names("--branch", "nightly")).toEqual(["Ann", "Bob"]);
  });

  it.each([
    [["branch", "create", "main", "--uri", "g.omni"], 1, "branch_exists"],
    [["branch", "create", "bad name", "--uri", "g.omni"], 1, "branch_name_invalid"],
    [["branch", "create", "../up", "--uri", "g.omni"], 1, "branch_name_invalid"],
    [["branch", "create", "x", "--from", "nowhere", "--uri", "g.omni"], 1, "branch_not_found"],
    [["branch", "delete", "main", "--uri", "g.omni"], 1, "branch_protected"],
    [["branch", "delete", "nowhere", "--uri", "g.omni"], 1, "branch_not_found"],
    [["branch", "create", "x"], 2, "usage"],
    [["branch", "list", "--uri", "g.omni", "--store", "g.omni"], 2, "usage"],
    [["branch", "delete", "draft", "--uri", "s3://bucket/graph"], 2, "usage"],
  ] as const)("the branch command %j is refused", async (args, status, reason) => {
    expect(await failure(...args)).toEqual([status, reason]);
  });

  it("branch list shows the readable branches, and says what is wrong with the others", async () => {
    await ok(["init", "--schema", "schema.pg", "hurt.omni"], { cwd });
    for (const name of ["hurt", "whole"]) await json("branch", "create", name, "--uri", "hurt.omni");
    const record = join(cwd, "hurt.omni/__manifest/refs/hurt@1073741823.json");
    writeFileSync(record.replace("@", "%40"), "{ no record");
    const people = await run(["branch", "list", "--uri", "hurt.omni"], { cwd });
    expect(people).toMatchObject({ status: 0, err: expect.stringContaining("branch hurt cannot be read: ") });
    expect(people.err).toContain(record);
    expect(people.out).toMatch(/main[^]*whole/);
    const { out, err } = await run(["branch", "list", "--uri", "hurt.omni", "--json"], { cwd });
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({
      branches: ["main", "whole"],
      problems: [{ branch: "hurt", reason: "object_corrupt", place: record }],
    });
  });
});
