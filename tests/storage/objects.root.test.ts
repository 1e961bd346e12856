import { renameSync } from "node:fs";
import { cp, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { type FileSystem, LocalObjects, type ObjectStore, openBackend } from "@omnigraph/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LocalDisk, realDisk } from "../../packages/storage/src/objects/local/filesystem.ts";
import { SimulatedDisk } from "../support/simulation/disk.ts";
import { bytesOf } from "./bytes.ts";

// What a store does once its path leads to another folder than the one that it opened, or nowhere.

const oneSync = (key: string): boolean => key.startsWith("slots/");
const ROOT = "/home/graph";
const OTHER = "/home/other";
const KEYS = ["log/0", "slots/0", "slots/1", "slots/more/0"];

/** The writes that a store has, each of a new object; they answer something that says whether it is there. */
const WRITES: readonly (readonly [string, string, (store: ObjectStore) => Promise<unknown>])[] = [
  ["a put by one sync", "slots/2", (store) => store.putIfAbsent("slots/2", bytesOf("mine"))],
  ["a put by two syncs", "log/2", (store) => store.putIfAbsent("log/2", bytesOf("mine"))],
  ["a relaxed put", "slots/2", (store) => store.putIfAbsent("slots/2", bytesOf("mine"), "relaxed")],
  ["a put into a new folder", "new/folder/2", (store) => store.putIfAbsent("new/folder/2", bytesOf("mine"))],
  ["a replacing put", "log/2", (store) => store.put("log/2", bytesOf("mine"))],
];

const open = (disk: SimulatedDisk, root: string): LocalObjects =>
  new LocalObjects(root, { disk: { blocking: disk, mixed: disk, background: disk }, oneSync });

/** A disk with two roots that hold the same keys, and a store that has read and written the first. */
async function make(): Promise<{ disk: SimulatedDisk; store: LocalObjects }> {
  const disk = new SimulatedDisk(systemEnvironment.clock);
  disk.volumeIs = { magic: 0xef53, type: "ext4", options: "rw", blockBytes: 4096 };
  for (const root of [ROOT, OTHER]) {
    const maker = open(disk, root);
    for (const there of KEYS) await maker.put(there, bytesOf(root));
    if (root === ROOT) await maker.close(); // somebody still works on the other one, so its folder of temporary files is there
  }
  const store = open(disk, ROOT);
  await store.get("slots/1");
  await store.put("log/0", bytesOf("written on"));
  return { disk, store };
}

async function keysOf(disk: SimulatedDisk, root: string): Promise<string[]> {
  return (await open(disk, root).list("")).map((info) => info.key);
}

/** The real disk, with something done before each of its calls. */
function onEachCall(before: (operation: string | symbol) => void): LocalDisk {
  const watched = (disk: FileSystem): FileSystem =>
    new Proxy(disk, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...given: unknown[]): unknown => {
          before(name);
          return Reflect.apply(member, target, given);
        };
      },
    });
  const { blocking, mixed, background } = realDisk;
  return { blocking: watched(blocking), mixed: watched(mixed), background: watched(background) };
}

