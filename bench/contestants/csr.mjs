// The floor: bare loops over adjacency arrays, no database at all.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { serve } from "./serve.mjs";

let offsets, targets, names, stamp, frontier, next;
const ordinals = new Map();
let round = 0;

async function load(file) {
  const from = [],
    to = [];
  const ordinal = (handle) => {
    if (!ordinals.has(handle)) ordinals.set(handle, ordinals.size);
    return ordinals.get(handle);
  };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const record = JSON.parse(line);
    if (record.type) ordinal(record.data.handle);
    else {
      from.push(ordinal(record.from));
      to.push(ordinal(record.to));
    }
  }
  names = [...ordinals.keys()];
  offsets = new Uint32Array(names.length + 1);
  for (const a of from) offsets[a + 1]++;
  for (let i = 0; i < names.length; i++) offsets[i + 1] += offsets[i];
  const at = offsets.slice();
  targets = new Uint32Array(from.length);
  from.forEach((a, i) => (targets[at[a]++] = to[i]));
  stamp = new Uint32Array(names.length);
  frontier = new Uint32Array(names.length);
  next = new Uint32Array(names.length);
  return 0;
}

function hops(start, most) {
  stamp[start] = ++round;
  let size = 1,
    count = 0;
  frontier[0] = start;
  for (let depth = 0; depth < most; depth++) {
    let grown = 0;
    for (let i = 0; i < size; i++) {
      for (let e = offsets[frontier[i]]; e < offsets[frontier[i] + 1]; e++) {
        const t = targets[e];
        if (stamp[t] === round) continue;
        stamp[t] = round;
        next[grown++] = t;
      }
    }
    [frontier, next] = [next, frontier];
    count += size = grown;
  }
  return [{ n: count }];
}

function ask(workload, handle) {
  if (workload.startsWith("hop")) return hops(ordinals.get(handle), Number(workload[3]));
  const degree = new Uint32Array(names.length);
  for (const t of targets) degree[t]++;
  if (workload === "top") {
    const order = [...degree.keys()].sort((a, b) => degree[b] - degree[a] || (names[a] < names[b] ? -1 : 1));
    return order.slice(0, 10).map((o) => ({ handle: names[o], n: degree[o] }));
  }
  let n = 0;
  for (let v = 0; v < names.length; v++) n += degree[v] * (offsets[v + 1] - offsets[v]);
  return [{ n }];
}

serve({ load, ask });
