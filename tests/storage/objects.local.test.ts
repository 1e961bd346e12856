import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { openBackend } from "@omnigraph/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bytesOf, textOf } from "./bytes.ts";

/** Mounts an own file system of 256 KiB. */
function mount(folder: string): void {
  execFileSync("/bin/mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], { stdio: "ignore" });
}

/** Only a user who may mount can have a real full disk; the simulated one of objects.disk.test.ts stands in for it elsewhere. */
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
      `import { openBackend } from "@omnigraph/storage"; import { systemEnvironment } from "@omnigraph/base"; ${script}`,
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

  it("one of four processes wins each of 200 keys", async () => {
    const script = (who: number): string => `
      const { objects: store } = await openBackend(${JSON.stringify(root)}, systemEnvironment);
      for (let slot = 0; slot < 200; slot++) {
        const outcome = await store.putIfAbsent("log/" + slot, new TextEncoder().encode("${who}"));
        if (outcome === "stored") console.log(slot + ":${who}");
        else if (outcome !== "exists") throw new Error(outcome);
      }
      await store.close();`;
    const won = (await Promise.all([0, 1, 2, 3].map((who) => run(script(who)).lines))).flat();
    const { objects: store } = await openBackend(root, systemEnvironment);
    const there = await Promise.all(
      Array.from({ length: 200 }, async (_, slot) => `${slot}:${textOf(await store.get(`log/${slot}`))}`),
    );
    expect(won.toSorted()).toEqual(there.toSorted());
    await store.close();
  });

  it("the lock of a killed process is broken, and no replacement is lost", async () => {
    const holder = run(`
      const { objects: store } = await openBackend(${JSON.stringify(root)}, systemEnvironment);
      for (let n = 0; ; n++) {
        const now = await store.getVersioned("counter");
        const next = Number(now === null ? 0 : new TextDecoder().decode(now.bytes)) + 1;
        if (await store.putIfMatch("counter", new TextEncoder().encode(String(next)), now?.version ?? null)) console.log(next);
      }`);
    await holder.ready;
    holder.kill();
    const acknowledged = Number((await holder.lines).at(-1));
    const { objects: store } = await openBackend(root, systemEnvironment);
    const now = await store.getVersioned("counter");
    const last = Number(textOf(now?.bytes ?? null));
    expect([acknowledged, acknowledged + 1]).toContain(last);
    expect(await store.putIfMatch("counter", bytesOf("done"), now?.version ?? null)).not.toBeNull();
    await store.close();
  });

  it("temporary files and those of other programs are ignored, and stale ones are removed", async () => {
    await mkdir(join(root, ".tmp"));
    await writeFile(join(root, ".tmp", "torn"), "half of an obj");
    await writeFile(join(root, ".tmp", "old"), "older");
    const longAgo = new Date(Date.now() - 48 * 3600 * 1000);
    await utimes(join(root, ".tmp", "old"), longAgo, longAgo);
    await mkdir(join(root, "empty", "folders"), { recursive: true });
    for (const foreign of ["Capital", ".hidden", "a%zz", "empty/%61"])
      await writeFile(join(root, foreign), "x");
    const { objects: store } = await openBackend(root, systemEnvironment);
    expect(await store.list("")).toEqual([]);
    expect(await store.get("Capital")).toBeNull();
    expect(await store.putIfAbsent("Capital", bytesOf("ours"))).toBe("stored");
    expect((await store.list("")).map(({ key }) => key)).toEqual(["Capital"]);
    expect(await readdir(join(root, ".tmp"))).toEqual(["torn"]);
    await store.close();
  });

  it("a store leaves nothing behind but its objects", async () => {
    const { objects: store } = await openBackend(join(root, "new/graph"), systemEnvironment);
    expect(await store.get("a/b")).toBeNull();
    expect(await readdir(root)).toEqual([]);
    await store.putIfAbsent("a/b", bytesOf("x"));
    await store.putIfAbsent("a/b", bytesOf("y"));
    await store.put("a/c", bytesOf("z"));
    await store.close();
    expect(await readdir(join(root, "new/graph"), { recursive: true })).toEqual(["a", "a/b", "a/c"]);
  });

  it("ten thousand concurrent calls use few open files", async () => {
    const script = `
      const { objects: store } = await openBackend(${JSON.stringify(root)}, systemEnvironment);
      const keys = Array.from({ length: 5000 }, (_, n) => "log/" + n);
      await Promise.all(keys.map((key) => store.putIfAbsent(key, new Uint8Array(100), "relaxed")));
      const read = await Promise.all(keys.map((key) => store.get(key)));
      await store.sync(keys);
      console.log(read.filter((bytes) => bytes?.length === 100).length);
      await store.close();`;
    expect(await run(script, 256).lines).toEqual(["5000"]);
  });

  it("puts one after another yield to the event loop", async () => {
    const { objects: store } = await openBackend(root, systemEnvironment);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    for (let n = 0; n < 200; n++) await store.putIfAbsent(`log/${n}`, bytesOf("x"));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
    await store.close();
  });

  it("an object is refused where a folder is, and below an object", async () => {
    const { objects: store } = await openBackend(root, systemEnvironment);
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
    "a full disk is reported, objects are kept, and puts work again when there is room",
    async () => {
      mount(root);
      try {
        const { objects: store } = await openBackend(join(root, "graph"), systemEnvironment);
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

  it("addresses are opened, and anything else is refused", async () => {
    const { objects: store } = await openBackend(`file://${root}/gr%20aph`, systemEnvironment);
    expect(store.uri).toBe(join(root, "gr aph"));
    for (const uri of [
      "",
      "gopher://x",
      "memory://",
      "s3://",
      "s3:///x",
      "s3://b/../c",
      "file://elsewhere/x",
    ]) {
      await expect(openBackend(uri, systemEnvironment)).rejects.toMatchObject({
        reason: "store_uri_invalid",
      });
    }
    expect((await openBackend("some/path", systemEnvironment)).objects.uri).toBe(
      join(process.cwd(), "some/path"),
    );
  });

  it("addresses with characters that tables cannot have are refused, for every kind of store", async () => {
    const unfit = ["\0", "\u0001", "\t", "\n", "\r", "\u001b", "\u001f", "\u007f", "\ud800", "\udc00"];
    for (const character of unfit)
      for (const uri of [`/tmp/a${character}b`, `memory://a${character}b`, `s3://bucket/a${character}b/c`])
        await expect(openBackend(uri, systemEnvironment)).rejects.toMatchObject({
          reason: "store_uri_invalid",
          message: expect.stringMatching(
            /contains the character U\+[0-9A-F]{4}, which tables cannot be kept under/,
          ),
        });
    for (const uri of ["file:///tmp/a%0Ab", "file:///tmp/a%7Fb"])
      await expect(openBackend(uri, systemEnvironment)).rejects.toMatchObject({
        reason: "store_uri_invalid",
      });
  });
});
