import { createHash } from "node:crypto";
import type { TypeId } from "@omnigraph/language";
import { type Changes, type ChangeSet, EMPTY_BATCH, idColumn, textAt } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { type CommitId, commitId, MAIN_LOG_ID, type LogId } from "../address.ts";
import type { CommitHeader, CommitObject, CommitRecord } from "../commit/header.ts";
import { genesisHeader } from "../commit/next.ts";
import { SPAN_SLOTS } from "./blocks.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { SpanBuilder } from "./span-builder.ts";
import { decodeSpan } from "./span-format.ts";
import { SeededRandom } from "../../../../tests/support/simulation/seeded-random.ts";

const TYPE = "01M84AR2A00000000000000000" as TypeId; // Cast: it stands for one of a catalog.
const OTHER = "01M84AR2B00000000000000000" as TypeId; // Cast: as above.
const LOG_ID = "0123456AB" as LogId; // Cast: it has the form of one.
const GENESIS = genesisHeader(
  { op: "op", actor: null, message: null },
  "0".repeat(64),
  1_795_407_381_074_760,
);
const SPAN = 3;

/** A span of a branch: one to three commits in a slot, some of them merges, some of which do not tell what they changed. */
function spanOf(seed: number): readonly CommitObject[] {
  const random = new SeededRandom(seed);
  const objects: CommitObject[] = [];
  let before: CommitHeader = GENESIS;
  for (let i = 0; i < SPAN_SLOTS; i++) {
    const slot = SPAN * SPAN_SLOTS + i;
    const commits: CommitRecord[] = [];
    for (let index = 0; index < 1 + random.integer(3); index++) {
      const address = { logId: LOG_ID, slot, index };
      const createdAt = before.createdAt + 1 + random.integer(5_000);
      const isMerge = random.chance(0.02);
      const merged = commitId(createdAt - 1, { logId: MAIN_LOG_ID, slot: random.integer(99), index: 0 });
      const header: CommitHeader = {
        ...GENESIS,
        id: commitId(createdAt, address),
        kind: isMerge ? "merge" : "mutation",
        parents: isMerge ? [before.id, merged] : [before.id],
        depth: before.depth + 1,
        generation: before.generation + 1 + (isMerge ? random.integer(4) : 0),
        createdAt,
      };
      commits.push({ header, address, branch: "draft", changes: changesOf(random, commits.length + 3 * i) });
      before = header;
    }
    const checksum = createHash("sha256").update(String(slot)).digest("hex");
    const frame = {
      graph: null,
      logId: LOG_ID,
      slot,
      branch: "draft",
      nonce: "",
      predecessor: null,
      size: 0,
    };
    objects.push({ ...frame, durability: "durable", checksum, commits });
  }
  return objects;
}

function changesOf(random: SeededRandom, n: number): Changes {
  if (random.chance(0.005)) return { kind: "layers", layers: [], replaced: [TYPE] };
  if (random.chance(0.005)) return { kind: "rows", rows: [], replaced: [TYPE] };
  const ids = random.chance(0.001)
    ? Array.from({ length: 2_000 }, (_, i) => `many${i}`)
    : [`e${random.integer(400)}`];
  const rows = { length: ids.length, columns: new Map([["id", idColumn(ids)] as const]) };
  const gone = { length: 1, columns: new Map([["id", idColumn([`x${n}`])] as const]) };
  const type = random.chance(0.5) ? TYPE : OTHER;
  if (random.chance(0.2))
    return { kind: "rows", rows: [{ type, updated: 0, after: EMPTY_BATCH, before: gone }], replaced: [] };
  const updated = random.chance(0.5) ? ids.length : 0;
  return {
    kind: "rows",
    rows: [{ type, updated, after: rows, before: updated > 0 ? rows : EMPTY_BATCH }],
    replaced: [],
  };
}

