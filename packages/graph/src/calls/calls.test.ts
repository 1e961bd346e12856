import { OmnigraphError } from "@omnigraph/base";
import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { Calls } from "./calls.ts";

const failing = (cause: unknown) => (): Promise<never> => Promise.reject(cause);

test.each([new TypeError("unforeseen"), "a text", undefined])(
  "a foreign failure, %s, is thrown as an internal error with its cause",
  async (cause) => {
    const calls = new Calls("memory://x");
    for (const options of [{}, { deadlineMs: 1000 }]) {
      const thrown: unknown = await calls
        .run("query", options, failing(cause))
        .catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(OmnigraphError);
      expect(thrown).toMatchObject({ reason: "internal" });
      if (cause !== undefined) expect(thrown).toMatchObject({ cause });
    }
    async function* pieces(): AsyncGenerator<number, void, undefined> {
      yield 1;
      throw cause;
    }
    const source = calls.pieces(pieces());
    await source.next();
    await expect(source.next()).rejects.toMatchObject({ reason: "internal" });
    await expect(calls.close(false, failing(cause))).rejects.toMatchObject({ reason: "internal" });
  },
);

test("a failure caused by a stop has the reason of the first thing that stopped the call", async () => {
  const calls = new Calls("memory://x");
  const caller = new AbortController();
  const until = (signal: AbortSignal): Promise<never> =>
    new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)));
  const both = calls.run("query", { signal: caller.signal, deadlineMs: 60_000 }, until);
  caller.abort("enough");
  await expect(both).rejects.toMatchObject({
    reason: "aborted",
    message: expect.stringContaining("its caller"),
  });
  await expect(calls.run("query", { deadlineMs: 1 }, until)).rejects.toMatchObject({
    reason: "deadline_exceeded",
  });
  const left = [calls.run("query", {}, until), calls.run("query", { deadlineMs: 60_000 }, until)];
  const settled = Promise.allSettled(left);
  await calls.close(true, () => Promise.resolve());
  for (const outcome of await settled)
    expect(outcome).toMatchObject({
      reason: { reason: "aborted", message: expect.stringContaining("closed") },
    });
});

test("a finished call leaves no listener on the caller's signal", async () => {
  const calls = new Calls("memory://x");
  const { signal } = new AbortController();
  await calls.run("query", { signal, deadlineMs: 5 }, () => Promise.resolve());
  await expect(calls.run("query", { signal }, failing("no"))).rejects.toMatchObject({ reason: "internal" });
  expect(getEventListeners(signal, "abort")).toEqual([]);
  await expect(
    calls.run("query", { signal: AbortSignal.abort() }, () => expect.fail("it ran")),
  ).rejects.toMatchObject({
    reason: "aborted",
  });
});
