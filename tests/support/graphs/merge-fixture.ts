import { isError } from "@omnigraph/base";
import { type InitOptions, type MergeConflict, type MergeOptions, Omnigraph } from "omnigraph";
import { textIn } from "../models/feed-model.ts";

export const MERGE_SCHEMA = `
node Person { slug: String @key  name: String  title: String?  level: I32? @range(level, 0..9)  email: String? @unique }
node Team { slug: String @key  name: String }
edge Member: Person -> Team @card(0..2) { role: String? }
edge Reports: Person -> Person { note: String?  @unique(src, dst) }
`;

const person = (slug: string, email: string | null = null): object => ({
  type: "Person",
  data: { slug, name: slug, title: "T", level: 1, email },
});

/** Four people, three teams, ann in core and bob reporting to ann. */
export const MERGE_DATA = [
  ...["ann", "bob", "cyd", "dee"].map((slug) => person(slug)),
  ...["core", "edge", "ops"].map((slug) => ({ type: "Team", data: { slug, name: slug } })),
  { edge: "Member", from: "ann", to: "core", data: { id: "m1" } },
  { edge: "Reports", from: "bob", to: "ann", data: { id: "r1", note: "weekly" } },
]
  .map((line) => JSON.stringify(line))
  .join("\n");

/** Edits of one branch, shortly written. */
export class Editor {
  readonly #graph: Omnigraph;
  readonly #branch: string;

  constructor(graph: Omnigraph, branch: string) {
    this.#graph = graph;
    this.#branch = branch;
  }

  async set(slug: string, values: Readonly<Record<string, unknown>>): Promise<void> {
    const assigned = Object.entries(values).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    await this.run(`update Person set { ${assigned.join(", ")} } where slug = "${slug}"`);
  }

  async add(slug: string, values: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.load([{ type: "Person", data: { slug, name: slug, ...values } }]);
  }

  async drop(slug: string): Promise<void> {
    await this.run(`delete Person where slug = "${slug}"`);
  }

  async report(id: string, from: string, to: string, note: string | null = null): Promise<void> {
    await this.load([{ edge: "Reports", from, to, data: { id, note } }]);
  }

  async join(id: string, from: string, to: string): Promise<void> {
    await this.load([{ edge: "Member", from, to, data: { id } }]);
  }

  async load(lines: readonly object[]): Promise<void> {
    const text = lines.map((line) => JSON.stringify(line)).join("\n");
    await this.#graph.load(text, { mode: "merge", branch: this.#branch });
  }

  async run(statement: string): Promise<void> {
    await this.#graph.mutate(`query q() { ${statement} }`, {}, { branch: this.#branch });
  }
}

/** A graph of these people and teams with a branch `draft`; `base` is the commit that both branches have. */
export async function draftGraph(
  uri: string,
  options: Omit<InitOptions, "schema"> = {},
): Promise<{
  readonly graph: Omnigraph;
  readonly base: string;
  readonly main: Editor;
  readonly draft: Editor;
}> {
  const graph = await Omnigraph.init(uri, { schema: MERGE_SCHEMA, ...options });
  const { commit } = await graph.load(MERGE_DATA, { mode: "append" });
  await graph.branches.create("draft");
  return { graph, base: commit.id, main: new Editor(graph, "main"), draft: new Editor(graph, "draft") };
}

/** The graph at the head of a branch, or at a commit: lines of an export, sorted. */
export async function linesOf(
  graph: Omnigraph,
  at: { readonly branch?: string; readonly at?: string } = {},
): Promise<string[]> {
  return (await textIn(graph.export(at))).split("\n").filter(Boolean).toSorted();
}

/** One person's properties, or null. */
export async function personOf(graph: Omnigraph, slug: string, branch = "main"): Promise<object | null> {
  const found = (await linesOf(graph, { branch })).map((line): { type?: string; data: { slug?: string } } =>
    JSON.parse(line),
  );
  return found.find((line) => line.type === "Person" && line.data.slug === slug)?.data ?? null;
}

/** Conflicts as `kind Type id`, with the properties where there are some. */
export function shortly(conflicts: readonly MergeConflict[]): string[] {
  return conflicts.map(({ kind, type, id, properties, with: others }) => {
    const tail = properties.length === 0 ? "" : ` (${properties.join(", ")})`;
    const also =
      others.length === 0 ? "" : ` with ${others.map((other) => `${other.type} ${other.id}`).join(", ")}`;
    return `${kind} ${type} ${id ?? "-"}${tail}${also}`;
  });
}

/** The conflicts that a merge is refused with; it must be. */
export async function refusal(
  graph: Omnigraph,
  source: string,
  options: MergeOptions = {},
): Promise<Record<string, unknown>[]> {
  try {
    await graph.branches.merge(source, options);
  } catch (thrown) {
    if (!isError(thrown) || thrown.reason !== "merge_conflict") throw thrown;
    // Cast: the details of this reason hold them.
    return thrown.details["merge_conflicts"] as Record<string, unknown>[];
  }
  throw new Error("the merge went through");
}
