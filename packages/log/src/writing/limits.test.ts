import { LIMITS, systemEnvironment } from "@omnigraph/base";
import { MemoryObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { disturbed } from "../../../../tests/support/log/long-log.ts";
import { draftOf, removeBranch, TYPE, writeOf } from "../../../../tests/support/log/log-writes.ts";
import { GraphLog } from "../graph-log.ts";
import { opOfKey } from "./op.ts";

const GRAPH = { schema: Buffer.from("{}"), actor: null, message: null };
const refused = (argument: string) => ({ reason: "usage", details: { argument } });

test("messages, actors and ops above their limits are refused before any effect, by their bytes", async () => {
  const store = new MemoryObjects("text limits");
  const most = LIMITS.messageBytes.value;
  const actor = "a".repeat(LIMITS.actorBytes.value);
  const message = "é".repeat(most / 2);
  const init = (texts: object): Promise<GraphLog> =>
    GraphLog.init(store, systemEnvironment, { ...GRAPH, ...texts });
  await expect(init({ message: `${message}.` })).rejects.toMatchObject(refused("message"));
  await expect(init({ actor: `${actor}a` })).rejects.toMatchObject(refused("actor"));
  expect(await store.list("")).toEqual([]);
  const log = await init({ actor, message });
  const main = await log.branch("main");
  const head = await main.head();
  const submit = (texts: object) => log.writer(main).submit(writeOf("x", texts));
  const before = (await store.list("")).length;
  await expect(submit({ message: `${message}.` })).rejects.toMatchObject(refused("message"));
  await expect(submit({ message: "x".repeat(10 << 20) })).rejects.toThrow(`may have ${most}`);
  await expect(submit({ actor: `${actor}a` })).rejects.toMatchObject(refused("actor"));
  await expect(log.createBranch("b", head, `${actor}a`)).rejects.toMatchObject(refused("actor"));
  const request = writeOf("x", { message: `${message}.` });
  await expect(log.intents.begin({ request, branch: main, base: head })).rejects.toMatchObject(
    refused("message"),
  );
  expect(() => opOfKey("k".repeat(LIMITS.opBytes.value + 1))).toThrow(`the op has`);
  expect(opOfKey("k".repeat(LIMITS.opBytes.value))).toHaveLength(26);
  expect((await store.list("")).length).toBe(before);
  expect((await submit({ actor, message })).commit?.header).toMatchObject({ actor, message });
  await log.createBranch("b", head, actor);
  await removeBranch(log, "b");
  await log.close();
});

test("ids that merges keep count into the size of a group by their length", async () => {
  const memory = new MemoryObjects("kept ids");
  const log = await GraphLog.init(memory, systemEnvironment, GRAPH);
  const main = await log.branch("main");
  const theirs = await main.head();
  const ids = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(10_000, "k"));
  const evaluate = () => draftOf("x", { merge: { theirs, keptOurs: new Map([[TYPE, ids]]) } });
  const writes = Array.from({ length: 8 }, () => writeOf("x", { kind: "merge", evaluate }));
  await Promise.all(writes.map((write) => log.writer(main).submit(write)));
  const sizes = (await memory.list("__manifest/log/")).map(({ size }) => size);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.inlineBytes.value);
  expect(sizes).toHaveLength(3); // the genesis, and two of four merges
  await log.close();
});

test("what headers take counts into the size of a group: many long messages make several objects", async () => {
  const memory = new MemoryObjects("group sizes");
  const sizes: number[] = [];
  const store = disturbed(memory, {});
  const log = await GraphLog.init(store, systemEnvironment, GRAPH);
  const main = await log.branch("main");
  // Each character of the second kind takes six in JSON.
  for (const character of ["m", "\u0001"]) {
    const message = character.repeat(LIMITS.messageBytes.value);
    const writes = Array.from({ length: 32 }, (_, i) => writeOf(`${character}${i}`, { message }));
    const answers = await Promise.all(writes.map((write) => log.writer(main).submit(write)));
    expect(new Set(answers.map(({ commit }) => commit?.address.slot)).size).toBe(character === "m" ? 1 : 4);
  }
  for (const { size } of await memory.list("__manifest/log/")) sizes.push(size);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.inlineBytes.value);
  await log.close();
});
