import { type AuthorizationRequest, type Authorize, MemoryObjects, ObjectLayers, Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import type { ACTIONS } from "../../../packages/graph/src/calls/authorization.ts";

const PEOPLE = [
  "node Person { name: String @key  age: I32? }",
  "node Company { name: String @key }",
  "node Salary { name: String @key }",
  "edge Knows: Person -> Person",
  "edge WorksAt: Person -> Company",
].join("\n");
const ROWS = [
  { type: "Person", data: { name: "Ann" } },
  { type: "Person", data: { name: "Bob" } },
  { type: "Company", data: { name: "Acme" } },
  { edge: "WorksAt", from: "Ann", to: "Acme", data: {} },
];
const FIRE = 'delete Person where name = "Ann"';
const WHERE = "query q() { match { $p: Person  $p worksAt $_ } return { $p.name } }";
const ALL = ["Company", "Knows", "Person", "Salary", "WorksAt"];

let names = 0;

/** A graph in memory and a handle on it that asks. Branch `draft` has a company more, main a person; `ahead` is main with two edges more. */
async function people(authorize: Authorize): Promise<{
  readonly graph: Omnigraph;
  readonly owner: Omnigraph;
  readonly objects: MemoryObjects;
}> {
  const objects = new MemoryObjects(`types-${names++}`);
  const parts = { objects, tables: new ObjectLayers(objects) };
  const owner = await Omnigraph.initWith(parts, { schema: PEOPLE });
  await owner.load(ROWS, { mode: "append" });
  await owner.branches.create("draft");
  await owner.mutate('insert Company { name: "Beta" }', null, { branch: "draft" });
  await owner.mutate('insert Person { name: "Cyd" }');
  await owner.branches.create("ahead");
  await owner.mutate('insert Knows { from: "Ann", to: "Bob" }', null, { branch: "ahead" });
  // So small that a load of three lines is staged.
  return { graph: await Omnigraph.openWith(parts, { authorize, inlineRows: 2 }), owner, objects };
}

async function read(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pieces);
}

/** Permits all that does not touch these types. */
const but =
  (reads: readonly string[], changes: readonly string[]): Authorize =>
  (request) =>
    request.reads?.every((name) => !reads.includes(name)) !== false &&
    request.changes?.every((name) => !changes.includes(name)) !== false;

interface Touched {
  readonly call: keyof typeof ACTIONS;
  readonly run: (graph: Omnigraph) => Promise<unknown>;
  readonly reads: readonly string[];
  readonly changes: readonly string[];
}

const touched = (
  call: Touched["call"],
  run: Touched["run"],
  reads: Touched["reads"],
  changes: Touched["changes"] = [],
): Touched => ({ call, run, reads, changes });

const TOUCHED: readonly Touched[] = [
  touched("query", (g) => g.query(WHERE), ["Company", "Person", "WorksAt"]),
  touched(
    "query",
    (g) => g.query("query q() { match { $p: Person  not { $p knows $o } } return { $p.name } }"),
    ["Knows", "Person"],
  ),
  touched("explain", (g) => g.explain(WHERE), ["Company", "Person", "WorksAt"]),
  touched("explain", (g) => g.explain(FIRE, null, { analyze: true }), ["Knows", "Person", "WorksAt"]),
  touched("prepare", (g) => g.prepare(WHERE), ["Company", "Person", "WorksAt"]),
  touched("run", async (g) => (await g.prepare(WHERE)).run(), ["Company", "Person", "WorksAt"]),
  touched("mutate", (g) => g.mutate('insert Salary { name: "low" }'), ["Salary"], ["Salary"]),
  touched(
    "mutate",
    (g) => g.mutate('insert Knows { from: "Ann", to: "Bob" }'),
    ["Knows", "Person"],
    ["Knows"],
  ),
  touched("mutate", (g) => g.mutate(FIRE), ["Knows", "Person", "WorksAt"], ["Knows", "Person", "WorksAt"]),
  touched(
    "load",
    (g) => g.load(ROWS, { mode: "merge" }),
    ["Company", "Person", "WorksAt"],
    ["Company", "Person", "WorksAt"],
  ),
  touched(
    "load",
    (g) => g.load([{ type: "Company", data: { name: "Acme" } }], { mode: "overwrite" }),
    ["Company", "WorksAt"],
    ["Company"],
  ),
  touched("export", (g) => read(g.export()), ALL),
  touched("export", (g) => read(g.export({ types: ["worksat"] })), ["WorksAt"]),
  touched("history", (g) => g.history("edge", "worksat", "x"), ["WorksAt"]),
  touched("commits.changes", (g) => g.commits.changes("main"), ALL),
  touched("commits.changes", (g) => g.commits.changes("main", { types: ["knows"] }), ["Knows"]),
  touched("commits.revert", (g) => g.commits.revert("main"), ["Person"], ["Person"]),
  touched("commits.previewRevert", (g) => g.commits.previewRevert("main"), ["Person"]),
  touched("branches.merge", (g) => g.branches.merge("draft"), ["Company", "Person"], ["Company"]),
  touched("branches.merge", (g) => g.branches.merge("ahead"), ["Knows"], ["Knows"]),
  touched("branches.previewMerge", (g) => g.branches.previewMerge("draft"), ["Company", "Person"]),
  touched("branches.diff", (g) => g.branches.diff("main", "draft", { kinds: ["node"] }), [
    "Company",
    "Person",
    "Salary",
  ]),
  touched("changes.poll", (g) => g.changes.poll({ types: ["Salary"] }), ["Salary"]),
  touched("changes.baseline", (g) => read(g.changes.baseline({ types: ["knows"] })), ["Knows"]),
];

