import { expect, test } from "vitest";
import { lru } from "./lru.ts";

test("what is used stays, what was used longest ago goes, and never more than the most is kept", () => {
  const cache = lru<number>(10);
  for (let i = 0; i < 1000; i++) {
    cache.set(`k${i}`, i);
    expect(cache.get("k0")).toBe(0);
    expect(cache.size).toBe(Math.min(i + 1, 10));
  }
  expect([...cache.values()]).toEqual([0, 999, 998, 997, 996, 995, 994, 993, 992, 991]);
  cache.delete("k0");
  expect(cache.get("k0")).toBeUndefined();
});

test("sizes are added up, and what is larger than the whole cache is not kept", () => {
  const cache = lru<{ readonly size: number }>(10, ({ size }) => size);
  for (const [name, size] of [
    ["a", 4],
    ["b", 4],
    ["c", 4],
    ["d", 11],
  ] as const)
    cache.set(name, { size });
  expect([...cache.values()]).toEqual([{ size: 4 }, { size: 4 }]);
  expect([cache.get("a"), cache.get("d")]).toEqual([undefined, undefined]);
});
