import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Omnigraph, OmnigraphError } from "omnigraph";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { testFolder, treeOf } from "../support/running/folders.ts";

const folder = testFolder("refusals");
const SCHEMA = "node Item { slug: String @key  number: I64? }";
const ADD = "query add($slug: String) { insert Item { slug: $slug } }";
const ALL = "query all() { match { $i: Item } return { $i.slug, $i.number } order { $i.slug } }";
const lines = (n: number): string =>
  Array.from({ length: n }, (_, i) => `{"type":"Item","data":{"slug":"s${i}","number":${i}}}\n`).join("");

/** Holds a call to be refused and to leave the folder byte for byte as it was. */
async function refused(path: string, call: () => Promise<unknown>): Promise<OmnigraphError> {
  const before = treeOf(path);
  const error: unknown = await call().then(
    () => expect.fail("it was not refused"),
    (thrown: unknown) => thrown,
  );
  expect(treeOf(path)).toEqual(before);
  if (error instanceof OmnigraphError) return error;
  throw error;
}

describe("an address", () => {
  it("an address that holds no graph, or holds one already, is refused", async () => {
    const files = join(folder, "files");
    mkdirSync(join(files, "empty"), { recursive: true });
    writeFileSync(join(files, "notes.txt"), "mine");
    const open = (path: string) => (): Promise<unknown> => Omnigraph.open(path);
    for (const [path, place] of [
      [files, files],
      [join(files, "empty"), "empty"],
      [join(files, "absent"), "absent"],
      [join(files, "notes.txt"), "notes.txt"],
    ] as const) {
      const error = await refused(folder, open(path));
      expect(error).toMatchObject({
        reason: "graph_not_found",
        details: { uri: expect.stringContaining(place) },
      });
      expect(error.message).toMatch(/create the graph with init/);
    }
    const init =
      (path: string, schema = SCHEMA) =>
      (): Promise<unknown> =>
        Omnigraph.init(path, { schema });
    expect((await refused(folder, init(files))).reason).toBe("folder_not_empty");
    expect((await refused(folder, init(join(files, "new"), "node item {}"))).reason).toBe("schema_invalid");
    expect((await refused(folder, init("ftp://x/y"))).reason).toBe("store_uri_invalid");
    const below = await refused(folder, init(join(files, "notes.txt", "graph")));
    expect(below.reason).toMatch(/^store_(unsupported|denied)$/);
    expect(below.message).toContain("notes.txt");
    await (await Omnigraph.init(join(files, "empty"), { schema: SCHEMA })).close();
    expect((await refused(folder, init(join(files, "empty")))).reason).toBe("graph_exists");
  });
});

describe("a graph that is damaged or newer", () => {
  const sound = join(folder, "sound.omni");
  let rows: unknown;
  let files: string[] = [];

  /** Everything that reads: the head, the rows, the history. */
  async function readAll(path: string): Promise<unknown> {
    await using graph = await Omnigraph.open(path);
    for await (const piece of graph.export()) expect(piece.length).toBeGreaterThan(0);
    await graph.snapshot();
    const list = await graph.commits.list();
    return [list.length, (await graph.query(ALL)).rows];
  }

  beforeAll(async () => {
    await using graph = await Omnigraph.init(sound, { schema: SCHEMA, inlineRows: 10 });
    await graph.load(lines(5), { mode: "append" });
    await graph.load(lines(50), { mode: "merge" });
    await graph.mutate(ADD, { slug: "a" });
    await graph.mutate(ADD, { slug: "b" });
    rows = await readAll(sound);
    files = Object.keys(treeOf(sound)).filter((path) => /^__manifest\/.*[^/]$|\.cols$/.test(path));
  });

  it("a damaged graph has its damaged object named, whatever the damage, and is not changed", async () => {
    expect(files.filter((path) => path.endsWith(".commit"))).toHaveLength(5);
    expect(files.filter((path) => path.endsWith(".cols"))).toHaveLength(1);
    const damages: [string, (bytes: Buffer) => Buffer | null][] = [
      [
        "a bit flipped",
        (b) =>
          Buffer.concat([
            b.subarray(0, b.length >> 1),
            Buffer.from([(b[b.length >> 1] ?? 0) ^ 4]),
            b.subarray((b.length >> 1) + 1),
          ]),
      ],
      ["cut", (b) => b.subarray(0, b.length - 3)],
      ["empty", () => Buffer.alloc(0)],
      ["foreign", () => Buffer.from("%PDF-1.7 something else altogether")],
      ["gone", () => null],
    ];
    const newest = files.filter((path) => path.endsWith(".commit")).toSorted()[0];
    const path = join(folder, "damaged.omni");
    for (const file of files) {
      for (const [damage, inflict] of damages) {
        // Without one of its objects a log is a shorter log, until the next write meets what comes after it; an emptied one is as good as gone.
        if ((damage === "gone" || damage === "empty") && file.endsWith(".commit")) continue;
        rmSync(path, { recursive: true, force: true });
        cpSync(sound, path, { recursive: true });
        const at = join(path, file);
        const bytes = inflict(readFileSync(at));
        if (bytes === null) unlinkSync(at);
        else writeFileSync(at, bytes);
        const error = await refused(path, async () => {
          const seen = await readAll(path);
          expect(seen, `${file} ${damage}: read as if it were sound`).toEqual(rows);
          throw new OmnigraphError("internal", "sound");
        });
        // A column file is made from its table, and can be done without.
        if (file.endsWith(".cols") && error.message === "sound") continue;
        expect(error.message, `${file} ${damage}`).not.toBe("sound");
        expect(error.reason, `${file} ${damage}: ${error.message}`).toMatch(
          damage === "gone"
            ? /^(graph_not_found|object_corrupt|log_corrupt|table_version_missing)$/
            : /^(object|log)_corrupt$/,
        );
        if (error.reason !== "graph_not_found") expect(error.message).toContain(file.split("/").at(-1));
        if (file !== newest) continue;
        const write = await refused(path, async () => {
          await using graph = await Omnigraph.open(path);
          await graph.mutate(ADD, { slug: "more" });
        });
        expect(write.reason).toMatch(/^(object|log)_corrupt$/);
      }
    }
  });

  it("a graph that needs a newer version is refused with what is missing", async () => {
    const path = join(folder, "newer.omni");
    cpSync(sound, path, { recursive: true });
    const at = join(path, "__manifest/format.json");
    const { sha256: _sum, ...format } = JSON.parse(readFileSync(at, "utf8"));
    const rewrite = (change: object): void => {
      const json = { ...format, ...change };
      const sha256 = createHash("sha256").update(JSON.stringify(json)).digest("hex");
      writeFileSync(at, JSON.stringify({ ...json, sha256 }));
    };
    rewrite({ version: 2 });
    const newer = await refused(path, () => Omnigraph.open(path, { readOnly: true }));
    expect(newer).toMatchObject({ reason: "format_newer", details: { version: 2 } });
    expect(newer.message).toMatch(/format\.json is of format 2.*upgrade omnigraph/);
    rewrite({ needs: { read: ["time_machine"], write: [] } });
    const feature = await refused(path, () => Omnigraph.open(path, { readOnly: true }));
    expect(feature).toMatchObject({ reason: "format_newer", details: { features: ["time_machine"] } });
    rewrite({ needs: { read: [], write: ["careful_ink"] } });
    expect((await refused(path, () => Omnigraph.open(path))).message).toContain("careful_ink");
    await using reader = await Omnigraph.open(path, { readOnly: true });
    expect((await reader.query(ALL)).rows).toHaveLength(52);
    rewrite({});
    expect(await readAll(path)).toEqual(rows);
  });

  it("a graph that may not be written is read, and refuses writes without a trace", async () => {
    await using graph = await Omnigraph.open(sound, { readOnly: true });
    for (const call of [
      () => graph.mutate(ADD, { slug: "x" }),
      () => graph.load(lines(2), { mode: "merge" }),
      () => graph.load(lines(30), { mode: "merge" }),
    ])
      expect((await refused(sound, call)).reason).toBe("read_only");
    expect((await graph.query(ALL)).rows).toHaveLength(52);
  });
});

