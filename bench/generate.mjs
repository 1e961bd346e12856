// Seeded graphs for the benchmarks: users who follow users. Uniform, or a power law on who is followed. No self loops, no parallel edges.
import { createReadStream, createWriteStream, existsSync, mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { join } from "node:path";

export const SIZES = {
  S: { nodes: 10_000, edges: 100_000 },
  M: { nodes: 100_000, edges: 1_000_000 },
  L: { nodes: 1_000_000, edges: 10_000_000 },
};
export const CITIES = [
  "Athens",
  "Berlin",
  "Lagos",
  "Lisbon",
  "Lyon",
  "Nairobi",
  "Oslo",
  "Porto",
  "Pune",
  "Quito",
];
export const SCHEMA = `node User { handle: String @key  age: I32  score: F64  city: String  joined: Date }
edge Follows: User -> User { weight: F64 }
`;

export function seeded(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The NDJSON file of a size and shape; written once into the folder. */
export async function dataFile(folder, size, shape) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${size}-${shape}.jsonl`);
  if (existsSync(path)) return path;
  const { nodes, edges } = SIZES[size];
  const random = seeded(size === "S" ? 7 : 11);
  const out = createWriteStream(`${path}.tmp`);
  let text = "";
  const flush = async (least) => {
    if (text.length < least) return;
    if (!out.write(text)) await once(out, "drain");
    text = "";
  };
  for (let i = 0; i < nodes; i++) {
    const joined = new Date(Date.UTC(2010, 0, 1) + Math.floor(random() * 5000) * 86_400_000)
      .toISOString()
      .slice(0, 10);
    const data = {
      handle: `u${i}`,
      age: 18 + Math.floor(random() * 60),
      score: Math.round(random() * 1e6) / 1e4,
      city: CITIES[Math.floor(random() * 10)],
      joined,
    };
    text += `${JSON.stringify({ type: "User", data })}\n`;
    await flush(1 << 20);
  }
  const seen = new Set();
  while (seen.size < edges) {
    const from = Math.floor(random() * nodes);
    const to = Math.floor(shape === "power" ? nodes * random() ** 3 : nodes * random());
    const key = from * nodes + to;
    if (from === to || seen.has(key)) continue;
    seen.add(key);
    text += `{"edge":"Follows","from":"u${from}","to":"u${to}","data":{"weight":${Math.round(random() * 1000) / 1000}}}\n`;
    await flush(1 << 20);
  }
  await flush(0);
  out.end();
  await once(out, "close");
  const { renameSync } = await import("node:fs");
  renameSync(`${path}.tmp`, path);
  return path;
}

/** Bytes of the values themselves: 4 for an I32 or a Date, 8 for an F64, a text's own. Generated ids are not counted. */
export async function bytesOfValues(path) {
  let bytes = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { type, from, to, data } = JSON.parse(line);
    bytes += type ? 4 + 8 + 4 + data.handle.length + data.city.length : 8 + from.length + to.length;
  }
  return bytes;
}

/** Handles to ask for, the same for every contestant. */
export function probes(size, count) {
  const random = seeded(99);
  return Array.from({ length: count }, () => `u${Math.floor(random() * SIZES[size].nodes)}`);
}
