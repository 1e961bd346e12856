import { isError } from "@omnigraph/base";
import fc from "fast-check";
import { MemoryObjects, ObjectLayers, Omnigraph, type Reason } from "omnigraph";
import { base64, body, bytesOf, streamed } from "../support/graphs/blob-graph.ts";

const SCHEMA = "node Doc { slug: String @key  name: String?  body: Blob?  note: String? }";
const SET = "query q($s: String, $n: String?, $b: Blob?) { insert Doc { slug: $s, name: $n, body: $b } }";
const NOTE = "query q($s: String, $n: String) { update Doc set { note: $n } where slug = $s }";
const DELETE = "query q($s: String) { delete Doc where slug = $s }";
const SLUGS = ["a", "b", "c"] as const;
const BRANCHES = ["main", "x", "y"] as const;
/** Names of contents with their sizes: one lies in its row. */
const SIZES = { small: 100, one: 17_000, two: 30_000, three: 50_000 } as const;

type Content = keyof typeof SIZES;
const CONTENTS: readonly Content[] = ["small", "one", "two", "three"];

/** What a client does on a branch. */
export type BlobStep = { readonly branch: (typeof BRANCHES)[number] } & (
  | { readonly kind: "set"; readonly slug: (typeof SLUGS)[number]; readonly content: Content | null }
  | { readonly kind: "note" | "delete"; readonly slug: (typeof SLUGS)[number] }
  | { readonly kind: "create" | "drop" | "merge" | "revert" | "fold" | "cleanup" | "reopen" }
);

/** Steps in order; those of a group are done at the same time, by two handles. */
export type BlobHistory = readonly (readonly BlobStep[])[];

const branch = fc.constantFrom(...BRANCHES);
const slug = fc.constantFrom(...SLUGS);
const step: fc.Arbitrary<BlobStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("set"),
      branch,
      slug,
      content: fc.constantFrom(...CONTENTS, null),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("note", "delete"), branch, slug }) },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constantFrom("create", "drop", "merge", "revert", "fold", "cleanup", "cleanup", "reopen"),
      branch,
    }),
  },
);

export const blobHistories: fc.Arbitrary<BlobHistory> = fc.array(
  fc.array(step, { minLength: 1, maxLength: 2 }),
  {
    minLength: 5,
    maxLength: 14,
  },
);

/** What may come of a step, whatever is done beside it. */
const REFUSALS: ReadonlySet<Reason> = new Set([
  "branch_exists",
  "branch_not_found",
  "commit_parentless",
  "commit_not_found",
  "history_reclaimed",
  "merge_conflict",
  "merge_itself",
  "read_set_conflict",
  "too_contended",
]);

let names = 0;

/**
 * Plays a history, with a cleanup that waits for nobody. A document is always given its name with its content, which the name determines, so whatever merges and reverts come to:
 * each content that can be read must be that of the name beside it. At the end nothing is in the store that no document needs.
 */
export async function playBlobs(history: BlobHistory): Promise<void> {
  const objects = new MemoryObjects(`blob-history-${names++}`);
  const parts = { objects, tables: new ObjectLayers(objects) };
  const open = (): Promise<Omnigraph> => Omnigraph.openWith(parts, { maintenance: "off" });
  const handles = [await Omnigraph.initWith(parts, { schema: SCHEMA, maintenance: "off" }), await open()];
  for (const group of history) {
    const done = await Promise.allSettled(
      group.map(async (one, i) => {
        if (one.kind === "reopen") handles[i] = await open();
        else await act(handles[i]!, one);
      }),
    );
    for (const outcome of done)
      if (outcome.status === "rejected" && !isRefusal(outcome.reason)) throw outcome.reason;
    await checkAll(handles[0]!);
  }
  await checkEnd(handles[0]!, objects);
}

function isRefusal(thrown: unknown): boolean {
  return isError(thrown) && REFUSALS.has(thrown.reason);
}

async function act(graph: Omnigraph, one: BlobStep): Promise<void> {
  const { branch } = one;
  switch (one.kind) {
    case "set": {
      const { slug, content } = one;
      const bytes = content === null ? null : base64(bytesOf(content, SIZES[content]));
      await graph.mutate(SET, { s: slug, n: content, b: bytes }, { branch });
      return;
    }
    case "note":
      await graph.mutate(NOTE, { s: one.slug, n: String(names++) }, { branch });
      return;
    case "delete":
      await graph.mutate(DELETE, { s: one.slug }, { branch });
      return;
    case "create":
      return void (await graph.branches.create(branch, { from: "main" }));
    case "drop":
      return void (branch === "main" || (await graph.branches.delete(branch)));
    case "merge":
      await graph.branches.merge(branch, { into: branch === "main" ? "x" : "main", strategy: "theirs" });
      return;
    case "revert": {
      const [head] = await graph.commits.list({ branch, limit: 1 });
      return void (await graph.commits.revert(head?.id ?? "", { branch, strategy: "theirs" }));
    }
    case "fold":
      await graph.maintenance.optimize({ branch });
      return;
    case "cleanup":
      await graph.maintenance.cleanup({ keep: 1, graceMs: 0, confirm: true });
      return;
    case "reopen":
  }
}

async function checkAll(graph: Omnigraph): Promise<void> {
  for (const { name } of await graph.branches.list()) await checkBranch(graph, name);
  const { findings } = await graph.maintenance.fsck();
  const wrong = findings.filter(({ severity }) => severity !== "note");
  if (wrong.length > 0) throw new Error(`fsck: ${JSON.stringify(wrong)}`);
}

async function checkBranch(graph: Omnigraph, branch: string): Promise<readonly Content[]> {
  const { rows } = await graph.query("match { $d: Doc } return { $d.slug, $d.name }", null, { branch });
  const found: Content[] = [];
  for (const { "d.slug": id, "d.name": name } of rows) {
    const content = CONTENTS.find((known) => known === name);
    if (content === undefined) continue;
    const blob = await graph.blobs.open(body(String(id)), { branch });
    const bytes = blob.kind === "managed" ? await streamed(blob.stream()) : null;
    if (bytes?.equals(bytesOf(content, SIZES[content])) !== true)
      throw new Error(`${String(id)} on ${branch} has other content than ${content}`);
    found.push(content);
  }
  return found;
}

/** Once main alone is left, and nothing of its past is kept, the store has each content that it needs, and no other. */
async function checkEnd(graph: Omnigraph, objects: MemoryObjects): Promise<void> {
  for (const { name } of await graph.branches.list()) if (name !== "main") await graph.branches.delete(name);
  await graph.mutate(NOTE, { s: "nobody", n: "-" });
  await graph.maintenance.optimize({ full: true });
  for (let times = 0; times < 2; times++)
    await graph.maintenance.cleanup({ keep: 1, graceMs: 0, confirm: true });
  await checkAll(graph);
  const needed = new Set((await checkBranch(graph, "main")).filter((content) => content !== "small"));
  const kept = (await objects.list("tables/"))
    .filter(({ key }) => key.endsWith(".blob"))
    .map(({ size }) => size);
  const sorted = (sizes: Iterable<number>): string => [...sizes].toSorted((a, b) => a - b).join();
  const expected = sorted([...needed].map((content): number => SIZES[content]));
  if (sorted(new Set(kept)) !== expected)
    throw new Error(`the store has content of ${kept.join()} bytes, and ${expected} is needed`);
}
