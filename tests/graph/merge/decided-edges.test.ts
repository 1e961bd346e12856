import { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shortly } from "../../support/graphs/merge-fixture.ts";

const SCHEMA = `
node Person { name: String @key  age: I32?  email: String? }
node Place { name: String @key }
edge LivesIn: Person -> Place @card(1..2) { note: String? }
edge Knows: Person -> Person
`;

let numbered = 0;
let graph: Omnigraph;

const livesIn = (id: string, from: string, to: string, note: string | null = null): object => ({
  edge: "LivesIn",
  from,
  to,
  data: { id, note },
});

async function load(branch: string, ...lines: readonly object[]): Promise<void> {
  await graph.load(lines.map((line) => JSON.stringify(line)).join("\n"), { mode: "merge", branch });
}

async function mutate(branch: string, statement: string): Promise<void> {
  await graph.mutate(`query q() { ${statement} }`, {}, { branch });
}

beforeEach(async () => {
  graph = await Omnigraph.init(`memory://decided-edges-${numbered++}`, { schema: SCHEMA });
  const people = ["ann", "bob"].map((name) => ({ type: "Person", data: { name } }));
  const places = ["x", "y", "z"].map((name) => ({ type: "Place", data: { name } }));
  await load("main", ...people, ...places, livesIn("l1", "ann", "x"));
  await graph.branches.create("draft");
});
afterEach(() => graph.close());

describe("cardinalities and decisions", () => {
  it("a node is not taken without the edges that it needs and has on its side", async () => {
    await mutate("main", 'delete Person where name = "ann"');
    await load("draft", livesIn("l1", "ann", "x", "new"));
    await load("draft", { edge: "Knows", from: "bob", to: "ann", data: { id: "k1" } });
    const known = { kind: "edge", type: "Knows", id: "k1", take: "theirs" } as const;
    const entities = [known, { kind: "edge", type: "LivesIn", id: "l1", take: "ours" }] as const;
    const preview = await graph.branches.previewMerge("draft", { resolutions: { entities } });
    expect(shortly(preview.conflicts)).toEqual([
      "cardinality_violation LivesIn - with Person ann, LivesIn l1",
    ]);
    const [conflict] = preview.conflicts;
    expect(conflict?.message).toContain("would have 0 of them");
    const merged = await graph.branches.merge("draft", { resolutions: { entities: [known] } });
    expect(merged.resolved).toHaveLength(2);
  });

  it("a node that is named with its edges becomes as on the side, and so do they", async () => {
    await load("draft", livesIn("l3", "ann", "z"));
    await mutate("draft", 'update Person set { email: "a" } where name = "ann"');
    await load("main", livesIn("l4", "ann", "x"));
    await mutate("main", 'update Person set { age: 1 } where name = "ann"');
    const entities = [{ kind: "node", type: "Person", id: "ann", take: "ours" }] as const;
    const before = await graph.branches.previewMerge("draft");
    expect(before.conflicts.map(({ kind }) => kind)).toEqual(["cardinality_violation"]);
    const after = await graph.branches.merge("draft", { resolutions: { entities } });
    expect((await graph.branches.diff("main", after.commit?.parent ?? "")).stat).toEqual([]);
  });
});
