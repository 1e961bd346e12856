import { OmnigraphError, systemEnvironment } from "@omnigraph/base";
import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { TouchedTypes } from "@omnigraph/language";
import { Calls } from "./calls.ts";

const failing = (cause: unknown) => (): Promise<never> => Promise.reject(cause);

test.each([new TypeError("unforeseen"), "a text", undefined])(
  "a foreign failure, %s, is thrown as an internal error with its cause",
  async (cause) => {
    const calls = new Calls("memory://x", systemEnvironment.clock);
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
  const calls = new Calls("memory://x", systemEnvironment.clock);
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

test("a call that fails by itself after it was stopped keeps its error: it may not have stopped in time", async () => {
  const unknown = new OmnigraphError("outcome_unknown", "no answer");
  const late = (signal: AbortSignal): Promise<never> =>
    new Promise((_, fail) => signal.addEventListener("abort", () => fail(unknown)));
  const calls = new Calls("memory://x", systemEnvironment.clock);
  const caller = new AbortController();
  const running = [
    calls.run("mutate", { signal: caller.signal }, late),
    calls.run("mutate", { deadlineMs: 1 }, late),
    calls.run("mutate", { deadlineMs: 60_000 }, late),
    calls.run("mutate", {}, late),
  ];
  const settled = Promise.allSettled(running);
  caller.abort();
  await running[1]?.catch(() => null);
  await calls.close(true, () => Promise.resolve());
  for (const outcome of await settled) expect(outcome).toMatchObject({ reason: unknown });
});

test("what stops a call second does not change its reason", async () => {
  const calls = new Calls("memory://x", systemEnvironment.clock);
  const caller = new AbortController();
  let end: () => void = () => undefined;
  const running = calls.run("query", { signal: caller.signal }, async (signal) => {
    await new Promise<void>((resolve) => (end = resolve));
    signal.throwIfAborted();
  });
  caller.abort("enough");
  const closed = calls.close(true, () => Promise.resolve());
  end();
  await expect(running).rejects.toMatchObject({ message: expect.stringContaining("its caller") });
  await closed;
});

test("a call that has ended is no longer among those that closing stops", async () => {
  const calls = new Calls("memory://x", systemEnvironment.clock);
  const signals: AbortSignal[] = [];
  const body = (signal: AbortSignal): Promise<void> => {
    signals.push(signal);
    return signals.length > 1 ? Promise.reject(new Error("no")) : Promise.resolve();
  };
  await calls.run("query", { deadlineMs: 60_000 }, body);
  await expect(calls.run("query", { deadlineMs: 60_000 }, body)).rejects.toMatchObject({
    reason: "internal",
  });
  await calls.close(true, () => Promise.resolve());
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
});

test("any number of listeners may wait for the end of a call, and nobody is warned of a leak", async () => {
  const calls = new Calls("memory://x", systemEnvironment.clock);
  const warnings: Error[] = [];
  const warn = (warning: Error): void => void warnings.push(warning);
  process.on("warning", warn);
  for (const options of [{}, { deadlineMs: 60_000 }])
    await calls.run("query", options, async (signal) => {
      for (let i = 0; i < 100; i++) signal.addEventListener("abort", () => undefined);
      await setImmediate();
    });
  process.off("warning", warn);
  expect(warnings).toEqual([]);
});

test("an iteration that is refused, fails or is left frees what it uses", async () => {
  let freed = 0;
  async function* source(): AsyncGenerator<number, void, undefined> {
    try {
      yield 1;
      yield 2;
    } finally {
      freed++;
    }
  }
  const calls = new Calls("memory://x", systemEnvironment.clock);
  const [refused, left, disposed] = [source(), source(), source()].map((each) => calls.pieces(each));
  for (const pieces of [refused, left, disposed]) await pieces?.next();
  await left?.return(undefined);
  await disposed?.[Symbol.asyncDispose]();
  expect(freed).toBe(2);
  await calls.close(false, () => Promise.resolve());
  await expect(refused?.next()).rejects.toMatchObject({ reason: "closed" });
  expect(freed).toBe(3);
});

test("a call that is stopped while it is authorized does nothing", async () => {
  const caller = new AbortController();
  const authorize = (): boolean => {
    caller.abort();
    return true;
  };
  const calls = new Calls("memory://x", systemEnvironment.clock, null, authorize);
  let ran = false;
  const run = (): Promise<void> => Promise.resolve(void (ran = true));
  await expect(calls.run("query", { signal: caller.signal }, run)).rejects.toMatchObject({
    reason: "aborted",
  });
  expect(ran).toBe(false);
});

test("types that were refused are refused again, and those that were permitted are not asked about again", async () => {
  let asked = 0;
  const calls = new Calls("memory://x", systemEnvironment.clock, null, ({ reads }) => {
    asked++;
    return reads === null || !reads.includes("Secret");
  });
  // Cast: only names of types are looked at.
  const reads = (...names: readonly string[]) =>
    ({ reads: names.map((name) => ({ name })), changes: [] }) as unknown as TouchedTypes;
  await calls.run("query", {}, async (_, permitTypes) => {
    for (let i = 0; i < 2; i++) {
      await expect(permitTypes?.(reads("Secret"))).rejects.toMatchObject({ reason: "permission_denied" });
      await permitTypes?.(reads("Person"));
    }
  });
  expect(asked).toBe(1 + 2 + 1);
});

test("a finished call leaves no listener on the caller's signal", async () => {
  const calls = new Calls("memory://x", systemEnvironment.clock);
  const { signal } = new AbortController();
  await calls.run("query", { signal, deadlineMs: 5 }, () => Promise.resolve());
  await expect(calls.run("query", { signal }, failing("no"))).rejects.toMatchObject({ reason: "internal" });
  expect(getEventListeners(signal, "abort")).toEqual([]);
  let ran = false;
  const run = (): Promise<void> => Promise.resolve(void (ran = true));
  await expect(calls.run("query", { signal: AbortSignal.abort() }, run)).rejects.toMatchObject({
    reason: "aborted",
  });
  expect(ran).toBe(false);
});
