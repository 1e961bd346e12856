import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeededRandom, systemEnvironment } from "@omnigraph/base";
import {
  type DiskCall,
  LocalObjects,
  type Owner,
  openStore,
  SimulatedDisk,
  systemOwners,
} from "@omnigraph/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);

/** Mounts an own file system of 256 KiB. */
function mount(folder: string): void {
  execFileSync("/bin/mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], { stdio: "ignore" });
}

/** Only a user who may mount can have a real full disk; the simulated one below stands in for it elsewhere. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "objects-mount-"));
  try {
    mount(folder);
    execFileSync("/bin/umount", [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A process of its own, which may have so many files open; its standard output, line by line, as it ends. */
function run(
  script: string,
  mostFiles = 1024,
): {
  readonly lines: Promise<string[]>;
  readonly kill: () => void;
  readonly ready: Promise<void>;
} {
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      `ulimit -n ${mostFiles} && exec "$0" "$@"`,
      process.execPath,
      "--input-type=module",
      "-e",
      `import { openStore } from "@omnigraph/storage"; import { systemEnvironment } from "@omnigraph/base"; ${script}`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  const ready = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk) => {
      output += String(chunk);
      resolve();
    });
  });
  const lines = new Promise<string[]>((resolve) => {
    child.on("close", () => resolve(output.split("\n").filter((line) => line !== "")));
  });
  return { lines, ready, kill: () => child.kill("SIGKILL") };
}

