import { expect, test } from "vitest";
import { ahead } from "./ahead.ts";

test("answers come in the order of the items, and no more are under way than may be", async () => {
  const waiting = new Map<number, () => void>();
  let [underWay, most] = [0, 0];
  const work = async (item: number): Promise<number> => {
    most = Math.max(most, ++underWay);
    await new Promise<void>((resolve) => {
      waiting.set(item, resolve);
      // The second one of each pair ends first.
      if (item % 2 === 1) {
        resolve();
        waiting.get(item - 1)?.();
      }
    });
    underWay--;
    return item;
  };
  const answers: number[] = [];
  for await (const answer of ahead([0, 1, 2, 3, 4, 5], 2, work)) {
    answers.push(answer);
    for (const resolve of waiting.values()) resolve();
  }
  expect(answers).toEqual([0, 1, 2, 3, 4, 5]);
  expect(most).toBe(2);
});

test("a failure is thrown once all that was begun has ended", async () => {
  const ended: number[] = [];
  const work = async (item: number): Promise<void> => {
    await Promise.resolve();
    if (item === 0) throw new Error("first");
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(item);
  };
  const run = async (): Promise<void> => {
    for await (const _ of ahead([0, 1, 2], 2, work));
  };
  await expect(run()).rejects.toThrow("first");
  expect(ended).toEqual([1]);
});
