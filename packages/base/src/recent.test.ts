import { expect, test } from "vitest";
import { Recent } from "./recent.ts";

test("values in use stay, unused ones are dropped, and the limit is never exceeded", () => {
  const recent = new Recent<number>(10, () => 1);
  for (let i = 0; i < 1000; i++) {
    recent.set(`k${i}`, i);
    expect(recent.get("k0")).toBe(0);
    expect([...recent.values()].length).toBeLessThanOrEqual(10);
  }
  expect(recent.get("k999")).toBe(999);
  expect(recent.get("k500")).toBeUndefined();
  recent.delete("k0");
  recent.delete("k999");
  expect([recent.get("k0"), recent.get("k999")]).toEqual([undefined, undefined]);
});
