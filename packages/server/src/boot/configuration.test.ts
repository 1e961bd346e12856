import { expect, test } from "vitest";
import { type Configuration, WatchedConfiguration } from "./configuration.ts";
import { Tokens } from "./tokens.ts";

const of = (token: string, policy = ""): Configuration => ({
  source: { id: null, graphs: [], policies: [{ path: "server.yaml", text: policy }] },
  tokens: new Tokens([["ann", token]]),
  tls: null,
});

/** A watched configuration whose files a test writes, and what came of it. */
function watched(): {
  readonly configuration: WatchedConfiguration;
  readonly told: string[];
  readonly put: (read: () => Configuration) => void;
} {
  let read = (): Configuration => of("first");
  const told: string[] = [];
  const configuration = new WatchedConfiguration(of("first"), async () => read(), {
    apply: async ({ source, tokens }) => {
      const [policy] = source.policies;
      if (policy?.text === "wrong") throw new Error("policy_invalid");
      told.push(`applied ${["first", "second"].find((token) => tokens?.actorOf(token) === "ann")}`);
    },
    onApplied: () => undefined,
    onFailed: (error) => told.push(String(error)),
    onStale: (isStale) => told.push(isStale ? "stale" : "current"),
  });
  return { configuration, told, put: (next) => (read = next) };
}

test("what did not change is not applied, and what did counts once it was read alike twice", async () => {
  const { configuration, told, put } = watched();
  await configuration.look();
  await configuration.look();
  expect(told).toEqual([]);
  put(() => of("second"));
  await configuration.look();
  expect(told).toEqual([]);
  await configuration.look();
  await configuration.look();
  expect(told).toEqual(["applied second", "current"]);
});

test("a file that is being written is never taken", async () => {
  const { configuration, told, put } = watched();
  for (const part of ["a", "ab", "abc"]) {
    put(() => of("second", part));
    await configuration.look();
  }
  expect(told).toEqual([]);
  await configuration.look();
  expect(told).toEqual(["applied second", "current"]);
});

test("what is wrong is told once and leaves the former one, until it is put right or back", async () => {
  const { configuration, told, put } = watched();
  put(() => of("second", "wrong"));
  for (let i = 0; i < 4; i++) await configuration.look();
  expect(told.splice(0)).toEqual(["stale", "Error: policy_invalid"]);
  put(() => {
    throw new Error("unreadable");
  });
  for (let i = 0; i < 4; i++) await configuration.look();
  expect(told.splice(0)).toEqual(["stale", "Error: unreadable"]);
  put(() => of("first"));
  for (let i = 0; i < 4; i++) await configuration.look();
  expect(told.splice(0)).toEqual(["current"]);
});

test("whoever asks for it has it count at once, and none follows its end", async () => {
  const { configuration, told, put } = watched();
  put(() => of("second"));
  await configuration.reload();
  expect(told.splice(0)).toEqual(["applied second", "current"]);
  await configuration.stop();
  put(() => of("first"));
  await configuration.reload();
  expect(told).toEqual([]);
});
