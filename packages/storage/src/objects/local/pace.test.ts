import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type FileSystem, realDisk } from "./filesystem.ts";
import { LocalObjects } from "./local-objects.ts";

const folder = mkdtempSync(join(tmpdir(), "objects-pace-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A store on the real disk, by these calls that block, with a count of the syncs that did not. */
function counted(name: string, blocking: FileSystem): { store: LocalObjects; inBackground: () => number } {
  let count = 0;
  const mixed: FileSystem = {
    ...realDisk.mixed,
    syncData: (handle) => {
      count++;
      return realDisk.mixed.syncData(handle);
    },
  };
  const store = new LocalObjects(join(folder, name), { disk: { ...realDisk, blocking, mixed } });
  return { store, inBackground: () => count };
}

it("leaves the syncs of a slow disk to the background", async () => {
  const slow: FileSystem = {
    ...realDisk.blocking,
    syncData: (handle) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      return realDisk.blocking.syncData(handle);
    },
  };
  const { store, inBackground } = counted("slow", slow);
  for (let n = 0; n < 4; n++) await store.putIfAbsent(`log/${n}`, new Uint8Array(9));
  expect(inBackground()).toBeGreaterThan(0);
  await store.close();
});

it("takes what else the thread does for no sign of a slow disk", async () => {
  const quick: FileSystem = { ...realDisk.blocking, syncData: () => {} };
  const { store, inBackground } = counted("quick", quick);
  await Promise.all(Array.from({ length: 2000 }, (_, n) => store.putIfAbsent(`log/${n}`, new Uint8Array(9))));
  expect(inBackground()).toBe(0);
  await store.close();
});
