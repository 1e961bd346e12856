// Peak of resident memory over a stretch of code. Linux can start its own count of the peak anew; elsewhere nothing is answered.
import { readFileSync, writeFileSync } from "node:fs";

const read = (name) => {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync("/proc/self/status", "utf8"));
  return Number(line[1]) * 1024;
};

/** Bytes by which resident memory rose above its start while something ran; null where that cannot be told. */
export async function extraPeak(action) {
  if (process.platform !== "linux") return null;
  globalThis.gc();
  writeFileSync("/proc/self/clear_refs", "5");
  const before = read("VmRSS");
  await action();
  return read("VmHWM") - before;
}
