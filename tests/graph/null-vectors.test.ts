import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { FeedModel, followed, headEntities, textIn } from "../support/models/feed-model.ts";
import { testFolder } from "../support/running/folders.ts";
import { s3Bucket } from "../support/stores/s3-environment.ts";

const folder = testFolder("null-vectors");
const bucket = s3Bucket();
const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("null-vectors.mjs", import.meta.url));

const SCHEMA = `node Doc { slug: String @key  v: Vector(4)?  tags: [String]?  n: I32? }
edge Cites: Doc -> Doc { at: Vector(2)?  pages: [I32]? }`;

/** What a document is to hold: null, or what its number says. */
interface Doc {
  readonly v: readonly number[] | null;
  readonly tags: readonly string[] | null;
}

const slugOf = (i: number): string => `d${String(i).padStart(3, "0")}`;
const full = (i: number): Doc => ({ v: [i, 0.5, -i, 1], tags: [`t${i}`, ""] });
const EMPTY: Doc = { v: null, tags: null };

const PUT = `query put($slug: String, $v: Vector(4)?, $tags: [String]?) { insert Doc { slug: $slug, v: $v, tags: $tags } }`;
const SET = `query set($slug: String, $v: Vector(4)?, $tags: [String]?) { update Doc set { v: $v, tags: $tags } where slug = $slug }`;
const ALL = "query all() { match { $d: Doc } return { $d.slug, $d.v, $d.tags } order { $d.slug } }";

const BACKENDS: readonly (readonly [string, () => string])[] = [
  ["a local folder", () => join(folder, "a.omni")],
  ["memory", () => "memory://null-vectors"],
  ["S3", () => `s3://${bucket()}/null-vectors.omni`],
];

async function expectDocs(graph: Omnigraph, docs: ReadonlyMap<string, Doc>): Promise<void> {
  const { rows } = await graph.query(ALL);
  expect(rows.map((row) => [row["d.slug"], { v: row["d.v"], tags: row["d.tags"] }])).toEqual(
    [...docs].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

describe.each(BACKENDS)("vectors and lists that may be null, in %s", (_name, uriOf) => {
  it("vectors and lists go from null to a value and back, through tables, commits, merges, the feed and a zero budget", async () => {
    const uri = uriOf();
    const docs = new Map<string, Doc>();
    {
      await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 40, memory: 1 });
      const lines = Array.from({ length: 90 }, (_, i) => {
        const doc = i % 30 === 7 ? full(i) : EMPTY;
        docs.set(slugOf(i), doc);
        return JSON.stringify({ type: "Doc", data: { slug: slugOf(i), ...doc } });
      });
      const cited = Array.from({ length: 60 }, (_, i) =>
        JSON.stringify({
          edge: "Cites",
          from: slugOf(i),
          to: slugOf(i + 1),
          data: i % 20 === 3 ? { at: [i, 1], pages: [i] } : {},
        }),
      );
      await graph.load([...lines, ...cited].join("\n"), { mode: "append" });
      await expectDocs(graph, docs);

      const change = async (source: string, i: number, doc: Doc, branch?: string): Promise<void> => {
        docs.set(slugOf(i), doc);
        await graph.mutate(source, { slug: slugOf(i), ...doc }, branch === undefined ? {} : { branch });
      };
      await change(PUT, 100, EMPTY);
      await change(PUT, 101, full(101));
      await change(SET, 7, EMPTY);
      await change(SET, 8, full(8));
      await change(SET, 100, full(100));
      await change(SET, 100, EMPTY);
      await expectDocs(graph, docs);

      await graph.branches.create("work");
      await change(SET, 9, full(9), "work");
      await change(SET, 37, EMPTY, "work");
      await change(SET, 10, full(10));
      await graph.mutate('query q() { update Doc set { n: 1 } where slug = "d037" }');
      expect(await graph.branches.merge("work")).toMatchObject({ outcome: "merged" });
      await expectDocs(graph, docs);
    }

    await using again = await Omnigraph.open(uri, { memory: 1 });
    await expectDocs(again, docs);
    const model = new FeedModel();
    for (const { changes } of await followed(again, { start: "beginning" })) model.apply(changes);
    expect(model.entities).toEqual(await headEntities(again));
    const exported = await textIn(again.export({ types: ["Cites"] }));
    expect(exported.match(/"at":null/g)).toHaveLength(57);
    expect(exported).toContain('"at":[23,1]');
    const tagged = 'query q() { match { $d: Doc  $d.tags contains "t67" } return { $d.slug } }';
    expect((await again.query(tagged)).rows).toEqual([{ "d.slug": "d067" }]);
  });
});

/** What a load of so many rows takes: peak memory of its process, and bytes on disk. */
async function cost(
  rows: number,
  property: string,
): Promise<{ readonly peak: number; readonly disk: number }> {
  const { stdout } = await run(process.execPath, [
    SCRIPT,
    join(folder, `${rows}-${property}.omni`),
    `${rows}`,
    property,
  ]);
  // Cast: what the script prints.
  return JSON.parse(stdout) as { readonly peak: number; readonly disk: number };
}

it("a wide vector that is null in every row costs almost nothing, in memory and on disk", async () => {
  const [without, nulls] = [await cost(20_500, ""), await cost(20_500, "v: Vector(1536)?  tags: [String]?")];
  expect(nulls.peak - without.peak).toBeLessThan(60 * 2 ** 20);
  expect(nulls.disk - without.disk).toBeLessThan(200_000);
});
