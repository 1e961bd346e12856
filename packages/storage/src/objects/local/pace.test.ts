import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemEnvironment } from "@omnigraph/base";
import { afterAll, expect, it } from "vitest";
import { realDisk } from "./filesystem.ts";
import { LocalObjects } from "./local-objects.ts";

const folder = mkdtempSync(join(tmpdir(), "objects-pace-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A store on the real disk whose calls that block take so long, by a clock that nothing else moves, with a count of the syncs that did not block. */
function counted(took: { syncMs: number; writeMs: number }): {
  store: LocalObjects;
  inBackground: () => number;
} {
  let count = 0;
  let now = 0;
  const { blocking, mixed } = realDisk;
  const disk = {
    ...realDisk,
    blocking: {
      ...blocking,
      syncData: (handle: number) => ((now += took.syncMs), blocking.syncData(handle)),
      write: (handle: number, bytes: Uint8Array) => ((now += took.writeMs), blocking.write(handle, bytes)),
    },
    mixed: { ...mixed, syncData: (handle: number) => (count++, mixed.syncData(handle)) },
  };
  const real = systemEnvironment.clock;
  const clock: Clock = {
    nowMicros: () => real.nowMicros(),
    sleep: (ms, signal) => real.sleep(ms, signal),
    monotonicMs: () => now,
  };
  const store = new LocalObjects(join(folder, JSON.stringify(took)), {
    disk,
    environment: { ...systemEnvironment, clock },
  });
  return { store, inBackground: () => count };
}

it("syncs of a slow disk go to the background", async () => {
  const { store, inBackground } = counted({ syncMs: 20, writeMs: 0 });
  for (let n = 0; n < 4; n++) await store.putIfAbsent(`log/${n}`, new Uint8Array(9));
  expect(inBackground()).toBeGreaterThan(0);
  await store.close();
});

it("other work of the thread does not make a disk look slow", async () => {
  const { store, inBackground } = counted({ syncMs: 0, writeMs: 20 });
  await Promise.all(Array.from({ length: 500 }, (_, n) => store.putIfAbsent(`log/${n}`, new Uint8Array(9))));
  expect(inBackground()).toBe(0);
  await store.close();
});
