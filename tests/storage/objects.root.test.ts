import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { LocalObjects, type ObjectStore, openBackend } from "@omnigraph/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SimulatedDisk } from "../support/simulation/disk.ts";
import { bytesOf } from "./bytes.ts";

// What a store does once its path leads to another folder than the one that it opened, or nowhere.

const oneSync = (key: string): boolean => key.startsWith("slots/");
const ROOT = "/home/graph";
const OTHER = "/home/other";

/** The writes that a store has, each of a new object; they answer something that says whether it is there. */
const WRITES: readonly (readonly [string, string, (store: ObjectStore) => Promise<unknown>])[] = [
  ["a put by one sync", "slots/2", (store) => store.putIfAbsent("slots/2", bytesOf("mine"))],
  ["a put by two syncs", "log/2", (store) => store.putIfAbsent("log/2", bytesOf("mine"))],
  ["a relaxed put", "slots/2", (store) => store.putIfAbsent("slots/2", bytesOf("mine"), "relaxed")],
  ["a put into a new folder", "new/folder/2", (store) => store.putIfAbsent("new/folder/2", bytesOf("mine"))],
  ["a replacing put", "log/2", (store) => store.put("log/2", bytesOf("mine"))],
];

describe.each(WRITES)("%s", (_, key, write) => {
  const open = (disk: SimulatedDisk, root: string): LocalObjects =>
    new LocalObjects(root, { disk: { blocking: disk, mixed: disk, background: disk }, oneSync });
  const make = async (): Promise<{ disk: SimulatedDisk; store: LocalObjects }> => {
    const disk = new SimulatedDisk(systemEnvironment.clock);
    disk.volumeIs = { magic: 0xef53, type: "ext4", options: "rw", blockBytes: 4096 };
    for (const root of [ROOT, OTHER]) {
      const maker = open(disk, root);
      for (const there of ["slots/0", "slots/1", "log/0"]) await maker.put(there, bytesOf(root));
      await maker.close();
    }
    const store = open(disk, ROOT);
    await store.get("slots/1");
    await store.put("log/0", bytesOf("written on"));
    return { disk, store };
  };
  const keysOf = async (disk: SimulatedDisk, root: string): Promise<string[]> =>
    (await open(disk, root).list("")).map((info) => info.key);
  /** Exchanges what the root leads to right before each of these calls of a write. What the write came to, and whether the object is in the folder opened. */
  const swapped = async (
    at: readonly number[],
    elsewhere: string,
  ): Promise<{ outcome: unknown; isThere: boolean; calls: number; next: unknown }> => {
    const { disk, store } = await make();
    let calls = 0;
    disk.fault = () => {
      if (at.includes(calls++)) disk.exchange(ROOT, elsewhere);
      return null;
    };
    const outcome: unknown = await write(store).catch((error: unknown) => error);
    disk.fault = () => null;
    const made = calls;
    const next: unknown = await store.put("log/0", bytesOf("next")).catch((error: unknown) => error);
    const isAway = at.filter((call) => call < made).length % 2 === 1;
    if (isAway) {
      expect((await disk.stat(ROOT)) === null).toBe(elsewhere !== OTHER); // not made anew
      disk.exchange(ROOT, elsewhere);
    }
    expect(await keysOf(disk, OTHER)).toEqual(["log/0", "slots/0", "slots/1"]);
    return { outcome, isThere: (await keysOf(disk, ROOT)).includes(key), calls: made, next };
  };
  const isStored = (outcome: unknown): boolean =>
    outcome === "stored" || !(outcome instanceof Error || outcome === "unknown");

  it.each([
    ["another folder is put in its place", OTHER],
    ["it is moved away", "/home/away"],
  ])("it goes into the folder that was opened or nowhere, at whatever call %s", async (_how, elsewhere) => {
    const { calls } = await swapped([], elsewhere);
    for (let at = 0; at < calls; at++) {
      const { outcome, isThere, next } = await swapped([at], elsewhere);
      if (isStored(outcome)) expect(isThere, `call ${at}`).toBe(true);
      else if (outcome !== "unknown")
        expect(outcome, `call ${at}`).toMatchObject({ reason: "graph_replaced" });
      if (outcome instanceof Error) expect(isThere, `call ${at}`).toBe(false);
      expect(next).toMatchObject({ reason: "graph_replaced" });
    }
  });

  it.each([
    ["another folder stands in its place", OTHER],
    ["it is away", "/home/away"],
  ])("it goes there or nowhere too when %s for a while only", async (_how, elsewhere) => {
    const { calls } = await swapped([], elsewhere);
    for (let first = 0; first < calls; first++)
      for (let second = first + 1; second < calls; second++) {
        const { outcome, isThere, calls: made, next } = await swapped([first, second], elsewhere);
        if (isStored(outcome)) expect(isThere, `calls ${first}, ${second}`).toBe(true);
        if (outcome instanceof Error) {
          expect(isThere, `calls ${first}, ${second}`).toBe(false);
          expect(["graph_replaced", "store_transient"]).toContain(
            (outcome as Error & { reason?: string }).reason,
          );
        }
        if (second < made) expect(next).toBeUndefined();
      }
  });
});

