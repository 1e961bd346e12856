import { type EntityResolution, type MergeStrategy, type Omnigraph, resolutionsTemplate } from "omnigraph";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { draftGraph, Editor, shortly } from "../../support/graphs/merge-fixture.ts";

let numbered = 0;
let graph: Omnigraph;
let base: string;

beforeEach(async () => {
  ({ graph, base } = await draftGraph(`memory://strategies-${numbered++}`));
});
afterEach(() => graph.close());

/** What both sides do, and what a merge comes to against the base where the one or the other wins, in either form. */
interface Row {
  readonly name: string;
  readonly a: (editor: Editor) => Promise<void>;
  readonly b: (editor: Editor) => Promise<void>;
  readonly strategy: { readonly a: readonly string[]; readonly b: readonly string[] };
  readonly entity: { readonly a: readonly string[]; readonly b: readonly string[] };
}

const ANN_GONE = ["- Person ann", "- Member m1", "- Reports r1"];

const ROWS: readonly Row[] = [
  {
    name: "divergent_update: the properties in conflict alone, the others are merged",
    a: (one) => one.set("ann", { level: 5, title: "A" }),
    b: (one) => one.set("ann", { level: 7, email: "b@x" }),
    strategy: {
      a: ['~ Person ann title="A" level=5 email="b@x"'],
      b: ['~ Person ann title="A" level=7 email="b@x"'],
    },
    entity: { a: ['~ Person ann title="A" level=5'], b: ['~ Person ann level=7 email="b@x"'] },
  },
  {
    name: "divergent_update of an edge: both ends together, its note is merged",
    a: (one) => one.report("r1", "cyd", "ann", "weekly"),
    b: (one) => one.report("r1", "dee", "bob", "daily"),
    strategy: {
      a: ['~ Reports r1 cyd->ann note="daily"'],
      b: ['~ Reports r1 dee->bob note="daily"'],
    },
    entity: { a: ["~ Reports r1 cyd->ann"], b: ['~ Reports r1 dee->bob note="daily"'] },
  },
  {
    name: "divergent_insert: every property that differs, so the whole entity",
    a: (one) => one.add("eve", { level: 1, title: "A" }),
    b: (one) => one.add("eve", { level: 2 }),
    strategy: { a: ['+ Person eve title="A" level=1'], b: ["+ Person eve level=2"] },
    entity: { a: ['+ Person eve title="A" level=1'], b: ["+ Person eve level=2"] },
  },
  {
    name: "delete_vs_update: a node goes with its edges, or stays with those that went with it",
    a: (one) => one.drop("ann"),
    b: (one) => one.set("ann", { level: 7 }),
    strategy: { a: ANN_GONE, b: ["~ Person ann level=7"] },
    entity: { a: ANN_GONE, b: ["~ Person ann level=7"] },
  },
  {
    name: "delete_vs_update: an edge that the other side added goes with the node",
    a: (one) => one.drop("ann"),
    b: async (one) => {
      await one.set("ann", { level: 7 });
      await one.report("r5", "cyd", "ann");
    },
    strategy: { a: ANN_GONE, b: ["~ Person ann level=7", "+ Reports r5 cyd->ann"] },
    entity: { a: ANN_GONE, b: ["~ Person ann level=7", "+ Reports r5 cyd->ann"] },
  },
  {
    name: "delete_vs_update: an edge that was moved away from the node is no part of the conflict",
    a: async (one) => {
      await one.report("r1", "bob", "dee", "weekly");
      await one.drop("ann");
    },
    b: (one) => one.set("ann", { level: 7 }),
    strategy: {
      a: ["- Person ann", "- Member m1", "~ Reports r1 bob->dee"],
      b: ["~ Person ann level=7", "~ Reports r1 bob->dee"],
    },
    entity: { a: ["- Person ann", "- Member m1", "~ Reports r1 bob->dee"], b: ["~ Person ann level=7"] },
  },
  {
    name: "delete_vs_update: a node that nobody disputes stays deleted",
    a: async (one) => {
      await one.drop("ann");
      await one.drop("bob");
    },
    b: (one) => one.set("ann", { level: 7 }),
    strategy: {
      a: ["- Person ann", "- Person bob", "- Member m1", "- Reports r1"],
      b: ["~ Person ann level=7", "- Person bob", "- Reports r1"],
    },
    entity: {
      a: ["- Person ann", "- Person bob", "- Member m1", "- Reports r1"],
      b: ["~ Person ann level=7"],
    },
  },
  {
    name: "delete_vs_update: an edge does not come back where another stands in its place",
    a: async (one) => {
      await one.run('delete Team where slug = "core"');
      await one.join("m2", "ann", "edge");
      await one.join("m3", "ann", "ops");
    },
    b: (one) => one.load([{ type: "Team", data: { slug: "core", name: "Core" } }]),
    strategy: {
      a: ["- Team core", "- Member m1", "+ Member m2 ann->edge", "+ Member m3 ann->ops"],
      b: ['~ Team core name="Core"', "- Member m1", "+ Member m2 ann->edge", "+ Member m3 ann->ops"],
    },
    entity: {
      a: ["- Team core", "- Member m1", "+ Member m2 ann->edge", "+ Member m3 ann->ops"],
      b: ['~ Team core name="Core"'],
    },
  },
  {
    name: "orphan_edge: the edge goes, or its end comes back with its edges",
    a: (one) => one.report("r5", "cyd", "bob"),
    b: (one) => one.drop("bob"),
    strategy: { a: ["+ Reports r5 cyd->bob"], b: ["- Person bob", "- Reports r1"] },
    entity: { a: ["+ Reports r5 cyd->bob"], b: ["- Person bob", "- Reports r1"] },
  },
  {
    name: "orphan_edge: an end that nobody needs stays deleted",
    a: (one) => one.report("r5", "cyd", "bob"),
    b: async (one) => {
      await one.drop("bob");
      await one.drop("ann");
    },
    strategy: {
      a: ["- Person ann", "- Member m1", "- Reports r1", "+ Reports r5 cyd->bob"],
      b: ["- Person ann", "- Person bob", "- Member m1", "- Reports r1"],
    },
    entity: {
      a: ["+ Reports r5 cyd->bob"],
      b: ["- Person ann", "- Person bob", "- Member m1", "- Reports r1"],
    },
  },
  {
    name: "orphan_edge: the ends alone, what else changed of the edge is merged",
    a: (one) => one.report("r1", "bob", "dee", "weekly"),
    b: async (one) => {
      await one.report("r1", "bob", "ann", "daily");
      await one.drop("dee");
    },
    strategy: {
      a: ['~ Reports r1 bob->dee note="daily"'],
      b: ["- Person dee", '~ Reports r1 note="daily"'],
    },
    entity: { a: ["~ Reports r1 bob->dee"], b: ["- Person dee", '~ Reports r1 note="daily"'] },
  },
  {
    name: "unique_violation: the properties of the tuple alone, the others are merged",
    a: (one) => one.set("bob", { email: "x@x", title: "A" }),
    b: (one) => one.set("cyd", { email: "x@x", level: 3 }),
    strategy: {
      a: ['~ Person bob title="A" email="x@x"', "~ Person cyd level=3"],
      b: ['~ Person bob title="A"', '~ Person cyd level=3 email="x@x"'],
    },
    entity: {
      a: ['~ Person bob title="A" email="x@x"'],
      b: ['~ Person cyd level=3 email="x@x"'],
    },
  },
  {
    name: "unique_violation: a holder that the side lacks is not added",
    a: (one) => one.add("eve", { email: "x@x" }),
    b: (one) => one.set("cyd", { email: "x@x", level: 3 }),
    strategy: {
      a: ["~ Person cyd level=3", '+ Person eve email="x@x"'],
      b: ['~ Person cyd level=3 email="x@x"'],
    },
    entity: { a: ['+ Person eve email="x@x"'], b: ['~ Person cyd level=3 email="x@x"'] },
  },
  {
    name: "cardinality_violation: what the other side added goes, what it took away stays away",
    a: async (one) => {
      await one.run('delete Member where from = "ann"');
      await one.join("m2", "ann", "edge");
      await one.join("m4", "ann", "ops");
    },
    b: (one) => one.join("m3", "ann", "edge"),
    strategy: {
      a: ["- Member m1", "+ Member m2 ann->edge", "+ Member m4 ann->ops"],
      b: ["- Member m1", "+ Member m3 ann->edge"],
    },
    entity: {
      a: ["- Member m1", "+ Member m2 ann->edge", "+ Member m4 ann->ops"],
      b: ["+ Member m3 ann->edge"],
    },
  },
  {
    name: "cardinality_violation: what else changed of an edge is merged",
    a: async (one) => {
      await one.load([{ edge: "Member", from: "ann", to: "core", data: { id: "m1", role: "lead" } }]);
      await one.join("m2", "ann", "edge");
    },
    b: (one) => one.join("m3", "ann", "ops"),
    strategy: {
      a: ['~ Member m1 role="lead"', "+ Member m2 ann->edge"],
      b: ['~ Member m1 role="lead"', "+ Member m3 ann->ops"],
    },
    entity: { a: ['~ Member m1 role="lead"', "+ Member m2 ann->edge"], b: ["+ Member m3 ann->ops"] },
  },
];

