// The graph of four processes that merge: markers that each process inserts on its branch, and a few entities that all of them edit.
export const SCHEMA = `node Marker { key: String @key }
node Shared { key: String @key  a: String?  b: String? }
`;
export const SHARED = ["s0", "s1", "s2", "s3", "s4", "s5"];
export const MARK = "query mark($k: String) { insert Marker { key: $k } }";
export const ADD_SHARED = "query add($k: String, $v: String) { insert Shared { key: $k, a: $v } }";
export const DROP_SHARED = "query drop($k: String) { delete Shared where key = $k }";
export const FIND_SHARED =
  "query find($k: String) { match { $s: Shared { key: $k } } return { $s.key as key } }";
export const CHANGE = {
  a: "query change($k: String, $v: String) { update Shared set { a: $v } where key = $k }",
  b: "query change($k: String, $v: String) { update Shared set { b: $v } where key = $k }",
};

/** Markers of one load. */
export const BATCH_SIZE = 60;

export function markerLines(name) {
  return Array.from({ length: BATCH_SIZE }, (_, i) =>
    JSON.stringify({ type: "Marker", data: { key: `${name}/${i}` } }),
  ).join("\n");
}