describe("a real folder", () => {
  let place: string;
  let root: string;
  let store: ObjectStore;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), "objects-root-"));
    root = join(place, "graph");
    store = (await openBackend(root, systemEnvironment, { oneSync })).objects;
    for (const key of ["slots/0", "slots/1", "log/0"]) await store.putIfAbsent(key, bytesOf("opened"));
  });
  afterEach(async () => {
    await store.close();
    await rm(place, { recursive: true, force: true });
  });
  const other = async (): Promise<void> => {
    const { objects: made } = await openBackend(root, systemEnvironment, { oneSync });
    for (const key of ["slots/0", "log/0"]) await made.put(key, bytesOf("another"));
    await made.close();
  };
  const written = async (folder: string): Promise<string[]> =>
    (await readdir(folder, { recursive: true })).filter((name) => /\d/.test(name)).toSorted();

  const WAYS: readonly (readonly [string, () => Promise<void>])[] = [
    ["is moved away", () => rename(root, join(place, "moved"))],
    ["is removed", () => rm(root, { recursive: true })],
    [
      "is moved away and another made in its place",
      async () => {
        await rename(root, join(place, "moved"));
        await other();
      },
    ],
    [
      "is removed and another made in its place",
      async () => {
        await rm(root, { recursive: true });
        await other();
      },
    ],
    [
      "is emptied and filled by others",
      async () => {
        for (const name of ["slots", "log"]) await rm(join(root, name), { recursive: true });
        await other();
      },
    ],
    [
      "is put back from a backup",
      async () => {
        await cp(root, join(place, "backup"), { recursive: true });
        await store.putIfAbsent("slots/2", bytesOf("since"));
        await rm(root, { recursive: true });
        await rename(join(place, "backup"), root);
      },
    ],
    [
      "is emptied and filled from a backup",
      async () => {
        await cp(root, join(place, "backup"), { recursive: true });
        await rm(join(root, "slots"), { recursive: true });
        await cp(join(place, "backup"), root, { recursive: true });
      },
    ],
  ];
  it.each(WAYS)(
    "a folder that %s is written no more, and its next slot is not said to be free",
    async (_, befall) => {
      await befall();
      const before = await stat(root).then(
        () => written(root),
        () => null,
      );
      for (const call of [
        () => store.putIfAbsent("slots/2", bytesOf("mine")),
        () => store.put("slots/0", bytesOf("mine")),
        () => store.putIfMatch("slots/2", bytesOf("mine"), null),
        () => store.get("slots/2"),
        () => store.exists("slots/2"),
        () => store.range("slots/2", 0, 1),
        () => store.delete("slots/0"),
        () => store.sync(["slots/0"]),
      ])
        await expect(call()).rejects.toMatchObject({ reason: "graph_replaced", details: { root } });
      expect(
        await stat(root).then(
          () => written(root),
          () => null,
        ),
      ).toEqual(before);
    },
  );

  it("a folder is written on once it is back", async () => {
    await rename(root, join(place, "moved"));
    await expect(store.putIfAbsent("slots/2", bytesOf("mine"))).rejects.toMatchObject({
      reason: "graph_replaced",
    });
    await rename(join(place, "moved"), root);
    expect(await store.putIfAbsent("slots/2", bytesOf("mine"))).toBe("stored");
  });

  it("a folder may lose its folder of temporary files", async () => {
    await rm(join(root, ".tmp"), { recursive: true });
    expect(await store.putIfAbsent("slots/2", bytesOf("mine"))).toBe("stored");
  });

  it("a store keeps few handles open, and none once it is closed", async () => {
    const handles = async (): Promise<number> => (await readdir("/proc/self/fd")).length;
    const { objects: many } = await openBackend(join(place, "many"), systemEnvironment, { oneSync });
    const before = await handles();
    for (let i = 0; i < 100; i++) await many.putIfAbsent(`slots/${i}/0`, bytesOf("x"));
    expect((await handles()) - before).toBeLessThan(40);
    await many.close();
    expect(await handles()).toBeLessThanOrEqual(before);
  });
});