function encoded(objects: readonly CommitObject[]): Uint8Array {
  const builder = new SpanBuilder(LOG_ID, SPAN);
  for (const object of objects) builder.add(object);
  return builder.encode();
}

function idsOf(changes: ChangeSet, type: TypeId): readonly string[] {
  return changes
    .filter((each) => each.type === type)
    .flatMap(({ after, before }) => [after, before])
    .flatMap(({ length, columns }) => {
      const ids = columns.get("id");
      return ids?.kind === "text" ? Array.from({ length }, (_, row) => textAt(ids, row)) : [];
    });
}

test("links read back as in the commits", () => {
  const objects = spanOf(1);
  const digest = decodeSpan(encoded(objects), LOG_ID, SPAN, "place");
  for (const { commits } of objects) {
    for (const { header, address } of commits) {
      const { id, parents, generation, createdAt, depth, kind } = header;
      const expected = { id, parents, generation, address, createdAt, depth, kind };
      const found = digest.link(id, address);
      if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found).toEqual(expected);
    }
  }
  const { header, address } = objects[7]?.commits[0] ?? expect.fail("no commit");
  expect(digest.link(header.id, { ...address, index: 3 })).toBeNull();
  expect(digest.link(commitId(header.createdAt + 1_000, address) as CommitId, address)).toBeNull();
  expect(digest.parent).toBe(GENESIS.id);
  expect(digest.checksum).toBe(objects.at(-1)?.checksum);
});

test("no commit that changed an entity is left out, and few others are named", () => {
  const objects = spanOf(3);
  const digest = decodeSpan(encoded(objects), LOG_ID, SPAN, "place");
  const upTo = (SPAN + 1) * SPAN_SLOTS - 1_000;
  const opaque = new Set<number>();
  const touching = new Map<string, Set<number>>();
  for (const { slot, commits } of objects) {
    for (const { changes } of commits) {
      const rows = changes.kind === "rows" && changes.replaced.length === 0 ? changes.rows : null;
      const names = (rows ?? []).flatMap(({ type }) => idsOf(rows ?? [], type).map((id) => `${type} ${id}`));
      if (rows === null || names.length > 1_024) opaque.add(slot);
      for (const name of names) touching.set(name, (touching.get(name) ?? new Set()).add(slot));
    }
  }
  expect(opaque.size).toBeGreaterThan(20);
  for (const [name, slots] of touching) {
    const [type, id] = name.split(" ");
    const found = digest.slotsTouching(fingerprintOf(type as TypeId, id ?? ""), upTo); // Cast: one of the two above.
    const expected = [...new Set([...slots, ...opaque])]
      .filter((slot) => slot <= upTo)
      .toSorted((a, b) => b - a);
    if (String(found) !== String(expected)) expect([name, found]).toEqual([name, expected]);
  }
});

test("equal spans have equal bytes, which never change", () => {
  const bytes = encoded(spanOf(4));
  expect(Buffer.compare(encoded(spanOf(4)), bytes)).toBe(0);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(
    "1a1f790df2ab18c0656b14930889a6c83fc1ee4212fc715b3a518e4200ea92a4",
  );
});

test("commits that do not follow each other have no digest", () => {
  const objects = spanOf(5);
  const missing = objects.filter((_, i) => i !== 99);
  expect(() => encoded(missing)).toThrow(expect.objectContaining({ reason: "log_corrupt" }));
});

test("anything that is not the digest of the span is refused", () => {
  const bytes = encoded(spanOf(6));
  const refused = expect.objectContaining({ reason: "object_corrupt" });
  expect(() => decodeSpan(bytes, LOG_ID, SPAN + 1, "place")).toThrow(refused);
  expect(() => decodeSpan(bytes, MAIN_LOG_ID, SPAN, "place")).toThrow(refused);
  expect(() => decodeSpan(bytes.subarray(0, bytes.length - 8), LOG_ID, SPAN, "place")).toThrow(refused);
});
