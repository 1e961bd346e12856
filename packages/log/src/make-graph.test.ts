import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isError, systemEnvironment } from "@omnigraph/base";
import { openBackend } from "@omnigraph/storage";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GraphLog } from "./graph-log.ts";
import { takesOneSync } from "./one-sync.ts";
import { SimulatedTime } from "../../../tests/support/simulation/time.ts";
import { calmNetwork } from "../../../tests/support/simulation/network.ts";
import { SimulatedObjects } from "../../../tests/support/simulation/objects.ts";

const OPTIONS = { schema: Buffer.from("{}"), actor: null, message: null };

/** Calls to the store that making a graph takes, and more. */
const CALLS = 12;

test.each(Array.from({ length: CALLS }, (_, i) => i))(
  "a maker that dies at its call %i leaves nothing, a graph, or a half-made one that the next completes",
  async (last) => {
    for (const powerLoss of [false, true]) {
      let calls = 0;
      const time = new SimulatedTime();
      const network = {
        plan: (call: Parameters<typeof calmNetwork.plan>[0]) => {
          if (call.process === "first" && calls++ === last) time.after(0, () => world.crash("first"));
          return calmNetwork.plan(call);
        },
      };
      const world = new SimulatedObjects(time, network, last);
      const first = GraphLog.init(world.connect("first"), world.process("first"), OPTIONS);
      const second = world.process("second");
      await Promise.race([first, second.clock.sleep(1_000)]);
      if (powerLoss) world.powerLoss();
      const store = world.connect("third");
      const third = world.process("third");
      try {
        await GraphLog.init(store, third, OPTIONS);
      } catch (error) {
        if (!isError(error, "graph_exists")) throw error;
      }
      const log = await GraphLog.open(store, third, { readOnly: false });
      const head = await (await log.branch("main")).head();
      expect(head.header).toMatchObject({ kind: "genesis", op: log.id });
      expect(Buffer.from(await log.schemas.read(head.header.schema))).toEqual(OPTIONS.schema);
      world.powerLoss();
      expect(world.keys().length).toBe(3);
    }
  },
);

describe("a folder", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "omnigraph-make-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const everything = (): readonly string[] =>
    readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted();

  test.each([
    "README.md",
    ".git/",
    "My Photos/",
    "docs/",
    "Other.omni/__manifest/format.json",
    "lost+found",
    "__manifest/Notes 1.txt",
    "a%zz",
  ])("a folder with %s, which is no key, is refused by name", async (name) => {
    const path = join(root, name);
    mkdirSync(name.endsWith("/") ? path : dirname(path), { recursive: true });
    if (!name.endsWith("/")) writeFileSync(path, "mine");
    const before = everything();
    const found = name.startsWith("Other") ? "Other.omni/" : name;
    const { objects: store } = await openBackend(root, systemEnvironment, { oneSync: takesOneSync });
    await expect(GraphLog.init(store, systemEnvironment, OPTIONS)).rejects.toMatchObject({
      reason: "folder_not_empty",
      message: expect.stringContaining(`it holds ${found};`),
    });
    expect(everything()).toEqual(before);
    await store.close();
  });

  test("making a graph completes what a crash has left: the store's own folders, empty ones, and spent names", async () => {
    for (const name of [".tmp", ".locks/x", "__manifest/schemas", "__manifest/log"])
      mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, ".tmp/torn"), "half");
    writeFileSync(join(root, ".locks/x/1"), "half");
    writeFileSync(join(root, "__manifest/log/000000000.1073741823.commit"), "");
    const { objects: store } = await openBackend(root, systemEnvironment, { oneSync: takesOneSync });
    await GraphLog.init(store, systemEnvironment, OPTIONS);
    await store.delete("__manifest/format.json");
    const first = await GraphLog.init(store, systemEnvironment, OPTIONS);
    expect((await (await first.branch("main")).head()).header.depth).toBe(1);
    await store.close();
  });
});