/** What a merge made of the base, as lines. */
async function outcome(): Promise<string[]> {
  const lines: string[] = [];
  for await (const { op, type, id, before, after } of (await graph.branches.diff(base, "kept")).changes()) {
    const [was, is] = [before?.endpoints, after?.endpoints];
    const moved = is != null && (was?.from !== is.from || was.to !== is.to);
    const values = Object.entries(after?.properties ?? {}).filter(
      ([name, value]) =>
        (op === "update" || !["slug", "name"].includes(name)) &&
        JSON.stringify(value) !== JSON.stringify(before?.properties[name] ?? null),
    );
    lines.push(
      [
        { insert: "+", update: "~", delete: "-" }[op],
        type.name,
        id,
        ...(moved ? [`${is.from}->${is.to}`] : []),
        ...values.map(([name, value]) => `${name}=${JSON.stringify(value)}`),
      ].join(" "),
    );
  }
  return lines;
}

/** Merges by what templates say, until no conflict comes of what they said before. */
async function mergeByTemplates(from: string): Promise<void> {
  await graph.branches.create("kept", { from });
  let entities: readonly EntityResolution[] = [];
  for (;;) {
    const asked = { into: "kept", resolutions: { entities } };
    const { conflicts } = await graph.branches.previewMerge("draft", asked);
    if (conflicts.length === 0) return void (await graph.branches.merge("draft", asked));
    const more = resolutionsTemplate(conflicts).entities ?? [];
    expect(more).not.toEqual([]);
    entities = [...entities, ...more];
  }
}

