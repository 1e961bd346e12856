import { Omnigraph } from "omnigraph";
import { expect, test } from "vitest";
import { authorizeBy, authorizeStored } from "./authorize.ts";
import { Policy, type PolicyRequest } from "./policy.ts";

const SCHEMA = "node Item { slug: String @key }";
const READ = "query all() { match { $i: Item } return { $i.slug } }";
const PUT = "query put($s: String) { insert Item { slug: $s } }";

const POLICY = new Policy([
  {
    path: "p.yaml",
    text: `version: 1
groups: { drafters: [ann], callers: [bot, ann] }
protected_branches: [main]
rules:
  - { id: drafts, allow: { actors: { group: drafters }, actions: [read, export, change], branch_scope: unprotected } }
  - { id: forks, allow: { actors: { group: drafters }, actions: [branch_create, branch_merge], target_branch_scope: unprotected } }
  - { id: stored, allow: { actors: { group: callers }, actions: [invoke_query] } }
`,
  },
]);

/** A graph with a branch, and the ids of its commits on main and on the branch. */
async function made(name: string): Promise<{ readonly graph: Omnigraph; readonly main: string }> {
  const uri = `memory://${name}`;
  await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
  await graph.branches.create("draft");
  const { commit } = await graph.load('{"type":"Item","data":{"slug":"a"}}', { mode: "append" });
  return { graph: await Omnigraph.open(uri, { authorize: authorizeBy(POLICY) }), main: commit.id };
}

async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "done",
    (thrown: { readonly reason: string }) => thrown.reason,
  );
}

async function pieces(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

test("no name of a branch or a commit leads around the scope of a rule", async () => {
  const { graph, main } = await made("policy-names");
  await using _graph = graph;
  const ann = graph.as("ann");
  const early = new Date().toISOString();
  const permitted = [
    ann.query(READ, {}, { branch: "draft" }),
    ann.query(READ, {}, { branch: "draft", at: early }),
    ann.mutate(PUT, { s: "x" }, { branch: "draft" }),
    ann.branches.create("other", { from: "draft" }),
    pieces(ann.export({ branch: "draft" })),
  ];
  expect(await Promise.all(permitted.map(outcome))).toEqual(permitted.map(() => "done"));
  const { nextPageToken } = await (await Omnigraph.open("memory://policy-names")).commits.page({ limit: 1 });
  const refused = [
    ann.commits.page({ branch: "draft", pageToken: nextPageToken ?? "" }),
    ann.query(READ),
    ann.query(READ, {}, { branch: "draft", at: main }),
    ann.query(READ, {}, { branch: "draft", at: main.slice(0, 10) }),
    ann.query(READ, {}, { branch: "draft", at: "main" }),
    ann.query(READ, {}, { branch: "draft", at: "main~1" }),
    ann.branches.diff("draft", main),
    ann.branches.diff("main", "draft"),
    ann.branches.diff("draft", main.slice(0, 12)),
    ann.branches.previewMerge("main", { into: "draft" }),
    ann.commits.show(main),
    ann.commits.changes(main),
    ann.commits.list(),
    ann.changes.poll(),
    ann.snapshot(),
    ann.mutate(PUT, { s: "y" }),
    ann.branches.merge("draft"),
    ann.branches.delete("draft"),
    ann.branches.create(`${main.slice(0, 8)}`),
    pieces(ann.export()),
    pieces(ann.export({ branch: "draft", at: main })),
  ];
  expect(await Promise.all(refused.map(outcome))).toEqual(refused.map(() => "permission_denied"));
});

test("who is not named, and who no rule names, may do nothing", async () => {
  const { graph } = await made("policy-nobody");
  await using _graph = graph;
  for (const handle of [graph, graph.as("eve")]) {
    expect(await outcome(handle.query(READ, {}, { branch: "draft" }))).toBe("permission_denied");
    expect(await outcome(handle.branches.list())).toBe("permission_denied");
  }
});

test("a stored read needs the permission to run it, a stored mutation that to change besides; each decision is told", async () => {
  const { graph } = await made("policy-stored");
  await using _graph = graph;
  const told: (readonly [string, string | null, boolean])[] = [];
  const stored = (actor: string): Omnigraph =>
    graph.as(actor, {
      authorize: authorizeStored(POLICY, "all", ({ action, query }: PolicyRequest, { isAllowed }) => {
        told.push([action, query, isAllowed]);
      }),
    });
  expect(await outcome(stored("bot").query(READ))).toBe("done");
  expect(await outcome(stored("bot").mutate(PUT, { s: "z" }))).toBe("permission_denied");
  expect(await outcome(stored("ann").mutate(PUT, { s: "z" }, { branch: "draft" }))).toBe("done");
  expect(await outcome(stored("eve").query(READ))).toBe("permission_denied");
  expect(told).toContainEqual(["invoke_query", "all", true]);
  expect(told).toContainEqual(["change", "all", false]);
  expect(told).toContainEqual(["invoke_query", "all", false]);
  expect(told.some(([action]) => action === "read")).toBe(false);
});
