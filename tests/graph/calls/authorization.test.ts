import { join } from "node:path";
import { type Action, type AuthorizationRequest, Omnigraph, type OpenOptions } from "omnigraph";
import { describe, expect, it } from "vitest";
import { ACTIONS } from "../../../packages/graph/src/calls/authorization.ts";
import { testFolder } from "../../support/running/folders.ts";
import { methodsOf } from "./methods.ts";

const folder = testFolder("authorization-tables");

const SCHEMA = "node Item { slug: String @key  body: Blob? }";
const READ = "query all() { match { $i: Item } return { $i.slug } }";
const BODY = { entity: "node", type: "Item", id: "a", property: "body" } as const;
const PUT = "query put($s: String) { insert Item { slug: $s } }";

let names = 0;

/** A graph with a branch, opened by a handle of ann's that asks. */
async function asking(authorize: NonNullable<OpenOptions["authorize"]>): Promise<{
  readonly graph: Omnigraph;
  readonly first: string;
}> {
  const uri = `memory://authorization-${names++}`;
  await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
  const { commit } = await graph.load('{"type":"Item","data":{"slug":"a","body":"base64:aGk="}}', {
    mode: "append",
  });
  await graph.branches.create("draft");
  await graph.mutate(PUT, { s: "b" }, { branch: "draft" });
  return { graph: await Omnigraph.open(uri, { actor: "ann", authorize }), first: commit.id };
}

async function read(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pieces);
}

/** Every call by its name, and what is to be asked of it beside its name and its action. */
const CALLS: Readonly<
  Record<
    keyof typeof ACTIONS,
    readonly [(graph: Omnigraph, first: string) => Promise<unknown>, Partial<AuthorizationRequest>]
  >
> = {
  query: [(g) => g.query(READ, {}, { branch: "draft" }), { branch: "draft" }],
  explain: [(g) => g.explain(READ, {}, { branch: "draft", analyze: true }), { branch: "draft" }],
  prepare: [(g) => g.prepare(READ, { branch: "draft" }), { branch: "draft" }],
  run: [async (g) => (await g.prepare(READ)).run({}, { maxStalenessMs: Infinity }), {}],
  mutate: [(g) => g.mutate(PUT, { s: "c" }, { actor: "bob" }), { actor: "bob" }],
  load: [(g) => g.load("", { mode: "append", branch: "draft" }), { branch: "draft" }],
  export: [(g) => read(g.export({ types: ["Item"] })), { types: ["Item"] }],
  history: [(g) => g.history("node", "Item", "a"), { types: ["Item"] }],
  snapshot: [(g) => g.snapshot({ branch: "draft" }), { branch: "draft" }],
  "blobs.open": [(g) => g.blobs.open(BODY, { branch: "draft" }), { branch: "draft", types: ["Item"] }],
  "blobs.stream": [
    async (g) => {
      const blob = await g.blobs.open(BODY, { branch: "draft" });
      return blob.kind === "managed" ? read(blob.stream()) : null;
    },
    { branch: "draft", types: ["Item"] },
  ],
  "blobs.put": [(g) => g.blobs.put(BODY, null, { actor: "bob" }), { actor: "bob", types: ["Item"] }],
  "maintenance.optimize": [
    (g) => g.maintenance.optimize({ branch: "draft", actor: "bob" }),
    { branch: "draft", actor: "bob" },
  ],
  "maintenance.operation": [(g) => g.maintenance.operation("x", { branch: "draft" }), { branch: "draft" }],
  "maintenance.repair": [
    (g) => g.maintenance.repair({ branch: "draft", actor: "bob" }),
    { branch: "draft", actor: "bob" },
  ],
  "maintenance.fsck": [(g) => g.maintenance.fsck({ branch: "draft" }), { branch: "draft" }],
  "maintenance.cleanup": [
    (g) => g.maintenance.cleanup({ keep: 9, actor: "bob" }),
    { branch: null, actor: "bob" },
  ],
  "recovery.list": [(g) => g.recovery.list(), { branch: null }],
  "recovery.show": [(g) => g.recovery.show("absent"), { branch: null }],
  "recovery.discard": [(g) => g.recovery.discard("absent"), { branch: null }],
  "recovery.settle": [(g) => g.recovery.settle(), { branch: null }],
  "tables.adopt": [
    (g) => g.tables.adopt(join(folder, "no.lance"), { type: "Item", branch: "draft", actor: "bob" }),
    { branch: "draft", actor: "bob" },
  ],
  "tables.export": [
    (g) => g.tables.export(join(folder, "tables"), { format: "parquet", branch: "draft", types: ["Item"] }),
    { branch: "draft", types: ["Item"] },
  ],
  "maintenance.backup": [(g) => g.maintenance.backup("memory://authorized-backup"), { branch: null }],
  "schema.show": [(g) => g.schema.show(), {}],
  "schema.catalog": [(g) => g.schema.catalog({ at: "draft" }), { at: "draft" }],
  "schema.diff": [(g) => g.schema.diff("main", "draft"), { branch: null, source: "main", at: "draft" }],
  "schema.apply": [
    (g) => g.schema.apply("node {", { branch: "draft", actor: "bob" }),
    { branch: "draft", actor: "bob" },
  ],
  "schema.plan": [(g) => g.schema.plan("node {", { branch: "draft" }), { branch: "draft" }],
  "commits.list": [(g) => g.commits.list({ branch: "draft" }), { branch: "draft" }],
  "commits.show": [(g) => g.commits.show("draft"), { branch: null, at: "draft" }],
  "commits.page": [(g) => g.commits.page(), {}],
  "commits.changes": [(g) => g.commits.changes("draft"), { branch: null, at: "draft" }],
  "commits.revert": [(g, first) => g.commits.revert(first), {}],
  "commits.previewRevert": [(g, first) => g.commits.previewRevert(first), {}],
  "branches.create": [
    (g) => g.branches.create("new", { actor: "bob" }),
    { branch: "new", source: "main", actor: "bob" },
  ],
  "branches.list": [(g) => g.branches.list(), { branch: null }],
  "branches.merge": [(g) => g.branches.merge("draft"), { source: "draft" }],
  "branches.previewMerge": [
    (g) => g.branches.previewMerge("draft", { deleteBranch: true }),
    { source: "draft" },
  ],
  "branches.diff": [(g) => g.branches.diff("main", "draft"), { branch: "draft", source: "main" }],
  "branches.delete": [(g) => g.branches.delete("draft"), { branch: "draft" }],
  "changes.poll": [(g) => g.changes.poll({ branch: "draft" }), { branch: "draft" }],
  "changes.baseline": [(g) => read(g.changes.baseline()), {}],
};

