import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { BLOB_SCHEMA, bytesOf } from "../support/graphs/blob-graph.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("blob-command");
const CONTENT = bytesOf("of a file", 50_000);
const NAMED = ["node", "Doc", "a", "body", "g.omni"] as const;

beforeAll(async () => {
  writeFileSync(join(cwd, "schema.pg"), BLOB_SCHEMA);
  writeFileSync(join(cwd, "content.bin"), CONTENT);
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
  const input =
    '{"type":"Doc","data":{"slug":"a"}}\n{"type":"Doc","data":{"slug":"x","body":"s3://archive/x"}}';
  const env = { OMNIGRAPH_EXTERNAL_BLOBS: "s3://archive/" };
  await ok(["load", "--data", "-", "--mode", "append", "g.omni", "--quiet"], { cwd, input, env });
});

it("blob put, stat and get carry a file to a graph and back, byte for byte, now and then", async () => {
  const put = JSON.parse(
    await ok(["blob", "put", ...NAMED, "--file", "content.bin", "--as", "ann", "--json"], { cwd }),
  );
  expect(put).toMatchObject({ branch: "main", affected_nodes: 1, actor_id: "ann" });
  const stat = JSON.parse(await ok(["blob", "stat", ...NAMED, "--json"], { cwd }));
  expect(stat).toMatchObject({
    target: { branch: "main", snapshot: null },
    selector: { entity: "node", type: "Doc", id: "a", property: "body" },
    kind: "managed",
    size: 50_000,
  });
  expect(await ok(["blob", "stat", ...NAMED], { cwd })).toMatch(/^50000 bytes, SHA-256 [0-9a-f]{64}\n$/);
  await ok(["blob", "get", ...NAMED, "--out", "copy.bin"], { cwd });
  expect(readFileSync(join(cwd, "copy.bin")).equals(CONTENT)).toBe(true);
  await ok(["blob", "put", ...NAMED, "--quiet"], { cwd, input: "hello blobs" });
  expect(await ok(["blob", "get", ...NAMED, "--offset", "6"], { cwd })).toBe("blobs");
  await ok(["blob", "get", ...NAMED, "--at", "main~1", "--offset", "49000", "--out", "end.bin"], { cwd });
  expect(readFileSync(join(cwd, "end.bin")).equals(CONTENT.subarray(49_000))).toBe(true);
});

it.each([
  [
    "a file that is there",
    ["get", ...NAMED, "--out", "schema.pg"],
    "file_unreadable",
    /schema\.pg: it is there already/,
  ],
  ["a file that is not there", ["put", ...NAMED, "--file", "none.bin"], "file_unreadable", /none\.bin/],
  ["an address", ["get", "node", "Doc", "x", "body", "g.omni"], "blob_external", /s3:\/\/archive\/x/],
  [
    "what is no Blob",
    ["stat", "node", "Doc", "a", "titel", "g.omni"],
    "blob_selector_invalid",
    /no property titel/,
  ],
  ["neither node nor edge", ["stat", "row", "Doc", "a", "body", "g.omni"], "usage", /a node or an edge/],
  ["bytes behind the end", ["get", ...NAMED, "--offset", "1000000"], "blob_range_invalid", /has \d+ bytes/],
])("blob refuses %s, and does nothing", async (_, args, reason, message) => {
  const { status, out, err } = await run(["blob", ...args], { cwd });
  expect([status === 0, out]).toEqual([false, ""]);
  expect(err).toContain(`error[${reason}]`);
  expect(err).toMatch(message);
});

it("blob stat tells an address, and blob put takes content away", async () => {
  expect(await ok(["blob", "stat", "node", "Doc", "x", "body", "g.omni"], { cwd })).toBe(
    "at s3://archive/x\n",
  );
  await ok(["blob", "put", "node", "Doc", "x", "body", "g.omni", "--null", "--quiet"], { cwd });
  expect((await run(["blob", "stat", "node", "Doc", "x", "body", "g.omni"], { cwd })).err).toContain(
    "blob_not_found",
  );
});
