// The graph whose calls are counted, and what is done with it.

export const SCHEMA = "node Item { slug: String @key  number: I64 }\nedge Link: Item -> Item";
export const SET = "query set($k: String, $n: I64) { update Item set { number: $n } where slug = $k }";
export const GET = "query get($k: String) { match { $i: Item { slug: $k } } return { $i.number as n } }";
export const HOP =
  "query hop($k: String) { match { $i: Item { slug: $k }  $i Link $j } return { $j.slug as n } }";
export const HOPS =
  "query hops($k: String) { match { $i: Item { slug: $k }  $i Link{1,3} $j } return { $j.slug as n } order { n } }";
export const SCAN =
  "query scan() { match { $i: Item  $i.number >= 0 } return { count($i) as rows, sum($i.number) as total } }";
export const ROWS = 262_144;

export function* linesOf(rows: number): Generator<Uint8Array> {
  for (let i = 0; i < rows; i++) {
    const item = `{"type":"Item","data":{"slug":"i${i}","number":${i}}}`;
    yield Buffer.from(`${item}\n{"edge":"Link","from":"i${i}","to":"i${(i + 1) % rows}"}\n`);
  }
}