describe("a handle with a port that permits calls", () => {
  it("each method but close and as has a case here", async () => {
    const { graph } = await asking(() => true);
    await using _graph = graph;
    const asked = methodsOf(graph).filter((name) => name !== "close" && name !== "as");
    expect(Object.keys(CALLS).toSorted()).toEqual(asked.toSorted());
  });

  it.each(Object.entries(CALLS))(
    "the port is asked before %s does anything",
    async (call, [run, expected]) => {
      const asked: AuthorizationRequest[] = [];
      const { graph, first } = await asking((request) => {
        asked.push(request);
        return request.call !== call;
      });
      await using _graph = graph;
      await expect(run(graph, first)).rejects.toMatchObject({
        reason: "permission_denied",
        details: { call },
      });
      const action: Action = ACTIONS[call as keyof typeof ACTIONS];
      const unknown = { types: null, reads: null, changes: null };
      const rest = { branch: "main", source: null, at: null, actor: "ann", ...unknown, ...expected };
      const known = call === "commits.revert" || call === "commits.previewRevert" ? { at: first } : {};
      expect(asked.filter((request) => request.call === call)).toEqual([{ action, call, ...rest, ...known }]);
      await using other = await Omnigraph.open(`memory://authorization-${names - 1}`);
      expect((await other.commits.list()).length).toBe(2);
      expect((await other.branches.list()).map(({ name }) => name)).toEqual(["draft", "main"]);
    },
  );

  it.each(Object.entries(CALLS))(
    "a permitted %s goes on, also where the answer comes later",
    async (_call, [run]) => {
      const { graph, first } = await asking(() => Promise.resolve(true));
      await using _graph = graph;
      const outcome = await run(graph, first).then(
        () => null,
        (thrown: { readonly reason: string }) => thrown.reason,
      );
      expect(outcome).not.toBe("permission_denied");
    },
  );

  it("the port is asked for all that a call does: a load that may make its branch, a merge that deletes its source", async () => {
    const asked: (readonly [Action, string | null])[] = [];
    const { graph } = await asking(({ action, branch, reads }) => {
      if (reads === null) asked.push([action, branch]);
      return true;
    });
    await using _graph = graph;
    await graph.load('{"type":"Item","data":{"slug":"z"}}', { mode: "append", branch: "new", from: "main" });
    await graph.branches.merge("new", { deleteBranch: true });
    expect(asked).toEqual([
      ["change", "new"],
      ["branch_create", "new"],
      ["branch_merge", "main"],
      ["branch_delete", "new"],
    ]);
  });

  it("a handle of another actor asks as that actor, by its own port if it has one, and writes as that actor", async () => {
    const asked: (readonly [string, string | null])[] = [];
    const { graph } = await asking(({ actor, call, reads }) => {
      if (reads === null) asked.push([call, actor]);
      return true;
    });
    await using _graph = graph;
    const bob = graph.as("bob");
    await bob.query(READ);
    const { commit } = await bob.mutate(PUT, { s: "of bob" });
    const { commit: loaded } = await bob.load('{"type":"Item","data":{"slug":"z"}}', {
      mode: "append",
      branch: "bobs",
      from: "main",
    });
    const merged = await bob.branches.merge("bobs", { deleteBranch: true });
    const reverted = await bob.commits.revert(loaded.id);
    const applied = await bob.schema.apply(`${SCHEMA}\nnode Other { text: String }`);
    const authors = [commit?.actor, loaded.actor, merged.actor, reverted.actor, applied.actor];
    expect(authors).toEqual(["bob", "bob", "bob", "bob", "bob"]);
    await graph.query(READ);
    expect(new Set(asked.slice(0, -1).map(([, actor]) => actor))).toEqual(new Set(["bob"]));
    expect(asked.at(-1)).toEqual(["query", "ann"]);
    await expect(graph.as("eve", { authorize: () => false }).query(READ)).rejects.toMatchObject({
      reason: "permission_denied",
      details: { actor: "eve" },
    });
    await bob.close();
    await expect(graph.query(READ)).rejects.toMatchObject({ reason: "closed" });
  });

  it("nothing is permitted where the port throws, or answers something else than true", async () => {
    const cause = new Error("policies cannot be read");
    const { graph: failing } = await asking(() => {
      throw cause;
    });
    await using _failing = failing;
    await expect(failing.query(READ)).rejects.toMatchObject({ reason: "caller_failed", cause });
    // Cast: what a caller without types gives.
    const { graph: odd } = await asking((() => "yes") as unknown as () => boolean);
    await using _odd = odd;
    await expect(odd.query(READ)).rejects.toMatchObject({ reason: "permission_denied" });
  });
});