describe.each(WRITES)("%s", (_, key, write) => {
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
    expect(await keysOf(disk, OTHER)).toEqual(KEYS);
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

it.each(WRITES)(
  "another disk that has the same inodes is not taken for the one that was opened by %s",
  async (_, _key, write) => {
    const { disk, store } = await make();
    disk.device = 2;
    await expect(write(store)).rejects.toMatchObject({ reason: "graph_replaced" });
    await expect(store.get("slots/9")).rejects.toMatchObject({ reason: "graph_replaced" });
    expect(await keysOf(disk, ROOT)).toEqual(KEYS);
  },
);

it("a folder that is first used while another root is in place is never written there", async () => {
  for (let at = 0; ; at++) {
    const { disk, store } = await make();
    let calls = 0;
    disk.fault = () => {
      if (calls++ === at) disk.exchange(ROOT, OTHER);
      return null;
    };
    await store.get("slots/more/0").catch(() => null);
    disk.fault = () => null;
    if (at >= calls) break;
    await expect(store.putIfAbsent("slots/more/1", bytesOf("mine")), `call ${at}`).rejects.toMatchObject({
      reason: "graph_replaced",
    });
    for (const root of [ROOT, OTHER]) expect(await keysOf(disk, root), `call ${at}`).toEqual(KEYS);
  }
});

it("a name that is taken in another folder is never said to be taken", async () => {
  for (let at = 0; ; at++) {
    const { disk, store } = await make();
    await open(disk, OTHER).put("slots/2", bytesOf("another"));
    let calls = 0;
    disk.fault = () => {
      if (calls++ === at) disk.exchange(`${ROOT}/slots`, `${OTHER}/slots`);
      return null;
    };
    const outcome: unknown = await store.putIfAbsent("slots/2", bytesOf("mine")).catch((e: unknown) => e);
    if (at >= calls) break;
    expect(outcome, `call ${at}`).not.toBe("exists");
  }
});

it("a root that this user may enter and not read is told apart from another one all the same", async () => {
  const { disk } = await make();
  const store = open(disk, ROOT);
  disk.fault = ({ operation, path }) => (operation === "open" && path === ROOT ? { code: "EACCES" } : null);
  expect(await store.get("slots/9")).toBe(null);
  expect(await store.get("slots/1")).toEqual(bytesOf(ROOT));
  disk.exchange(ROOT, OTHER);
  await expect(store.get("slots/9")).rejects.toMatchObject({ reason: "graph_replaced" });
});

it("a folder that is removed is forgotten with all that was in it, and nothing else is", async () => {
  const { disk, store } = await make();
  for (const key of ["slots/a/b/0", "slots/ab/0"]) await store.putIfAbsent(key, bytesOf("x"));
  await open(disk, ROOT).deletePrefix("slots/a/b/");
  await store.deletePrefix("slots/a/");
  expect(await store.putIfAbsent("slots/a/b/1", bytesOf("x"))).toBe("stored");
  await open(disk, OTHER).putIfAbsent("slots/ab/0", bytesOf("x"));
  disk.exchange(`${ROOT}/slots/ab`, `${OTHER}/slots/ab`);
  await expect(store.putIfAbsent("slots/ab/1", bytesOf("x"))).rejects.toMatchObject({
    reason: "graph_replaced",
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

  const CHANGES: readonly (readonly [string, (store: ObjectStore) => Promise<unknown>])[] = [
    ...WRITES.map(([name, , write]) => [name, write] as const),
    ["a deletion", (each) => each.delete("log/0")],
    ["a deletion of a folder", (each) => each.deletePrefix("log/")],
  ];
  it.each(CHANGES)(
    "%s never reaches a folder that is put in its place while it is under way",
    async (_, change) => {
      const instead = join(place, "instead");
      const { objects: made } = await openBackend(instead, systemEnvironment, { oneSync });
      for (const key of ["slots/0", "log/0"]) await made.put(key, bytesOf("another"));
      const before = await written(instead);
      for (let at = 0; ; at++) {
        let calls = 0;
        const name = `graph${at}`;
        await cp(root, join(place, name), { recursive: true });
        let exchange: (() => void) | null = null;
        const opened = new LocalObjects(join(place, name), {
          disk: onEachCall(() => {
            if (exchange !== null && calls++ === at) exchange();
          }),
          oneSync,
        });
        await opened.get("slots/0");
        exchange = () => {
          renameSync(join(place, name), join(place, `${name} away`));
          renameSync(instead, join(place, name));
        };
        await change(opened).catch(() => null);
        exchange = null;
        await opened.close();
        if (at >= calls) break;
        await rename(join(place, name), instead);
        expect(await written(instead), `call ${at}`).toEqual(before);
      }
      await made.close();
    },
  );

  it("a store keeps few handles open, and none once it is closed", async () => {
    const handles = async (): Promise<number> => (await readdir("/proc/self/fd")).length;
    const { objects: many } = await openBackend(join(place, "many"), systemEnvironment, { oneSync });
    const before = await handles();
    for (let i = 0; i < 100; i++) await many.putIfAbsent(`slots/${i}/0`, bytesOf("x"));
    expect((await handles()) - before).toBeLessThan(40);
    const reading = new LocalObjects(root, { oneSync });
    await Promise.all(Array.from({ length: 100 }, () => reading.get("slots/0")));
    expect((await handles()) - before).toBeLessThan(45);
    await reading.close();
    const open = await handles();
    const failing = new LocalObjects(root, {
      disk: onEachCall((operation) => {
        if (operation === "statHandle") throw Object.assign(new Error("EIO"), { code: "EIO" });
      }),
    });
    await expect(failing.get("slots/0")).rejects.toMatchObject({ reason: "store_transient" });
    expect(await handles()).toBe(open);
    await many.close();
    expect(await handles()).toBeLessThanOrEqual(before);
  });
});
