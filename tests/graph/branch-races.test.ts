import { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backends } from "../support/stores/backends.ts";

const SCHEMA = "node Person { name: String @key }";
const NAMES = "query names() { match { $p: Person } return { $p.name as name } order { name } }";
const INTO = { mode: "append", branch: "new", from: "main" } as const;

function lines(...names: readonly string[]): string {
  return names.map((name) => `${JSON.stringify({ type: "Person", data: { name } })}\n`).join("");
}

describe.each(backends("branch-races"))("several calls at one branch name, in %s", (_name, addressOf) => {
  let uri = "";
  let one: Omnigraph;
  let other: Omnigraph;

  beforeEach(async () => {
    uri = addressOf();
    one = await Omnigraph.init(uri, { schema: SCHEMA });
    await one.load(lines("Ann"), { mode: "append" });
    other = await Omnigraph.open(uri);
  });
  afterEach(async () => {
    await Promise.all([one.close(), other.close()]);
  });

  async function names(branch: string): Promise<unknown[]> {
    await using fresh = await Omnigraph.open(uri, { readOnly: true });
    return (await fresh.query(NAMES, {}, { branch })).rows.map(({ name }) => name);
  }

  /** The lines of a load, of which the first is given after something else was done: the load has looked for its branch by then. */
  async function* after(other: () => Promise<unknown>, text: string): AsyncGenerator<string> {
    await other();
    yield text;
  }

  it("all concurrent loads that make a branch are in it, and one of them made it", async () => {
    await using third = await Omnigraph.open(uri);
    const handles = [one, other, third, one, other];
    const loads = await Promise.all(handles.map((graph, i) => graph.load(lines(`p${i}`), INTO)));
    expect(loads.filter(({ branchCreated }) => branchCreated)).toHaveLength(1);
    expect(new Set(loads.map(({ commit }) => commit.id)).size).toBe(5);
    expect(await names("new")).toEqual(["Ann", "p0", "p1", "p2", "p3", "p4"]);
    expect(await names("main")).toEqual(["Ann"]);
  });

  it.each([
    ["small", {}],
    ["staged", { inlineRows: 1 }],
  ])("a %s load goes into the branch that another made of main while it was read", async (_size, options) => {
    await using slow = await Omnigraph.open(uri, options);
    const meanwhile = async (): Promise<void> => {
      await other.mutate('query q() { insert Person { name: "Eve" } }'); // main goes on
      await other.load(lines("Bob"), INTO);
    };
    const loaded = await slow.load(after(meanwhile, lines("Cyd", "Dee")), INTO);
    expect(loaded).toMatchObject({ branchCreated: false, nodes: [{ entities: 2 }] });
    expect(await names("new")).toEqual(["Ann", "Bob", "Cyd", "Dee", "Eve"]);
  });

  it("a load treats the rows of the branch that won as it would later", async () => {
    const meanwhile = (): Promise<unknown> => other.load(lines("Bob"), INTO);
    const load = one.load(after(meanwhile, lines("Bob")), INTO);
    await expect(load).rejects.toMatchObject({ reason: "key_conflict" });
    expect(await names("new")).toEqual(["Ann", "Bob"]);
  });

  it("loads of one op that race are one commit", async () => {
    const asked = { ...INTO, op: "nightly" };
    const [first, second] = await Promise.all([one, other].map((graph) => graph.load(lines("Bob"), asked)));
    expect(second?.commit.id).toBe(first?.commit.id);
    expect(await names("new")).toEqual(["Ann", "Bob"]);
  });

  it("a load is refused where the branch that won was made of another one", async () => {
    await one.branches.create("side");
    await one.load(lines("Sid"), { mode: "append", branch: "side" });
    const meanwhile = (): Promise<unknown> => other.load(lines("Bob"), { ...INTO, from: "side" });
    const load = one.load(after(meanwhile, lines("Cyd")), INTO);
    await expect(load).rejects.toMatchObject({ reason: "branch_exists" });
    await expect(load).rejects.toThrow("was not made from main");
    expect(await names("new")).toEqual(["Ann", "Bob", "Sid"]);
  });

  it("a branch counts as made from another one whose head was that commit then", async () => {
    await one.branches.create("side");
    const meanwhile = async (): Promise<void> => {
      await other.load(lines("Bob"), { ...INTO, from: "side" });
      await other.load(lines("Sid"), { mode: "append", branch: "side" });
    };
    await one.load(after(meanwhile, lines("Cyd")), { ...INTO, from: "side" });
    expect(await names("new")).toEqual(["Ann", "Bob", "Cyd"]);
  });

  it("a load makes the branch again that is deleted during it", async () => {
    await one.load(lines("Bob"), INTO);
    const meanwhile = (): Promise<unknown> => other.branches.delete("new");
    const loaded = await one.load(after(meanwhile, lines("Cyd")), INTO);
    expect(loaded.branchCreated).toBe(true);
    expect(await names("new")).toEqual(["Ann", "Cyd"]);
  });

  it("a load goes into the branch that has the name by the time it was read", async () => {
    await one.branches.create("new");
    const again = async (): Promise<void> => {
      await other.branches.delete("new");
      await other.load(lines("Bob"), INTO);
    };
    await one.load(after(again, lines("Cyd")), { mode: "append", branch: "new" });
    expect(await names("new")).toEqual(["Ann", "Bob", "Cyd"]);
    const gone = one.load(
      after(() => other.branches.delete("new"), lines("Dee")),
      { mode: "append", branch: "new" },
    );
    await expect(gone).rejects.toMatchObject({ reason: "branch_not_found" });
  });
});
