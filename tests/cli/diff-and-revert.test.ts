import { describe, expect, it } from "vitest";
import { COMMIT_ID, ok, run } from "../support/cli/cli.ts";
import { draftGraphs, readJson, setAge, setCity } from "../support/cli/draft-graphs.ts";

const { cwd, json, fresh, change, person } = draftGraphs("diff-and-revert");

describe("branch diff", () => {
  it("branch diff shows what turns one side into the other, or what one side changed since the base", async () => {
    const graph = fresh("diff");
    await change(
      graph,
      "draft",
      `${setAge(42)} insert Person { name: "Cyd", age: 7 } delete Person where name = "Bob"`,
    );
    await change(graph, "main", setCity("Rome"));
    const since = await ok(["branch", "diff", "main", "draft", "--uri", graph, "--since-base"], { cwd });
    expect(
      since
        .trimEnd()
        .split("\n")
        .map((line) => line.split("|").map((cell) => cell.trim())),
    ).toEqual([
      ["op", "type", "id", "property", "before", "after"],
      [expect.stringMatching(/^-+\+/)],
      ["update", "Person", "Ann", "age", "41", "42"],
      ["delete", "Person", "Bob", "", "", ""],
      ["insert", "Person", "Cyd", "name", "", '"Cyd"'],
      ["insert", "Person", "Cyd", "age", "", "7"],
    ]);
    const whole = await json("branch", "diff", "main", "draft", "--uri", graph);
    expect(whole).toMatchObject({
      from: expect.stringMatching(COMMIT_ID),
      to: expect.stringMatching(COMMIT_ID),
      stat: [{ entity_kind: "node", type_name: "Person", inserted: 1, updated: 1, deleted: 1 }],
      changes: [
        { id: "Ann", op: "update", changed: ["age", "city"], before: { properties: { city: "Rome" } } },
        { id: "Bob", op: "delete", before: { properties: { age: 30 } } },
        { id: "Cyd", op: "insert", after: { properties: { age: 7 } } },
      ],
    });
    const inserts = await json("branch", "diff", "main", "draft", "--uri", graph, "--op", "insert");
    expect(inserts).toMatchObject({ changes: [{ id: "Cyd" }] });
    const stat = await ok(["branch", "diff", "main", "draft", "--uri", graph, "--stat"], { cwd });
    expect(stat).toMatch(/^node \| Person \| +1 \| +1 \| +1$/m);
    const counts = await json("branch", "diff", "main", "draft", "--uri", graph, "--stat");
    expect(Object.keys(counts)).toEqual(["from", "to", "stat"]);
  });

  it("the diff of equal states is empty", async () => {
    const graph = fresh("same");
    const args = ["branch", "diff", "main", "draft", "--store", graph];
    expect(await ok(args, { cwd })).toBe("no differences\n");
    expect(await json(...args)).toMatchObject({ stat: [], changes: [] });
  });

  it("commits are compared too", async () => {
    const graph = fresh("commits");
    const [first, second] = [
      await change(graph, "main", setAge(42)),
      await change(graph, "main", setAge(43)),
    ];
    expect(await json("branch", "diff", first, second, "--uri", graph)).toMatchObject({
      from: first,
      to: second,
      changes: [{ id: "Ann", before: { properties: { age: 42 } }, after: { properties: { age: 43 } } }],
    });
  });
});

describe("revert", () => {
  it("a revert undoes one commit, keeps later changes, and says when nothing is left to undo", async () => {
    const graph = fresh("revert");
    const wrong = await change(graph, "main", setAge(99));
    await change(graph, "main", setCity("Rome"));
    const answer = await json("commit", "revert", wrong, "--store", graph, "--as", "ann");
    expect(answer).toMatchObject({
      branch: "main",
      reverted: wrong,
      actor_id: "ann",
      commit: { merged_parent_commit_id: null },
      resolved: [],
    });
    expect(await person(graph, "Ann")).toEqual([{ age: 41, city: "Rome" }]);
    expect(await json("revert", wrong, "--store", graph)).toMatchObject({ commit: null });
    const listed = await ok(["commit", "list", graph], { cwd });
    expect(listed).toMatch(/\| revert +\|/);
  });

  it("a revert has a dry run, and is refused or decided where later changes conflict", async () => {
    const graph = fresh("late");
    const wrong = await change(graph, "main", setAge(99));
    await change(graph, "main", setAge(100));
    const dry = await run(["revert", wrong, "--uri", graph, "--dry-run", "--json"], { cwd });
    expect(dry.status).toBe(1);
    expect(readJson(dry.out)).toMatchObject({
      source: wrong,
      target: "main",
      merge_conflicts: [
        {
          base: { properties: { age: 99 } },
          ours: { properties: { age: 100 } },
          theirs: { properties: { age: 41 } },
        },
      ],
    });
    const refused = await run(["revert", wrong, "--uri", graph, "--json"], { cwd });
    expect([refused.status, readJson(refused.err)["reason"]]).toEqual([1, "merge_conflict"]);
    const done = await ok(["revert", wrong, "--uri", graph, "--strategy", "theirs", "--quiet"], { cwd });
    expect(done).toMatch(
      new RegExp(`^took back ${wrong} on main, commit [0-9A-Z]{26}\n1 conflict decided\n$`),
    );
    expect(await person(graph, "Ann")).toEqual([{ age: 41, city: null }]);
  });

  it("a revert of a missing commit is refused", async () => {
    const graph = fresh("gone");
    const ran = await run(["revert", "01M84CRWS90000000000000010", "--uri", graph, "--json"], { cwd });
    expect([ran.status, readJson(ran.err)["reason"]]).toEqual([1, "commit_not_found"]);
  });
});
