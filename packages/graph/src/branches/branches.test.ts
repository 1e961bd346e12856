import { setTimeout } from "node:timers/promises";
import { systemEnvironment } from "@omnigraph/base";
import { type ObjectStore, MemoryObjects } from "@omnigraph/storage";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Omnigraph } from "../omnigraph.ts";

const SCHEMA = "node Person { name: String @key }\nedge Knows: Person -> Person\n";
const ADD = "query add($n: String) { insert Person { name: $n } }";
const NAMES = "query names() { match { $p: Person } return { $p.name } order { $p.name } }";

/** Milliseconds without a call that count as quiet. */
const QUIET_MS = 30;

let uri = "";
let graph: Omnigraph;
let numbered = 0;

function lines(...names: readonly string[]): string {
  return names.map((name) => `${JSON.stringify({ type: "Person", data: { name } })}\n`).join("");
}

async function names(branch: string, at: Omnigraph = graph): Promise<unknown[]> {
  return (await at.query(NAMES, {}, { branch })).rows.map((row) => row["p.name"]);
}

async function branchNames(): Promise<string[]> {
  return (await graph.branches.list()).map(({ name }) => name);
}

/** Every call that reaches the store until the returned function is called, by name and key. */
function watched(): () => string[] {
  const calls: string[] = [];
  const methods = ["get", "range", "exists", "put", "putIfAbsent", "sync", "list", "delete"] as const;
  const spies = methods.map((method) => {
    const real: ObjectStore[typeof method] = MemoryObjects.prototype[method];
    return vi.spyOn(MemoryObjects.prototype, method).mockImplementation(function (
      this: MemoryObjects,
      ...args: readonly unknown[]
    ) {
      calls.push(`${method} ${String(args[0])}`);
      return Reflect.apply(real, this, args);
    });
  });
  return () => {
    for (const spy of spies) spy.mockRestore();
    return calls;
  };
}

/** Waits until nothing that runs beside the calls, such as writing digests, asks the store any more. */
async function quiet(): Promise<void> {
  for (let calls = 1; calls > 0;) {
    const stop = watched();
    await setTimeout(QUIET_MS);
    calls = stop().length;
  }
}

beforeEach(async () => {
  uri = `memory://branches-${numbered++}`;
  graph = await Omnigraph.init(uri, { schema: SCHEMA });
  await graph.load(lines("Ann", "Bob"), { mode: "append" });
});

afterEach(() => graph.close());

