// The graph of the crash tests: items that writers insert one by one, and batches that they load whole.
export const SCHEMA = `node Item { key: String @key  writer: String  number: I32 }
node Batch { key: String @key  size: I32 }
edge Holds: Batch -> Item
`;
export const INSERT =
  "query add($k: String, $w: String, $n: I32) { insert Item { key: $k, writer: $w, number: $n } }";
export const TOUCH = "query touch($k: String, $n: I32) { update Item set { number: $n } where key = $k }";
export const BATCH_SIZE = 40;

/** A batch with its items and edges, all or nothing. */
export function batchLines(name) {
  const lines = [JSON.stringify({ type: "Batch", data: { key: name, size: BATCH_SIZE } })];
  for (let i = 0; i < BATCH_SIZE; i++) {
    lines.push(JSON.stringify({ type: "Item", data: { key: `${name}/${i}`, writer: name, number: i } }));
    lines.push(JSON.stringify({ edge: "Holds", from: name, to: `${name}/${i}` }));
  }
  return lines.join("\n");
}
