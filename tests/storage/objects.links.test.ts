import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { openBackend } from "@omnigraph/storage";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bytesOf } from "./bytes.ts";

// Paths that lead nowhere, and names that can never be used: each is refused at once, and nothing is tried for ever.

const oneSync = (key: string): boolean => key.startsWith("slots/");
let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "objects-link-"));
});
afterEach(() => rm(place, { recursive: true, force: true }));
const clear = {
  reason: "store_unsupported",
  message: expect.stringMatching(/symbolic link whose target is missing/),
};

test("a link without a target is refused where the root should be", async () => {
  await symlink(join(place, "nowhere"), join(place, "root"));
  const { objects: store } = await openBackend(join(place, "root"), systemEnvironment, { oneSync });
  await expect(store.get("slots/0")).rejects.toMatchObject(clear);
  await expect(store.putIfAbsent("slots/0", bytesOf("x"))).rejects.toMatchObject(clear);
  await expect(store.list("")).rejects.toMatchObject(clear);
  await store.close();
});

test("a link without a target is refused above the root, at a folder of objects, and at an object", async () => {
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

test("a store notices when the target of its open root goes away", async () => {
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

test("a name that was spent a thousand times is refused, and ends", async () => {
  await mkdir(join(place, "slots"));
  for (let i = 0; i < 1000; i++) await writeFile(join(place, "slots", i === 0 ? "0" : `0~${i}`), "");
  const { objects: store } = await openBackend(place, systemEnvironment, { oneSync });
  await expect(store.get("slots/0")).rejects.toMatchObject({ reason: "object_corrupt" });
  await expect(store.putIfAbsent("slots/0", bytesOf("x"))).rejects.toMatchObject({
    reason: "object_corrupt",
  });
  await store.close();
});
