import { systemEnvironment } from "@omnigraph/base";
import { LocalObjects, type Owner, systemOwners } from "@omnigraph/storage";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { type DiskCall, SimulatedDisk } from "../support/simulation/disk.ts";
import { bytesOf, textOf } from "./bytes.ts";

describe("local folder on a failing disk", () => {
  const ext4 = { magic: 0xef53, type: "ext4", options: "rw,relatime", blockBytes: 4096 };
  const make = (
    owners = systemOwners,
  ): { disk: SimulatedDisk; open: () => LocalObjects; calls: DiskCall[] } => {
    const disk = new SimulatedDisk(systemEnvironment.clock);
    disk.volumeIs = ext4;
    const calls: DiskCall[] = [];
    disk.fault = (call) => {
      calls.push(call);
      return null;
    };
    const open = (): LocalObjects =>
      new LocalObjects("/home/graph", {
        disk: { blocking: disk, mixed: disk, background: disk },
        owners,
        oneSync: (key) => key.startsWith("slots/"),
      });
    return { disk, open, calls };
  };

  it("a durable put of a one-sync key takes seven calls, one of them a sync, after the link", async () => {
    const { open, calls } = make();
    const store = open();
    await store.putIfAbsent("slots/1", bytesOf("x"));
    calls.length = 0;
    await store.putIfAbsent("slots/2", bytesOf("x"));
    expect(calls.map(({ operation }) => operation)).toEqual([
      "open",
      "write",
      "stat",
      "link",
      "sync",
      "close",
      "unlink",
    ]);
  });

  it.each([
    ["a file system of which nothing is known", { ...ext4, type: "" }, 10],
    ["an overlay", { ...ext4, type: "overlay" }, 10],
    ["a journal that shows stale blocks", { ...ext4, options: "rw,data=writeback" }, 10],
    ["a large object", ext4, 4097],
    ["an object larger than a block", { ...ext4, blockBytes: 1024 }, 1025],
  ])("the put syncs first and then links, for %s", async (_, volume, length) => {
    const { disk, open, calls } = make();
    disk.volumeIs = volume;
    const store = open();
    await store.putIfAbsent("slots/1", bytesOf("x"));
    calls.length = 0;
    await store.putIfAbsent("slots/2", new Uint8Array(length).fill(7));
    const operations = calls.map(({ operation }) => operation);
    expect(operations.indexOf("syncData")).toBeLessThan(operations.indexOf("link"));
    expect(operations.lastIndexOf("sync")).toBeGreaterThan(operations.indexOf("link"));
    expect(operations.indexOf("syncData")).toBeGreaterThan(0);
  });

  it("another file is written when the one sync fails, because another sync of the first would prove nothing", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { disk, open } = make();
      const store = open();
      await store.putIfAbsent("slots/1", bytesOf("one"));
      let failures = 1;
      disk.fault = ({ operation }) => (operation === "sync" && failures-- > 0 ? { code: "EIO" } : null);
      expect(await store.putIfAbsent("slots/2", bytesOf("two"))).toBe("stored");
      disk.losePower(new SeededRandom(seed));
      expect(textOf(await open().get("slots/2"))).toBe("two");
    }
  });

  it.each([
    ["synced", (store: LocalObjects) => store.sync(["slots/2"])],
    ["put after", (store: LocalObjects) => store.putIfAbsent("slots/3", bytesOf("three"))],
  ])("bytes that could not be written twice are durable once the key is %s", async (_, call) => {
    for (let seed = 0; seed < 20; seed++) {
      const { disk, open } = make();
      const store = open();
      await store.putIfAbsent("slots/1", bytesOf("one"));
      disk.fault = ({ operation }) => (operation.startsWith("sync") ? { code: "EIO" } : null);
      expect(await store.putIfAbsent("slots/2", bytesOf("two"))).toBe("unknown");
      await expect(store.sync(["slots/2"])).rejects.toMatchObject({ reason: "store_transient" });
      disk.fault = () => null;
      await call(store);
      disk.losePower(new SeededRandom(seed));
      expect(textOf(await open().get("slots/2"))).toBe("two");
    }
  });

  it("a spent name is left, and the next spelling is used", async () => {
    const { disk, open } = make();
    const store = open();
    await store.putIfAbsent("slots/0", bytesOf("zero"));
    const leave = async (name: string, bytes: Uint8Array): Promise<void> => {
      const handle = await disk.open(`/home/graph/slots/${name}`, "create");
      await disk.write(handle, bytes);
      await disk.close(handle);
    };
    await leave("1", new Uint8Array(0));
    await leave("1~1", new Uint8Array(600));
    const listed = async (): Promise<unknown> =>
      (await store.list("slots/")).map(({ key, size }) => [key, size]);
    expect(await store.get("slots/1")).toBeNull();
    expect(await store.range("slots/1", 5, 2)).toBeNull();
    expect(await store.exists("slots/1")).toBe(false);
    expect(await listed()).toEqual([["slots/0", 4]]);
    await store.sync(["slots/1"]);
    expect(await store.putIfAbsent("slots/1", bytesOf("first"))).toBe("stored");
    expect(await open().putIfAbsent("slots/1", bytesOf("second"))).toBe("exists");
    await open().sync(["slots/1"]);
    expect(textOf(await store.get("slots/1"))).toBe("first");
    expect(textOf(await store.range("slots/1", 1, 3))).toBe("irs");
    expect(await store.exists("slots/1")).toBe(true);
    expect(await listed()).toEqual([
      ["slots/0", 4],
      ["slots/1", 5],
    ]);
    expect((await disk.stat("/home/graph/slots/1~2"))?.size).toBe(5);
    await store.put("slots/1", bytesOf("instead"));
    expect(textOf(await open().get("slots/1"))).toBe("instead");
    await store.delete("slots/1");
    expect(await open().exists("slots/1")).toBe(false);
    expect((await disk.stat("/home/graph/slots/1~1"))?.size).toBe(600);
  });

  it("a one-sync key takes no object that could not be told from a spent name", async () => {
    const store = make().open();
    for (const bytes of [new Uint8Array(0), new Uint8Array([0, 1])]) {
      await expect(store.putIfAbsent("slots/1", bytes)).rejects.toThrow(
        "begins as no object of its kind does",
      );
      await expect(store.put("slots/1", bytes)).rejects.toThrow("begins as no object of its kind does");
    }
  });

  it("a durable put of any other key takes ten calls, two of them syncs", async () => {
    const { disk, open, calls } = make();
    const store = open();
    await store.putIfAbsent("log/1", bytesOf("x"));
    await store.putIfAbsent("log/2", bytesOf("x"));
    calls.length = 0;
    await store.putIfAbsent("log/3", bytesOf("x"));
    expect(calls.map(({ operation }) => operation)).toEqual([
      "stat",
      "open",
      "write",
      "syncData",
      "stat",
      "link",
      "statHandle",
      "sync",
      "close",
      "unlink",
    ]);
    await store.close();
    expect(await disk.readFolder("/home/graph/.tmp")).toBeNull();
    calls.length = 0;
    const reader = open();
    await reader.get("log/3");
    calls.length = 0;
    await reader.get("log/4");
    // Nothing is there, and the folder is the one that was opened.
    expect(calls.map(({ operation }) => operation)).toEqual(["stat", "stat"]);
  });

  it("full, denied and transient failures are told apart, at whatever call they come, and leave nothing half done", async () => {
    const reasons = {
      ENOSPC: "store_full",
      EDQUOT: "store_full",
      EACCES: "store_denied",
      EROFS: "store_denied",
      EIO: "store_transient",
    };
    for (const [code, reason] of Object.entries(reasons)) {
      for (let failing = 0; failing < 12; failing++) {
        const { disk, open } = make();
        const store = open();
        await store.put("log/0", bytesOf("before"));
        let count = 0;
        disk.fault = () => (count++ === failing ? { code } : null);
        const outcome = await store.putIfAbsent("log/1", bytesOf("whole")).catch((cause: unknown) => cause);
        disk.fault = () => null;
        const there = textOf(await open().get("log/1"));
        if (outcome === "stored") expect(there).toBe("whole");
        else if (outcome !== "unknown") expect(outcome).toMatchObject({ reason, details: { errno: code } });
        if (outcome instanceof Error) expect(there).toBeNull();
        expect(["log/0", "log/1"].slice(0, there === null ? 1 : 2)).toEqual(
          (await open().list("")).map(({ key }) => key),
        );
      }
    }
  });

  it("a refusal is never taken for absence", async () => {
    const { disk, open } = make();
    const store = open();
    await store.put("a/k", bytesOf("x"));
    disk.fault = () => ({ code: "EACCES" });
    for (const call of [
      store.get("a/k"),
      store.range("a/k", 0, 1),
      store.exists("a/k"),
      store.list("a/"),
      store.delete("a/k"),
    ]) {
      await expect(call).rejects.toMatchObject({ reason: "store_denied" });
    }
  });

  it("a file system without hard links is refused", async () => {
    for (const code of ["EPERM", "ENOTSUP", "EMLINK", "EXDEV"]) {
      const { disk, open } = make();
      disk.fault = ({ operation }) => (operation === "link" ? { code } : null);
      await expect(open().putIfAbsent("k", bytesOf("x"))).rejects.toMatchObject({
        reason: "store_unsupported",
      });
      expect(await open().get("k")).toBeNull();
    }
  });

  it("a link that was made although the call failed is recognised", async () => {
    for (const code of ["EIO", "EEXIST"]) {
      const { disk, open } = make();
      disk.fault = ({ operation }) => (operation === "link" ? { code, done: true } : null);
      expect(await open().putIfAbsent("k", bytesOf("mine"))).toBe("stored");
      disk.losePower(new SeededRandom(1));
      expect(textOf(await open().get("k"))).toBe("mine");
    }
  });

  it("a sync that fails after the link leaves the outcome unknown, and the next durable put makes both durable", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { disk, open } = make();
      const store = open();
      await store.putIfAbsent("a/0", bytesOf("zero"));
      disk.fault = ({ operation }) => (operation === "sync" ? { code: "EIO" } : null);
      expect(await store.putIfAbsent("b/1", bytesOf("one"))).toBe("unknown");
      disk.fault = () => null;
      expect(await store.putIfAbsent("a/2", bytesOf("two"))).toBe("stored");
      disk.losePower(new SeededRandom(seed));
      const after = open();
      expect(textOf(await after.get("b/1"))).toBe("one");
      expect(textOf(await after.get("a/2"))).toBe("two");
    }
  });

  it("relaxed puts are synced before the next durable put is visible", async () => {
    const { disk, open, calls } = make();
    const store = open();
    await store.put("x/0", bytesOf("0"));
    for (const key of ["x/1", "y/2"]) await store.putIfAbsent(key, bytesOf(key), "relaxed");
    await store.put("x/0", bytesOf("again"), "relaxed");
    expect(calls.filter(({ operation }) => operation === "syncData")).toHaveLength(1);
    calls.length = 0;
    await store.putIfAbsent("z/3", bytesOf("3"));
    const before = calls.slice(
      0,
      calls.findIndex(({ operation }) => operation === "link"),
    );
    const synced = before.filter(({ operation }) => operation.startsWith("sync")).map(({ path }) => path);
    for (const path of [
      "/home/graph/x/1",
      "/home/graph/y/2",
      "/home/graph/x/0",
      "/home/graph/x",
      "/home/graph/y",
    ])
      expect(synced).toContain(path);
    for (let seed = 0; seed < 20; seed++) {
      disk.losePower(new SeededRandom(seed));
      expect((await open().list("")).map(({ key }) => key)).toEqual(["x/0", "x/1", "y/2", "z/3"]);
      expect(textOf(await open().get("x/0"))).toBe("again");
    }
  });

  it("relaxed puts of other processes, and unsynced ones of dead processes, are synced", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { disk, open } = make();
      await open().putIfAbsent("log/0/1", bytesOf("one"), "relaxed");
      const other = open();
      await other.sync(["log/0/1", "log/0/none"]);
      disk.losePower(new SeededRandom(seed));
      expect(textOf(await open().get("log/0/1"))).toBe("one");
    }
  });

  it("a put into a folder that another process removed and made again is durable", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { disk, open } = make();
      const [mine, theirs] = [open(), open()];
      await mine.put("a/b/0", bytesOf("0"));
      await theirs.deletePrefix("a/");
      await theirs.put("a/b/1", bytesOf("1"), "relaxed");
      await mine.put("a/b/2", bytesOf("2"));
      disk.losePower(new SeededRandom(seed));
      expect(textOf(await open().get("a/b/2"))).toBe("2");
    }
  });

  it("a network file system is refused for writing, and can be read", async () => {
    const { disk, open, calls } = make();
    await open().put("k", bytesOf("x"));
    for (const magic of [0x6969, 0xff534d42, 0xfe534d42 - 2 ** 32]) {
      disk.volumeIs = { ...disk.volumeIs, magic: magic >>> 0 };
      calls.length = 0;
      const store = open();
      await expect(store.putIfAbsent("other", bytesOf("y"))).rejects.toMatchObject({
        reason: "store_unsupported",
      });
      await expect(store.put("k", bytesOf("y"))).rejects.toMatchObject({ reason: "store_unsupported" });
      expect(textOf(await store.get("k"))).toBe("x");
      expect(
        calls.filter(({ operation }) => ["write", "makeFolder", "link", "rename"].includes(operation)),
      ).toEqual([]);
    }
  });

  it("a lock is broken only when its owner is provably dead", async () => {
    const alive: Owner = { host: "h", boot: "b", space: "s", pid: 1, started: "1" };
    const held = make({ self: () => alive, isDead: () => false });
    held.disk.fault = ({ operation, path }) =>
      operation === "link" && path.endsWith(".free") ? { code: "EIO" } : null;
    await expect(held.open().putIfMatch("k", bytesOf("1"), null)).rejects.toMatchObject({
      reason: "store_transient",
    });
    held.disk.fault = () => null;
    let gone = false;
    const waiting = new LocalObjects("/home/graph", {
      disk: { blocking: held.disk, mixed: held.disk, background: held.disk },
      owners: { self: () => ({ ...alive, pid: 2 }), isDead: (owner) => gone && owner.pid === 1 },
    });
    let done = false;
    const version = (await waiting.getVersioned("k"))?.version ?? null;
    const replacing = waiting.putIfMatch("k", bytesOf("2"), version).then((now) => (done = now !== null));
    await systemEnvironment.clock.sleep(150);
    expect(done).toBe(false);
    gone = true;
    await replacing;
    expect(done).toBe(true);
  });

  it("the system tells this process and dead ones apart", () => {
    const self = systemOwners.self();
    expect(systemOwners.isDead(self)).toBe(false);
    expect(systemOwners.isDead({ ...self, started: "1" })).toBe(true);
    expect(systemOwners.isDead({ ...self, pid: 2 ** 22 + 1 })).toBe(true);
    expect(systemOwners.isDead({ ...self, boot: "another" })).toBe(true);
    expect(systemOwners.isDead({ ...self, host: "another", boot: "another" })).toBe(false);
    expect(systemOwners.isDead({ ...self, space: "another", pid: 2 ** 22 + 1 })).toBe(false);
  });
});
