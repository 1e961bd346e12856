import { expect, test } from "vitest";
import { atOnce, inTurns, ranges, type Steps } from "./steps.ts";

test("ranges go over everything once, in order, and pause between two of them", () => {
  const met: (readonly [number, number])[] = [];
  const steps = ranges(10, 4, (start, end) => met.push([start, end]));
  let pauses = 0;
  while (steps.next().done !== true) pauses++;
  expect(met).toEqual([
    [0, 4],
    [4, 8],
    [8, 10],
  ]);
  expect(pauses).toBe(2);
  atOnce(ranges(0, 4, () => expect.unreachable()));
});

test("long work gives others their turns, and stops when its signal aborts", async () => {
  let others = 0;
  const stop = new AbortController();
  function* until(isEnd: () => boolean): Steps<string> {
    while (!isEnd()) yield;
    return "done";
  }
  setImmediate(() => others++);
  expect(await inTurns(until(() => others > 0))).toBe("done");
  setImmediate(() => stop.abort(new Error("enough")));
  await expect(
    inTurns(
      until(() => false),
      stop.signal,
    ),
  ).rejects.toThrow("enough");
});
