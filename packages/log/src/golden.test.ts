import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isError, systemEnvironment } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { LocalObjects, NOTHING, type RowBatch, valueAt } from "@omnigraph/storage";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeOf } from "../../../tests/support/log/log-writes.ts";
import type { CommitRecord } from "./commit/header.ts";
import { GraphLog } from "./graph-log.ts";

const GOLDEN = fileURLToPath(new URL("../../../tests/golden/log-v1", import.meta.url));
// Casts: the ids that the script wrote.
const NODE = "01JD0000000000000000000001" as TypeId;
const EDGE = "01JD0000000000000000000002" as TypeId;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "omnigraph-golden-"));
  cpSync(GOLDEN, root, { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

function files(): readonly string[] {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" });
  return names.filter((name) => statSync(join(root, name)).isFile()).toSorted();
}

function everything(): ReadonlyMap<string, string> {
  return new Map(files().map((name) => [name, readFileSync(join(root, name), "hex")]));
}

function shown(batch: RowBatch): readonly (readonly unknown[])[] {
  return Array.from({ length: batch.length }, (_, row) =>
    [...batch.columns.values()].map((column) => valueAt(column, row)),
  );
}

/** Opens the graph for writing and reads all there is. */
async function readAll(): Promise<{ readonly log: GraphLog; readonly commits: readonly CommitRecord[] }> {
  const log = await GraphLog.open(new LocalObjects(root), systemEnvironment, { readOnly: false });
  const main = await log.branch("main");
  const commits: CommitRecord[] = [];
  for await (const commit of log.history(await main.head())) commits.unshift(commit);
  for (const commit of commits) {
    await log.schemas.read(commit.header.schema);
    const snapshot = await log.snapshot(commit);
    for (const type of [NODE, EDGE]) {
      for (const piece of snapshot.pieces(type))
        if (piece.kind === "range") await log.readChanges(piece.range, type);
    }
    expect(commit.changes.kind).toMatch(/rows|layers/);
  }
  return { log, commits };
}

test("the first format is read as it was written", async () => {
  const before = everything();
  const { log, commits } = await readAll();
  expect(
    commits.map(({ header, address }) => [header.kind, header.depth, address.slot, address.index]),
  ).toEqual([
    ["genesis", 1, 0, 0],
    ["mutation", 2, 1, 0],
    ["mutation", 3, 2, 0],
    ["mutation", 4, 2, 1],
    ["mutation", 5, 2, 2],
    ["schema", 6, 3, 0],
    ["load", 7, 4, 0],
    ["mutation", 8, 5, 0],
    ["load", 9, 6, 0],
    ["mutation", 10, 7, 0],
  ]);
  expect(commits[1]?.header).toMatchObject({ actor: "ann", message: "two ✓", counts: new Map([[NODE, 2]]) });
  expect(commits[4]?.header).toMatchObject({ op: "01JD0000000000000000000009", content: "c0ffee" });
  const inserted = commits[1]?.changes;
  expect(inserted?.kind === "rows" ? inserted.rows.map(({ after }) => shown(after)) : []).toEqual([
    [
      ["ann", "Ann"],
      ["bob", "Bøb"],
    ],
  ]);
  const updated = commits[3]?.changes;
  expect(
    updated?.kind === "rows"
      ? updated.rows.map((each) => [each.updated, shown(each.before), shown(each.after)])
      : [],
  ).toEqual([[1, [["ann", "Ann"]], [["ann", null]]]]);
  const schemas = new Set(commits.map(({ header }) => header.schema));
  expect(schemas.size).toBe(2);
  expect(log.id).toBe(commits[0]?.header.op);
  expect(everything()).toEqual(before);
});

test("the pieces of the first format are in order", async () => {
  const { log, commits } = await readAll();
  const last = commits.at(-1) ?? expect.fail("no commits");
  const logId = "000000000";
  const snapshot = await log.snapshot(last);
  expect(snapshot.pieces(NODE)).toEqual([
    { kind: "range", range: { logId, from: 6, fromIndex: 0, to: 7, toIndex: 0 } },
  ]);
  expect(snapshot.pieces(EDGE)).toEqual([
    { kind: "range", range: { logId, from: 0, fromIndex: 0, to: 7, toIndex: 0 } },
  ]);
  const loaded = commits[7] ?? expect.fail("no commit");
  const pieces = (await log.snapshot(loaded)).pieces(NODE);
  expect(pieces.map((piece) => (piece.kind === "layer" ? piece.entry.staging : piece.range.to))).toEqual([
    3,
    "01JD000000000000000000000A",
    5,
  ]);
});

test("commits that name their graph are read as they were written, and earlier ones have no graph", async () => {
  const graphsIn = (): readonly (string | undefined)[] =>
    files()
      .filter((name) => name.endsWith(".commit"))
      .map((name) => /"graph":"([^"]*)"/.exec(readFileSync(join(root, name), "latin1"))?.[1]);
  expect(new Set(graphsIn())).toEqual(new Set([undefined]));
  rmSync(root, { recursive: true });
  cpSync(`${GOLDEN}-graph-id`, root, { recursive: true });
  const log = await GraphLog.open(new LocalObjects(root), systemEnvironment, { readOnly: false });
  expect(new Set(graphsIn())).toEqual(new Set([log.id]));
  const branches = await log.listBranches();
  expect(branches.map(({ name, head }) => [name, head.header.depth])).toEqual([
    ["draft", 3],
    ["main", 3],
  ]);
  const kinds: string[] = [];
  for (const { head } of branches)
    for await (const { header, changes } of log.history(head)) kinds.push(`${header.kind} ${changes.kind}`);
  expect(kinds).toEqual([...Array(2).fill(["mutation rows", "mutation rows", "genesis rows"])].flat());
});

test("a graph of the first format can be written", async () => {
  const { log } = await readAll();
  const main = await log.branch("main");
  const { commit } = await log
    .writer(main)
    .submit(writeOf("golden", { evaluate: () => ({ ...NOTHING, commits: true }) }));
  expect(commit?.header.depth).toBe(11);
  expect((await readAll()).commits.length).toBe(11);
});

describe.each<[string, (bytes: Buffer) => Buffer]>([
  ["truncated", (bytes) => bytes.subarray(0, bytes.length - 5)],
  ["empty", () => Buffer.alloc(0)],
  [
    "with a bit flipped",
    (bytes) => Buffer.from(bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 4 : byte))),
  ],
  ["of something else", () => Buffer.from("something else altogether, and long enough to hold a frame")],
])("each file %s", (_, damage) => {
  test("a damaged file is refused with its place, and nothing is changed", async () => {
    for (const name of files()) {
      const path = join(root, name);
      const sound = readFileSync(path);
      writeFileSync(path, damage(sound));
      const before = everything();
      const error: unknown = await readAll().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(isError(error) ? [error.reason, error.details.place] : error).toEqual([
        name.endsWith(".commit") ? "log_corrupt" : "object_corrupt",
        path,
      ]);
      expect(everything()).toEqual(before);
      writeFileSync(path, sound);
    }
  });
});