describe("a branch", () => {
  it("a branch is written and read independently of where it was made", async () => {
    const { head, forkedFrom } = await graph.branches.create("draft");
    expect(forkedFrom).toBe(head);
    await graph.mutate(ADD, { n: "Eve" }, { branch: "draft" });
    await graph.mutate(ADD, { n: "Cyd" });
    expect(await names("draft")).toEqual(["Ann", "Bob", "Eve"]);
    expect(await names("main")).toEqual(["Ann", "Bob", "Cyd"]);
    await using other = await Omnigraph.open(uri);
    expect(await names("draft", other)).toEqual(["Ann", "Bob", "Eve"]);
    await graph.mutate(ADD, { n: "Dee" }, { branch: "draft" });
    expect(await names("draft", other)).toEqual(["Ann", "Bob", "Dee", "Eve"]);
    const listed = await graph.commits.list({ branch: "draft" });
    expect(listed.map(({ branch, depth }) => [branch, depth])).toEqual([
      ["draft", 4],
      ["draft", 3],
      ["main", 2],
      ["main", 1],
    ]);
    const { datasets } = await graph.snapshot({ branch: "draft" });
    expect(datasets.map(({ typeName, count }) => [typeName, count])).toEqual([
      ["Knows", 0],
      ["Person", 4],
    ]);
  });

  it("a branch is made at any commit of any branch, and is read at any commit", async () => {
    const [first] = await graph.commits.list();
    await graph.mutate(ADD, { n: "Cyd" });
    await graph.branches.create("old", { from: first?.id ?? "" });
    await graph.branches.create("older", { from: "old" });
    expect(await names("older")).toEqual(["Ann", "Bob"]);
    const written = await graph.mutate(ADD, { n: "Eve" }, { branch: "older" });
    await graph.mutate(ADD, { n: "Fay" });
    const read = await graph.query(NAMES, {}, { at: written.commit?.id ?? "" });
    expect(read.rows.map((row) => row["p.name"])).toEqual(["Ann", "Bob", "Eve"]);
    expect(await names("main")).toEqual(["Ann", "Bob", "Cyd", "Fay"]);
    expect(await graph.branches.list()).toMatchObject([
      { name: "main", forkedFrom: null },
      { name: "old", head: first?.id, forkedFrom: first?.id },
      { name: "older", head: written.commit?.id, forkedFrom: first?.id },
    ]);
  });

  it("a deleted branch is gone for every handle, and another may have its name", async () => {
    await graph.branches.create("draft");
    await using other = await Omnigraph.open(uri);
    await other.mutate(ADD, { n: "Eve" }, { branch: "draft" });
    await graph.branches.delete("draft");
    const gone = { reason: "branch_not_found" };
    await expect(names("draft")).rejects.toMatchObject(gone);
    await expect(names("draft", other)).rejects.toMatchObject(gone);
    await expect(other.mutate(ADD, { n: "X" }, { branch: "draft" })).rejects.toMatchObject(gone);
    await expect(graph.branches.delete("draft")).rejects.toMatchObject(gone);
    await graph.branches.create("draft");
    expect(await names("draft", other)).toEqual(["Ann", "Bob"]);
    await other.mutate(ADD, { n: "Fay" }, { branch: "draft" });
    expect(await names("draft")).toEqual(["Ann", "Bob", "Fay"]);
  });

  it("a branch is written by a handle that knew the former one of its name", async () => {
    await graph.branches.create("draft");
    await using other = await Omnigraph.open(uri);
    await other.mutate(ADD, { n: "Eve" }, { branch: "draft" });
    await graph.branches.delete("draft");
    await graph.branches.create("draft");
    await other.mutate(ADD, { n: "Fay" }, { branch: "draft" });
    await other.load(lines("Gus"), { mode: "append", branch: "draft" });
    expect(await names("draft")).toEqual(["Ann", "Bob", "Fay", "Gus"]);
  });

  it("a missing branch is an error for every call", async () => {
    const branch = "nowhere";
    const gone = { reason: "branch_not_found" };
    await expect(graph.query(NAMES, {}, { branch })).rejects.toMatchObject(gone);
    await expect(graph.mutate(ADD, { n: "X" }, { branch })).rejects.toMatchObject(gone);
    await expect(graph.load(lines("X"), { mode: "append", branch })).rejects.toMatchObject(gone);
    await expect(graph.snapshot({ branch })).rejects.toMatchObject(gone);
    await expect(graph.commits.list({ branch })).rejects.toMatchObject(gone);
    await expect(graph.schema.show({ branch })).rejects.toMatchObject(gone);
    await expect(graph.branches.create("x", { from: branch })).rejects.toMatchObject(gone);
    const commit = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    await expect(graph.branches.create("x", { from: commit })).rejects.toMatchObject({
      reason: "commit_not_found",
    });
    expect(await branchNames()).toEqual(["main"]);
  });
});