describe("a port that is asked by type", () => {
  it.each(TOUCHED)(
    "the port is asked again by $call (%#) with the types that it touches, once they are known",
    async ({ call, run, reads, changes }) => {
      const asked: AuthorizationRequest[] = [];
      const { graph, owner } = await people((request) => {
        if (request.call === call) asked.push(request);
        return true;
      });
      await using _owner = owner;
      await run(graph);
      expect(asked.length).toBe(2);
      expect(asked[1]).toEqual({ ...asked[0], reads, changes });
    },
  );

  it.each(TOUCHED)(
    "each type that $call (%#) touches can be refused, and nothing is left behind",
    async ({ call, run, reads, changes }) => {
      for (const [refused, authorize] of [
        ...reads.map((name) => [name, but([name], [])] as const),
        ...changes.map((name) => [name, but([], [name])] as const),
      ]) {
        const { graph, owner, objects } = await people((request) =>
          request.call === call ? authorize(request) : true,
        );
        await using _owner = owner;
        const before = await objects.list("");
        await expect(run(graph)).rejects.toMatchObject({
          reason: "permission_denied",
          message: expect.stringContaining(refused) as string,
          details: { call, reads, changes },
        });
        expect(await objects.list("")).toEqual(before);
      }
    },
  );

  it("a load is refused by the type of its third line, staged or not, on a branch that it would make as well", async () => {
    const { graph, owner, objects } = await people(but([], ["Salary"]));
    await using _owner = owner;
    const lines = [...ROWS.slice(0, 2), { type: "Salary", data: { name: "low" } }];
    const before = await objects.list("");
    for (const options of [{}, { branch: "new", from: "main" }, { branch: "draft", op: "once" }])
      await expect(graph.load(lines, { mode: "merge", ...options })).rejects.toMatchObject({
        reason: "permission_denied",
      });
    expect(await objects.list("")).toEqual(before);
    await graph.load(lines.slice(0, 2), { mode: "merge" });
  });

  it("the port hears of a merge's types before anybody hears of its conflicts", async () => {
    const { graph, owner } = await people(but(["Person"], []));
    await using _owner = owner;
    for (const [age, branch] of [
      [1, "main"],
      [2, "draft"],
    ] as const)
      await owner.mutate(`update Person set { age: ${age} } where name = "Ann"`, null, { branch });
    await expect(owner.branches.merge("draft")).rejects.toMatchObject({ reason: "merge_conflict" });
    await expect(graph.branches.merge("draft")).rejects.toMatchObject({ reason: "permission_denied" });
    const unused = {
      resolutions: { entities: [{ kind: "node", type: "Person", id: "Bob", take: "ours" }] },
    } as const;
    await expect(graph.branches.merge("draft", unused)).rejects.toMatchObject({
      reason: "permission_denied",
    });
    await expect(graph.branches.previewMerge("draft")).rejects.toMatchObject({ reason: "permission_denied" });
  });

  it("the port is asked once more for what a decision of a merge takes along", async () => {
    const asked: (readonly string[])[] = [];
    const { graph, owner } = await people(({ changes }) => {
      if (changes !== null) asked.push(changes);
      return changes?.includes("Knows") !== true;
    });
    await using _owner = owner;
    await owner.mutate('delete Person where name = "Bob"', null, { branch: "draft" });
    await owner.mutate('insert Knows { from: "Ann", to: "Bob" }');
    const head = await owner.commits.show("main");
    await expect(graph.branches.merge("draft", { strategyEntity: "theirs" })).rejects.toMatchObject({
      reason: "permission_denied",
    });
    expect(asked).toEqual([
      ["Company", "Person"],
      ["Company", "Knows", "Person"],
    ]);
    expect(await owner.commits.show("main")).toEqual(head);
  });

  it("the port is not asked again by a call that turns out to touch nothing", async () => {
    const asked: AuthorizationRequest[] = [];
    const { graph, owner } = await people((request) => {
      asked.push(request);
      return true;
    });
    await using _owner = owner;
    await graph.branches.merge("main", { into: "ahead" });
    await graph.load("", { mode: "append" });
    expect(asked.map(({ call, reads }) => [call, reads])).toEqual([
      ["branches.merge", null],
      ["load", null],
    ]);
  });
});