describe("local folder, for real", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "objects-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  it("lets one of four processes win each of 200 keys", async () => {
    const script = (who: number): string => `
      const store = await openStore(${JSON.stringify(root)}, systemEnvironment);
      for (let slot = 0; slot < 200; slot++) {
        const outcome = await store.putIfAbsent("log/" + slot, new TextEncoder().encode("${who}"));
        if (outcome === "stored") console.log(slot + ":${who}");
        else if (outcome !== "exists") throw new Error(outcome);
      }
      await store.close();`;
    const won = (await Promise.all([0, 1, 2, 3].map((who) => run(script(who)).lines))).flat();
    const store = await openStore(root, systemEnvironment);
    const there = await Promise.all(
      Array.from({ length: 200 }, async (_, slot) => `${slot}:${textOf(await store.get(`log/${slot}`))}`),
    );
    expect(won.toSorted()).toEqual(there.toSorted());
    await store.close();
  });

  it("breaks the lock of a process that was killed, and loses no replacement", async () => {
    const holder = run(`
      const store = await openStore(${JSON.stringify(root)}, systemEnvironment);
      for (let n = 0; ; n++) {
        const now = await store.getVersioned("counter");
        const next = Number(now === null ? 0 : new TextDecoder().decode(now.bytes)) + 1;
        if (await store.putIfMatch("counter", new TextEncoder().encode(String(next)), now?.version ?? null)) console.log(next);
      }`);
    await holder.ready;
    holder.kill();
    const acknowledged = Number((await holder.lines).at(-1));
    const store = await openStore(root, systemEnvironment);
    const now = await store.getVersioned("counter");
    const last = Number(textOf(now?.bytes ?? null));
    expect([acknowledged, acknowledged + 1]).toContain(last);
    expect(await store.putIfMatch("counter", bytesOf("done"), now?.version ?? null)).not.toBeNull();
    await store.close();
  });

  it("neither shows nor minds temporary and other programs' files, and clears stale ones", async () => {
    await mkdir(join(root, ".tmp"));
    await writeFile(join(root, ".tmp", "torn"), "half of an obj");
    await writeFile(join(root, ".tmp", "old"), "older");
    const longAgo = new Date(Date.now() - 48 * 3600 * 1000);
    await utimes(join(root, ".tmp", "old"), longAgo, longAgo);
    await mkdir(join(root, "empty", "folders"), { recursive: true });
    for (const foreign of ["Capital", ".hidden", "a%zz", "empty/%61"])
      await writeFile(join(root, foreign), "x");
    const store = await openStore(root, systemEnvironment);
    expect(await store.list("")).toEqual([]);
    expect(await store.get("Capital")).toBeNull();
    expect(await store.putIfAbsent("Capital", bytesOf("ours"))).toBe("stored");
    expect((await store.list("")).map(({ key }) => key)).toEqual(["Capital"]);
    expect(await readdir(join(root, ".tmp"))).toEqual(["torn"]);
    await store.close();
  });

  it("leaves nothing behind but its objects", async () => {
    const store = await openStore(join(root, "new/graph"), systemEnvironment);
    expect(await store.get("a/b")).toBeNull();
    expect(await readdir(root)).toEqual([]);
    await store.putIfAbsent("a/b", bytesOf("x"));
    await store.putIfAbsent("a/b", bytesOf("y"));
    await store.put("a/c", bytesOf("z"));
    await store.close();
    expect(await readdir(join(root, "new/graph"), { recursive: true })).toEqual(["a", "a/b", "a/c"]);
  });

  it("does ten thousand calls at once with few open files", async () => {
    const script = `
      const store = await openStore(${JSON.stringify(root)}, systemEnvironment);
      const keys = Array.from({ length: 5000 }, (_, n) => "log/" + n);
      await Promise.all(keys.map((key) => store.putIfAbsent(key, new Uint8Array(100), "relaxed")));
      const read = await Promise.all(keys.map((key) => store.get(key)));
      await store.settle(keys);
      console.log(read.filter((bytes) => bytes?.length === 100).length);
      await store.close();`;
    expect(await run(script, 256).lines).toEqual(["5000"]);
  });

  it("lets the event loop turn while one put follows the other", async () => {
    const store = await openStore(root, systemEnvironment);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    for (let n = 0; n < 200; n++) await store.putIfAbsent(`log/${n}`, bytesOf("x"));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
    await store.close();
  });

  it("refuses an object where a folder is, and below an object", async () => {
    const store = await openStore(root, systemEnvironment);
    await store.put("a/b", bytesOf("x"));
    await expect(store.put("a", bytesOf("y"))).rejects.toMatchObject({ reason: "store_unsupported" });
    await expect(store.putIfAbsent("a", bytesOf("y"))).rejects.toMatchObject({ reason: "store_unsupported" });
    await expect(store.putIfAbsent("a/b/c", bytesOf("y"))).rejects.toMatchObject({
      reason: "store_unsupported",
    });
    expect(textOf(await store.get("a/b"))).toBe("x");
    await store.close();
  });

  it.skipIf(!canMount())(
    "says that a disk is full, keeps what was there, and goes on when there is room",
    async () => {
      mount(root);
      try {
        const store = await openStore(join(root, "graph"), systemEnvironment);
        await store.put("kept", bytesOf("kept"));
        for (const size of [300 << 10, 8 << 20]) {
          const large = new Uint8Array(size);
          await expect(store.put("kept", large)).rejects.toMatchObject({ reason: "store_full" });
          await expect(store.putIfAbsent("log/1", large)).rejects.toMatchObject({ reason: "store_full" });
        }
        expect((await store.list("")).map(({ key }) => key)).toEqual(["kept"]);
        expect(textOf(await store.get("kept"))).toBe("kept");
        expect(await readdir(join(root, "graph", ".tmp"))).toEqual([]);
        expect(await store.putIfAbsent("log/1", new Uint8Array(100 << 10))).toBe("stored");
        await store.close();
      } finally {
        execFileSync("/bin/umount", [root]);
      }
    },
  );

  it("opens addresses, and refuses what is none", async () => {
    const store = await openStore(`file://${root}/gr%20aph`, systemEnvironment);
    expect(store.uri).toBe(join(root, "gr aph"));
    for (const uri of [
      "",
      "gopher://x",
      "memory://",
      "s3://",
      "s3:///x",
      "s3://b/../c",
      "file://elsewhere/x",
      "a\0b",
    ]) {
      await expect(openStore(uri, systemEnvironment)).rejects.toMatchObject({ reason: "store_uri_invalid" });
    }
    expect((await openStore("some/path", systemEnvironment)).uri).toBe(join(process.cwd(), "some/path"));
  });
});