describe("a load with a branch to make", () => {
  it("a load that makes a branch makes it with its first commit", async () => {
    const loaded = await graph.load(lines("Cyd"), { mode: "merge", branch: "draft", from: "main" });
    expect(loaded).toMatchObject({ branch: "draft", branchCreated: true, commit: { branch: "draft" } });
    expect([await names("draft"), await names("main")]).toEqual([
      ["Ann", "Bob", "Cyd"],
      ["Ann", "Bob"],
    ]);
    await using other = await Omnigraph.open(uri);
    expect(await names("draft", other)).toEqual(["Ann", "Bob", "Cyd"]);
  });

  it("a large load is staged into the new branch", async () => {
    await using small = await Omnigraph.open(uri, { inlineRows: 1 });
    await small.load(lines("Cyd", "Dee"), { mode: "append", branch: "draft", from: "main" });
    expect(await names("draft")).toEqual(["Ann", "Bob", "Cyd", "Dee"]);
    await graph.mutate(ADD, { n: "Eve" }, { branch: "draft" });
    expect(await names("draft", small)).toEqual(["Ann", "Bob", "Cyd", "Dee", "Eve"]);
  });

  it("a refused load leaves no branch", async () => {
    const load = graph.load(lines("Ann"), { mode: "append", branch: "draft", from: "main" });
    await expect(load).rejects.toMatchObject({ reason: "key_conflict" });
    expect(await branchNames()).toEqual(["main"]);
  });

  it("a load uses a branch that was made at the requested commit, and refuses one that was not", async () => {
    await graph.branches.create("draft");
    await graph.mutate(ADD, { n: "Cyd" });
    const loaded = await graph.load(lines("Dee"), { mode: "append", branch: "draft", from: "main" });
    expect(loaded.branchCreated).toBe(false);
    expect(await names("draft")).toEqual(["Ann", "Bob", "Dee"]);
    await graph.branches.create("other");
    await graph.mutate(ADD, { n: "Eve" }, { branch: "other" });
    const wrong = graph.load(lines("Fay"), { mode: "append", branch: "draft", from: "other" });
    await expect(wrong).rejects.toMatchObject({ reason: "branch_exists" });
    const main = graph.load(lines("Fay"), { mode: "append", from: "other" });
    await expect(main).rejects.toMatchObject({ reason: "branch_exists" });
    expect(await names("draft")).toEqual(["Ann", "Bob", "Dee"]);
  });

  it("a load uses the branch that has the name now, where its handle knew an earlier one that was made elsewhere", async () => {
    await graph.branches.create("draft");
    await graph.mutate(ADD, { n: "Eve" }, { branch: "draft" });
    await graph.branches.create("copy", { from: "draft" });
    await graph.mutate(ADD, { n: "Fay" }, { branch: "copy" });
    await using other = await Omnigraph.open(uri);
    await other.branches.delete("copy");
    await other.mutate(ADD, { n: "Cyd" });
    await other.branches.create("copy");
    await graph.branches.list();
    const { branchCreated } = await graph.load(lines("Dan"), {
      mode: "append",
      branch: "copy",
      from: "main",
    });
    expect(branchCreated).toBe(false);
    expect(await names("copy")).toEqual(["Ann", "Bob", "Cyd", "Dan"]);
  });

  it("a load repeated under its op gets the answer of the first time", async () => {
    const options = { mode: "append", branch: "draft", from: "main", op: "nightly" } as const;
    const first = await graph.load(lines("Cyd"), options);
    await using other = await Omnigraph.open(uri);
    const second = await other.load(lines("Cyd"), options);
    expect(second.commit.id).toBe(first.commit.id);
    expect([first.branchCreated, second.branchCreated]).toEqual([true, false]);
  });
});

describe("what a branch costs", () => {
  // Time stands still: what a handle does once a second is no part of what a branch costs.
  beforeEach(() => void vi.spyOn(systemEnvironment.clock, "monotonicMs").mockReturnValue(0));
  afterEach(() => void vi.restoreAllMocks());

  /** Calls of the store on a warm handle: making a branch, its first write, its first read, and its end. */
  async function calls(people: number): Promise<Record<"create" | "write" | "read" | "remove", string[]>> {
    const at = `memory://cost-${numbered++}`;
    await using big = await Omnigraph.init(at, { schema: SCHEMA });
    const everyone = Array.from({ length: people }, (_, i) => `p${i}`);
    await big.load(lines(...everyone), { mode: "append" });
    await big.mutate(ADD, { n: "warm" });
    expect((await big.query(NAMES)).rows).toHaveLength(people + 1);
    await quiet();
    const after = async (action: () => Promise<unknown>): Promise<string[]> => {
      const stop = watched();
      await action();
      // Ids of logs differ from run to run.
      return stop().map((call) => call.replaceAll(/log\/[0-9a-z]{9}\./g, "log/<log>."));
    };
    return {
      create: await after(() => big.branches.create("draft")),
      write: await after(() => big.mutate(ADD, { n: "new" }, { branch: "draft" })),
      read: await after(() => big.query(NAMES, {}, { branch: "draft" })),
      remove: await after(() => big.branches.delete("draft")),
    };
  }

  it("making a branch costs the same on a graph of 100 and of 50,000 entities, and its first write is one put", async () => {
    const [small, large] = [await calls(100), await calls(50_000)];
    expect(large).toEqual(small);
    const puts = small.write.filter((call) => call.startsWith("put"));
    expect(puts).toEqual(["putIfAbsent __manifest/log/<log>.1073741823.commit"]);
    // Beside it a look at the slot after it, and at which graph it is.
    expect(small.write.length).toBeLessThanOrEqual(3);
    // One put; the head, the name, the log and the horizon looked at before it, the graph and the horizon after it.
    expect(small.create.filter((call) => call.startsWith("put"))).toHaveLength(1);
    expect(small.create.length).toBeLessThanOrEqual(8);
    for (const call of Object.values(small).flat()) expect(call).not.toMatch(/ tables\//);
    // The next slot, and which graph it is.
    expect(small.read.length).toBeLessThanOrEqual(2);
  });
});
