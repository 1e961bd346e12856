import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

// Timing inside one contestant's process.
export function quantiles(samples) {
  const sorted = Float64Array.from(samples).sort();
  const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return { p50: at(0.5), p95: at(0.95), samples: sorted.length };
}

/** Calls `once(i)` for up to `budgetMs`, after a warm-up, and answers milliseconds a call. */
export async function time(once, { budgetMs = 1500, least = 5, most = 20_000, warm = 0.3 } = {}) {
  const warmUntil = performance.now() + budgetMs * warm;
  let i = 0;
  do {
    const answer = once(i++);
    if (answer instanceof Promise) await answer;
  } while (performance.now() < warmUntil && i < most);
  const samples = [];
  const until = performance.now() + budgetMs;
  while ((performance.now() < until || samples.length < least) && samples.length < most) {
    const began = performance.now();
    const answer = once(i++);
    if (answer instanceof Promise) await answer;
    samples.push(performance.now() - began);
  }
  return quantiles(samples);
}

/** Numbers rounded so that engines' float sums compare equal. */
export function canonical(rows) {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([k, v]) => [
        k,
        typeof v === "bigint" ? Number(v) : typeof v === "number" ? Number(v.toPrecision(9)) : v,
      ]),
    ),
  );
}

export const peakMemory = () => process.resourceUsage().maxRSS * 1024;

/** Bytes of all files under a folder. */
export function diskBytes(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? diskBytes(path) : statSync(path).size);
  }, 0);
}

/** The least that a durable put-if-absent of one block costs: temporary file, link, one sync. Answers a function that does it once. */
export function floorPut(folder, bytes) {
  const own = join(folder, `floor-${process.pid}`);
  mkdirSync(own, { recursive: true });
  const content = Buffer.alloc(bytes, 1);
  let count = 0;
  return () => {
    const temporary = join(own, "temporary");
    const fd = openSync(temporary, "w");
    writeSync(fd, content);
    linkSync(temporary, join(own, `${Date.now()}-${count++}`));
    fsyncSync(fd);
    closeSync(fd);
    unlinkSync(temporary);
  };
}
