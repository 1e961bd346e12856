import { Omnigraph } from "omnigraph";

export const SCHEMA = `node Item { slug: String @key  n: I64?  f: F64?  b: Bool?  day: Date?  at: DateTime?  words: [String]?  v: Vector(2)?  body: Blob? }
edge Next: Item -> Item`;
export const READ = "query one($slug: String?) { match { $i: Item { slug: $slug } } return { $i.n } }";
export const PUT = `query put($slug: String, $n: I64?, $f: F64?, $b: Bool?, $day: Date?, $at: DateTime?, $words: [String]?, $v: Vector(2)?) {
  update Item set { n: $n, f: $f, b: $b, day: $day, at: $at, words: $words, v: $v } where slug = $slug }`;
export const BODY = { entity: "node", type: "Item", id: "a", property: "body" } as const;
export const LINE = '{"type":"Item","data":{"slug":"a","n":1,"body":"base64:aGVsbG8="}}';

/** A new graph with one item, which its branches `main` and `draft` have; `first` is the commit that made it. */
export async function itemGraph(uri: string): Promise<{ readonly graph: Omnigraph; readonly first: string }> {
  const graph = await Omnigraph.init(uri, { schema: SCHEMA, durability: "relaxed" });
  const { commit } = await graph.load(LINE, { mode: "append" });
  await graph.branches.create("draft");
  return { graph, first: commit.id };
}