/** Mounts a file system, or says why that cannot be. */
function mounted(args: readonly string[], at: string): string | null {
  mkdirSync(at, { recursive: true });
  try {
    execFileSync("mount", [...args, at], { stdio: "pipe" });
    mounts.push(at);
    return null;
  } catch (cause) {
    return `cannot mount: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
const mounts: string[] = [];
afterEach(() => {
  for (const at of mounts.splice(0).toReversed()) execFileSync("umount", ["-l", at]);
});

describe("a store that will not take more", () => {
  it("a write to a full disk is refused, leaves nothing half done, and works again once there is room", async (context) => {
    const disk = join(folder, "disk");
    const why = mounted(["-t", "tmpfs", "-o", "size=1m", "tmpfs"], disk);
    if (why !== null) return context.skip(why);
    const path = join(disk, "g.omni");
    await using graph = await Omnigraph.init(path, { schema: SCHEMA, inlineRows: 1000 });
    await graph.mutate(ADD, { slug: "first" });
    writeFileSync(join(disk, "ballast"), Buffer.alloc(700_000));
    const big = lines(900).replaceAll(':"s', `:"${"long ".repeat(200)}`);
    const staged = lines(20_000);
    for (const data of [big, staged]) {
      const error = await graph.load(data, { mode: "append" }).then(
        () => expect.fail("it was loaded"),
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({
        reason: "store_full",
        message: expect.stringMatching(/no room( is)? left/),
      });
      expect(String(error)).not.toMatch(/cargo|os error|LanceError/);
      expect((await graph.query(ALL)).rows).toEqual([{ "i.slug": "first", "i.number": null }]);
    }
    await graph.mutate(ADD, { slug: "second" });
    rmSync(join(disk, "ballast"));
    await graph.load(lines(10), { mode: "append" });
    expect((await graph.query(ALL)).rows).toHaveLength(12);
    await graph.close();
    const left = Object.keys(treeOf(path)).filter((name) => /^(tables|__recovery|\.tmp)\/.*[^/]$/.test(name));
    expect(left).toEqual([]);
  });

  it("a folder without write permission is refused for writing, and read all the same", async (context) => {
    const path = join(folder, "denied.omni");
    await (await Omnigraph.init(path, { schema: SCHEMA })).close();
    const view = join(folder, "view");
    const why = mounted(["--bind", "-o", "ro", path], view);
    if (why !== null) return context.skip(why);
    await using graph = await Omnigraph.open(view);
    const error = await refused(path, () => graph.mutate(ADD, { slug: "x" }));
    expect(error.reason).toBe("store_denied");
    expect(error.message).toMatch(/the file system is read-only.*\(EROFS\)/);
    expect((await graph.query(ALL)).rows).toEqual([]);
    expect((await refused(path, () => Omnigraph.init(join(view, "g.omni"), { schema: SCHEMA }))).reason).toBe(
      "store_denied",
    );
  });

  it("a symbolic link that leads in circles is named", async () => {
    const loop = join(folder, "loop");
    symlinkSync(loop, loop);
    const error = await Omnigraph.open(join(loop, "g.omni")).then(
      () => expect.fail("it was opened"),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(OmnigraphError);
    expect((error as OmnigraphError).message).toContain("loop");
  });
});