describe.each(ROWS)("$name", ({ a, b, strategy, entity }) => {
  it.each([
    ["a merged into b", "theirs", "ours"],
    ["b merged into a", "ours", "theirs"],
  ] as const)(
    "with %s the outcome is the documented one, decided for a by %s and for b by %s",
    async (_, forA, forB) => {
      await a(new Editor(graph, forA === "ours" ? "main" : "draft"));
      await b(new Editor(graph, forB === "ours" ? "main" : "draft"));
      const plain = await graph.branches.previewMerge("draft");
      expect(shortly(plain.conflicts)).not.toEqual([]);
      const forms: readonly [MergeStrategy, readonly string[]][] = [
        [{ strategy: forA }, strategy.a],
        [{ strategy: forB }, strategy.b],
        [{ strategyEntity: forA }, entity.a],
        [{ strategyEntity: forB }, entity.b],
      ];
      const before = (await graph.branches.list()).find(({ name }) => name === "main")?.head ?? "";
      for (const [asked, expected] of forms) {
        await graph.branches.create("kept", { from: before });
        await graph.branches.merge("draft", { into: "kept", ...asked });
        const found = await outcome();
        expect([asked, found]).toEqual([asked, expected]);
        await graph.branches.delete("kept");
      }
      await mergeByTemplates(before);
      expect(await outcome()).toEqual(forA === "ours" ? strategy.a : strategy.b);
    },
  );
});
