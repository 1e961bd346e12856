/** A small graph that shows every kind of value, for tests of the command and the library. */
export const COMPANY_SCHEMA = `node Person {
  slug: String @key
  name: String
  age: I32?
  serial: I64?
  born: Date?
  seen: DateTime?
  tags: [String]?
  active: Bool?
}
node City { slug: String @key  name: String }
edge Likes: Person -> Person { since: Date?  weight: F64? }
edge LivesIn: Person -> City @card(0..1) { }
`;

/** NDJSON of 3 people, 1 city, 2 edges. */
export const COMPANY_DATA = [
  '{"type":"Person","data":{"slug":"ada","name":"Ada","age":36,"serial":9007199254740993,"born":"1815-12-10","seen":"2026-01-31T08:30:00Z","tags":["x","y"],"active":true}}',
  '{"edge":"Likes","from":"ada","to":"bo","data":{"since":"2020-02-29","weight":0.5}}',
  '{"type":"Person","data":{"slug":"bo","name":"Bo, \\"the\\" 2nd","age":5}}',
  '{"type":"City","data":{"slug":"rome","name":"Rome"}}',
  '{"edge":"LivesIn","from":"bo","to":"rome"}',
  '{"type":"Person","data":{"slug":"cy","name":"Cy"}}',
  "",
].join("\n");

export const COMPANY_QUERIES = `query people() {
  match { $p: Person }
  return { $p.slug, $p.name, $p.age }
  order { $p.slug }
}
query person($slug: String) {
  match { $p: Person { slug: $slug } }
  return { $p.name as name }
}
query values() {
  match { $p: Person { slug: "ada" } }
  return { $p, $p.serial, $p.born, $p.seen, $p.tags, $p.active }
}
query add($slug: String, $name: String) { insert Person { slug: $slug, name: $name } }
query rename($slug: String, $name: String) { update Person set { name: $name } where slug = $slug }
query remove($slug: String) { delete Person where slug = $slug }
`;
