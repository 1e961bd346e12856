import { expect, test } from "vitest";
import { Semaphore } from "./semaphore.ts";

test("a semaphore limits concurrent calls, in order, and a failed call releases its place", async () => {
  const gate = new Semaphore(3);
  let under = 0;
  let most = 0;
  const begun: number[] = [];
  const call = async (n: number): Promise<number> => {
    begun.push(n);
    most = Math.max(most, ++under);
    await new Promise((resolve) => setTimeout(resolve, n % 4));
    under--;
    if (n % 5 === 0) throw new Error(`${n} fails`);
    return n;
  };
  const settled = await Promise.allSettled(Array.from({ length: 40 }, (_, n) => gate.run(() => call(n))));
  expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(8);
  expect(begun).toEqual(Array.from({ length: 40 }, (_, n) => n));
  expect(most).toBe(3);
  expect(await gate.run(async () => "still open")).toBe("still open");
});
