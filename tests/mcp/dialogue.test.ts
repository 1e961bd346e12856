import { Omnigraph } from "omnigraph";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Agent } from "../support/mcp/agent.ts";
import { testFolder } from "../support/running/folders.ts";
import { DATA, SCHEMA, type TestServer, testServer, TOKENS } from "../support/server/server.ts";

// The work that an agent is to be able to do by what it is told alone: look at the schema, work on a branch, show the diff, merge with decisions.

const folder = testFolder("mcp-dialogue");
let server: TestServer;
beforeAll(async () => {
  server = await testServer(folder);
  const graph = await Omnigraph.init(join(folder, "local.omni"), { schema: SCHEMA });
  await graph.load(DATA, { mode: "append", actor: "setup" });
  await graph.close();
});
afterAll(() => server.stop());

/** What some tools answer. */
interface Said {
  readonly isError: boolean;
  readonly schema_source: string;
  readonly rows: readonly unknown[];
  readonly changes: readonly { readonly op: string; readonly id: string }[];
  readonly merge_conflicts: readonly {
    readonly entity_kind: string;
    readonly type_name: string;
    readonly entity_id: string;
    readonly properties: readonly string[];
  }[];
  readonly commits: readonly { readonly graph_commit_id: string }[];
  readonly entries: readonly unknown[];
  readonly branches: readonly string[];
  readonly [member: string]: unknown;
}

/** Plays it, and answers what the agent was told at each step. `meanwhile` is what another one does. */
async function play(agent: Agent, meanwhile: () => Promise<void>): Promise<readonly unknown[]> {
  const told: unknown[] = [agent.client.getInstructions(), [...agent.tools.values()]];
  const call = async (name: string, args: Record<string, unknown> = {}): Promise<Said> => {
    const answer = await agent.call(name, args);
    expect(JSON.parse(answer.text)).toEqual(answer.json);
    told.push([name, answer]);
    // Cast: an answer has the members of its tool, and none of the others is looked at.
    return { ...answer.json, isError: answer.isError } as Said;
  };
  const { schema_source: schema } = await call("get-schema");
  const [, type = ""] = /node (\w+) \{ slug: String @key {2}name: String/.exec(schema) ?? [];
  const read = `match { $x: ${type} } return { $x.slug as slug, $x.level as level } order { slug }`;
  expect((await call("run-query", { query: read })).rows).toHaveLength(2);
  const branch = "raise";
  await call("create-branch", { name: branch });
  const mutation = `query q($s: String, $l: I32) { update ${type} set { level: $l } where slug = $s  insert ${type} { slug: "cyd", name: "Cyd" } }`;
  expect((await call("lint-query", { query: mutation, branch }))["status"]).toBe("ok");
  const params = { s: "ann", l: 6 };
  const explained = await call("explain-query", { query: mutation, params, branch, analyze: true });
  expect(explained["touches"]).toMatchObject([{ type_name: type, inserted: 1, updated: 1 }]);
  await call("run-mutation", { mutation, params, branch, message: "A raise", op: "raise-1" });
  await meanwhile();
  const diff = await call("show-diff", { from: "main", to: branch });
  expect(diff.changes.map(({ op, id }) => [op, id])).toEqual([
    ["update", "ann"],
    ["insert", "cyd"],
  ]);
  const refused = await call("merge-branch", { source: branch });
  expect(refused).toMatchObject({ isError: true, reason: "merge_conflict", remedy: expect.any(String) });
  const preview = await call("preview-merge", { source: branch });
  expect(preview).toMatchObject({ would: "conflict", conflict_count: 1 });
  const entities = preview.merge_conflicts.map((conflict) => ({
    kind: conflict.entity_kind,
    type: conflict.type_name,
    id: conflict.entity_id,
    properties: Object.fromEntries(conflict.properties.map((name) => [name, { value: 8 }])),
  }));
  const decided = { source: branch, resolutions: { entities } };
  expect((await call("preview-merge", decided))["would"]).toBe("merge");
  const merged = await call("merge-branch", { ...decided, delete_branch: true, message: "A raise, agreed" });
  expect(merged).toMatchObject({ outcome: "merged", branch_deleted: true });
  expect((await call("run-query", { query: read })).rows).toEqual([
    { slug: "ann", level: 8 },
    { slug: "bob", level: null },
    { slug: "cyd", level: null },
  ]);
  const { commits } = await call("list-commits", { limit: 2 });
  expect(commits[0]).toMatchObject({ kind: "merge", message: "A raise, agreed", actor_id: "root" });
  await call("show-commit", { commit: commits[0]?.graph_commit_id });
  const { entries } = await call("show-history", { kind: "node", type, id: "ann" });
  expect(entries).toHaveLength(3);
  expect((await call("list-branches")).branches).toEqual(["main"]);
  return told;
}

/** Another one's raise, on main. */
async function otherRaise(uri: string): Promise<void> {
  await using graph = await Omnigraph.open(uri);
  await graph.mutate('update Person set { level: 7 } where slug = "ann"', null, { actor: "other" });
}

/** What differs between two graphs in what they tell: times, addresses, tokens, and the text that says the same again. */
const OWN = new Set([
  "created_at",
  "authored_at",
  "milliseconds",
  "load_milliseconds",
  "uri",
  "path",
  "next_page_token",
  "text",
]);

/** What two graphs tell alike, with ids by the order in which they are met. */
function bare(told: readonly unknown[]): unknown {
  const ids = new Map<string, string>();
  const text = JSON.stringify(told).replaceAll(/[0-7][0-9A-HJKMNP-TV-Z]{25}/g, (id) => {
    const known = ids.get(id) ?? `id ${ids.size}`;
    ids.set(id, known);
    return known;
  });
  return JSON.parse(text, (name, value: unknown) => (OWN.has(name) ? typeof value : value));
}

it("an agent does its work by what it is told alone, and is told the same by the command and by the server", async () => {
  const http = await Agent.overHttp(`${server.address}/graphs/team/mcp`, TOKENS.get("root"));
  const byServer = await play(http, () => otherRaise(join(folder, "team.omni")));
  await http.close();
  const flags = ["--actor", "root", "--policy", "team.yaml", "--queries", "queries"];
  const stdio = await Agent.overStdio(["--store", "local.omni", ...flags], folder);
  const byCommand = await play(stdio, () => otherRaise(join(folder, "local.omni")));
  await stdio.close();
  expect(bare(byCommand)).toEqual(bare(byServer));
});