describe("a symbolic link without a target", () => {
  let place: string;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), "objects-link-"));
  });
  afterEach(() => rm(place, { recursive: true, force: true }));
  const clear = {
    reason: "store_unsupported",
    message: expect.stringMatching(/symbolic link whose target is missing/),
  };

  it("a link without a target is refused where the root should be", async () => {
    await symlink(join(place, "nowhere"), join(place, "root"));
    const { objects: store } = await openBackend(join(place, "root"), systemEnvironment, { oneSync });
    await expect(store.get("slots/0")).rejects.toMatchObject(clear);
    await expect(store.putIfAbsent("slots/0", bytesOf("x"))).rejects.toMatchObject(clear);
    await expect(store.list("")).rejects.toMatchObject(clear);
    await store.close();
  });

  it("a link without a target is refused above the root, at a folder of objects, and at an object", async () => {
    await symlink(join(place, "nowhere"), join(place, "above"));
    const { objects: below } = await openBackend(join(place, "above/root"), systemEnvironment, { oneSync });
    await expect(below.putIfAbsent("slots/0", bytesOf("x"))).rejects.toMatchObject(clear);
    await below.close();
    const root = join(place, "root");
    await mkdir(join(root, "slots"), { recursive: true });
    for (const name of ["log", "slots/0"]) await symlink(join(place, "nowhere"), join(root, name));
    const { objects: store } = await openBackend(root, systemEnvironment, { oneSync });
    for (const key of ["slots/0", "log/0", "log/a/0"])
      await expect(store.putIfAbsent(key, bytesOf("x"))).rejects.toMatchObject(clear);
    await store.close();
  });

  it("a store notices when the target of its open root goes away", async () => {
    await mkdir(join(place, "target"));
    await symlink(join(place, "target"), join(place, "root"));
    const { objects: store } = await openBackend(join(place, "root"), systemEnvironment, { oneSync });
    await store.put("slots/0", bytesOf("x"));
    await rename(join(place, "target"), join(place, "elsewhere"));
    await expect(store.putIfAbsent("slots/1", bytesOf("x"))).rejects.toMatchObject({
      reason: "graph_replaced",
    });
    await expect(store.get("slots/1")).rejects.toMatchObject({ reason: "graph_replaced" });
    await store.close();
  });

  it("a name that was spent a thousand times is refused, and ends", async () => {
    await mkdir(join(place, "slots"));
    for (let i = 0; i < 1000; i++) await writeFile(join(place, "slots", i === 0 ? "0" : `0~${i}`), "");
    const { objects: store } = await openBackend(place, systemEnvironment, { oneSync });
    await expect(store.get("slots/0")).rejects.toMatchObject({ reason: "object_corrupt" });
    await expect(store.putIfAbsent("slots/0", bytesOf("x"))).rejects.toMatchObject({
      reason: "object_corrupt",
    });
    await store.close();
  });
});
