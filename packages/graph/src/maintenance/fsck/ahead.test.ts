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

test("a failure that comes before its turn is told in its turn, and is never one that nobody handles", async () => {
  const unhandled: unknown[] = [];
  const note = (thrown: unknown): void => void unhandled.push(thrown);
  process.on("unhandledRejection", note);
  const work = async (item: number): Promise<number> => {
    if (item === 1) throw new Error("second");
    // Long enough for the process to hear of what nobody handles.
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
    return item;
  };
  const answers: number[] = [];
  const run = async (): Promise<void> => {
    for await (const answer of ahead([0, 1], 2, work)) answers.push(answer);
  };
  await expect(run()).rejects.toThrow("second");
  process.off("unhandledRejection", note);
  expect([answers, unhandled]).toEqual([[0], []]);
});