describe("local folder on a failing disk", () => {
  const make = (
    owners = systemOwners,
  ): { disk: SimulatedDisk; open: () => LocalObjects; calls: DiskCall[] } => {
    const disk = new SimulatedDisk(systemEnvironment.clock);
    const calls: DiskCall[] = [];
    disk.fault = (call) => {
      calls.push(call);
      return null;
    };
    const open = (): LocalObjects =>
      new LocalObjects("/home/graph", { disk: { blocking: disk, mixed: disk, background: disk }, owners });
    return { disk, open, calls };
  };

  it("makes a durable put by nine calls, two of them syncs", async () => {
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
      "close",
      "link",
      "statHandle",
      "sync",
      "unlink",
    ]);
    await store.close();
    expect(await disk.readFolder("/home/graph/.tmp")).toBeNull();
    calls.length = 0;
    await store.get("log/4");
    expect(calls.map(({ operation }) => operation)).toEqual(["stat"]);
  });

  it("tells full, denied and passing failures apart, at whatever call they come, and leaves nothing half done", async () => {
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
        else if (outcome !== "unknown") expect(outcome).toMatchObject({ reason, details: { code } });
        if (outcome instanceof Error) expect(there).toBeNull();
        expect(["log/0", "log/1"].slice(0, there === null ? 1 : 2)).toEqual(
          (await open().list("")).map(({ key }) => key),
        );
      }
    }
  });

  it("never takes a refusal for absence", async () => {
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

  it("needs hard links", async () => {
    for (const code of ["EPERM", "ENOTSUP", "EMLINK", "EXDEV"]) {
      const { disk, open } = make();
      disk.fault = ({ operation }) => (operation === "link" ? { code } : null);
      await expect(open().putIfAbsent("k", bytesOf("x"))).rejects.toMatchObject({
        reason: "store_unsupported",
      });
      expect(await open().get("k")).toBeNull();
    }
  });

  it("recognises a link that was made although the call failed", async () => {
    for (const code of ["EIO", "EEXIST"]) {
      const { disk, open } = make();
      disk.fault = ({ operation }) => (operation === "link" ? { code, done: true } : null);
      expect(await open().putIfAbsent("k", bytesOf("mine"))).toBe("stored");
      disk.losePower(new SeededRandom(1));
      expect(textOf(await open().get("k"))).toBe("mine");
    }
  });

  it("cannot tell when a sync fails after the link; the next durable put makes both last", async () => {
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

  it("syncs what was put relaxed before the next durable put is visible", async () => {
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

  it("settles what another process put relaxed, or did not live to sync", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { disk, open } = make();
      await open().putIfAbsent("log/0/1", bytesOf("one"), "relaxed");
      const other = open();
      await other.settle(["log/0/1", "log/0/none"]);
      disk.losePower(new SeededRandom(seed));
      expect(textOf(await open().get("log/0/1"))).toBe("one");
    }
  });

  it("makes a put last into a folder that another process removed and made anew", async () => {
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

  it("refuses to write on a network file system, but reads", async () => {
    const { disk, open, calls } = make();
    await open().put("k", bytesOf("x"));
    for (const magic of [0x6969, 0xff534d42, 0xfe534d42 - 2 ** 32]) {
      disk.magic = magic;
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

  it("breaks a lock only when its owner is provably gone", async () => {
    const alive: Owner = { host: "h", boot: "b", space: "s", pid: 1, started: "1" };
    const held = make({ self: () => alive, isGone: () => false });
    held.disk.fault = ({ operation, path }) =>
      operation === "link" && path.endsWith(".free") ? { code: "EIO" } : null;
    await expect(held.open().putIfMatch("k", bytesOf("1"), null)).rejects.toMatchObject({
      reason: "store_transient",
    });
    held.disk.fault = () => null;
    let gone = false;
    const waiting = new LocalObjects("/home/graph", {
      disk: { blocking: held.disk, mixed: held.disk, background: held.disk },
      owners: { self: () => ({ ...alive, pid: 2 }), isGone: (owner) => gone && owner.pid === 1 },
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

  it("knows its own process, and those that are gone", () => {
    const self = systemOwners.self();
    expect(systemOwners.isGone(self)).toBe(false);
    expect(systemOwners.isGone({ ...self, started: "1" })).toBe(true);
    expect(systemOwners.isGone({ ...self, pid: 2 ** 22 + 1 })).toBe(true);
    expect(systemOwners.isGone({ ...self, boot: "another" })).toBe(true);
    expect(systemOwners.isGone({ ...self, host: "another", boot: "another" })).toBe(false);
    expect(systemOwners.isGone({ ...self, space: "another", pid: 2 ** 22 + 1 })).toBe(false);
  });
});
