import { createHash } from "node:crypto";
import { isError } from "@omnigraph/base";
import type { PropertyId, TypeId } from "@omnigraph/language";
import { type Changes, type ChangeSet, columnOf, NOTHING, textAt } from "@omnigraph/storage";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inserted, TYPE } from "../../../../tests/support/log/log-writes.ts";
import { MAIN_LOG_ID, type LogId } from "../address.ts";
import { decodeObject, encodeObject } from "./codec.ts";
import type { CommitObject, CommitRecord } from "./header.ts";
import { type Authored, GENESIS, genesisHeader, next, type CommitState } from "./next.ts";

const NOW = 1_795_407_381_074_760;
const GRAPH = "01M84AR2A00000000000000001";
const READER = { access: "read", store: "store", graph: GRAPH } as const;
const FRAME = {
  graph: GRAPH,
  logId: MAIN_LOG_ID,
  slot: 1,
  branch: "main",
  nonce: "0123456789abcdef".repeat(2),
  predecessor: "ab".repeat(32),
  durability: "durable",
} as const;

/** What tests say of a commit. */
type Described = Partial<Authored["request"] & Authored["draft"]> & { readonly theirs?: CommitState };

function group(members: readonly Described[]): readonly CommitRecord[] {
  let header = genesisHeader({ op: "g", actor: null, message: null }, "0".repeat(64), NOW);
  return members.map(({ theirs = null, changes = NOTHING.changes, ...member }, index) => {
    const request = { ...REQUEST, op: `op ${index}`, ...member };
    const write = { request, authoredAt: NOW, draft: { ...NOTHING, ...member, changes } };
    const address = { logId: MAIN_LOG_ID, slot: 1, index };
    ({ header } = next({ header, layout: new Map() }, write, address, NOW, theirs));
    return { header, address, branch: "main", changes };
  });
}

const REQUEST = { content: null, kind: "mutation", actor: null, message: null } as const;

function decode(bytes: Uint8Array, access: "read" | "write" = "read"): CommitObject {
  return decodeObject(bytes, MAIN_LOG_ID, 1, { access, store: "store", graph: GRAPH });
}

/** An object with another header, its checksum right. */
function withHeader(bytes: Uint8Array, change: (header: Record<string, unknown>) => void): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString());
  change(header);
  const text = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const body = Buffer.concat([
    Buffer.from("OGC1"),
    Buffer.from(Uint32Array.of(padded).buffer),
    Buffer.concat([text, Buffer.alloc(padded - text.length, 0x20)]),
    bytes.subarray(8 + length, bytes.length - 32),
  ]);
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}

const WHOLE = group([
  {
    actor: "ann",
    message: "größer\n✓",
    content: "ff",
    changes: rows(inserted("a", "b")),
    counts: new Map([[TYPE, 2]]),
  },
  {},
  { schema: "1".repeat(64), kind: "schema", changes: rows(inserted("c")), counts: new Map([[TYPE, 1]]) },
  { kind: "load", changes: { kind: "layers", layers: [layerEntry()], replaced: [TYPE] } },
]);

function rows(changes: ChangeSet): Changes {
  return { kind: "rows", rows: changes, replaced: [] };
}

function layerEntry(): {
  staging: string;
  type: TypeId;
  version: number;
  rows: number;
  tombstones: number;
  columns: Record<string, string>;
} {
  return { staging: "s", type: TYPE, version: 2, rows: 5, tombstones: 1, columns: { p: "name" } };
}

test("a group of commits reads back unchanged", () => {
  const { object, bytes } = encodeObject(FRAME, WHOLE);
  const read = decode(bytes);
  expect({ ...read, commits: [] }).toEqual({ ...object, commits: [] });
  expect(read.commits.map(({ header, address }) => ({ header, address }))).toEqual(
    object.commits.map(({ header, address }) => ({ header, address })),
  );
  const ids = read.commits.map(({ changes }) =>
    changes.kind === "rows"
      ? changes.rows.flatMap(({ after }) => {
          const column = after.columns.get("id");
          if (column?.kind !== "text") throw new Error("no ids");
          return Array.from({ length: after.length }, (_, i) => textAt(column, i));
        })
      : changes.kind === "layers"
        ? [...changes.layers, ...changes.replaced]
        : [],
  );
  expect(ids).toEqual([["a", "b"], [], ["c"], [layerEntry(), TYPE]]);
  expect(bytes.length).toBe(read.size);
});

test("the header is readable in an editor", () => {
  const text = Buffer.from(encodeObject(FRAME, WHOLE).bytes).toString("latin1");
  expect(text).toMatch(
    /^OGC1....\{"needs":\{"read":\[\],"write":\[\]\},"graph":"01M84AR2A00000000000000001","branch":"main","incarnation":"000000000","slot":1,/s,
  );
  expect(text).toContain('"types":{"01M84AR2A00000000000000000":{"inserted":2,"updated":0,"deleted":0}}');
});

test("every damaged byte and every truncation is refused with the place", () => {
  const { bytes } = encodeObject(FRAME, WHOLE);
  const place = "store/__manifest/log/000000000.1073741822.commit";
  const refused = (damaged: Uint8Array): void => {
    try {
      decode(damaged);
    } catch (error) {
      if (!isError(error, "log_corrupt") || error.details.place !== place) throw error;
      for (const part of [place, "restore it from a backup"])
        expect(error.message.split(part), error.message).toHaveLength(2); // said once
      return;
    }
    throw new Error("damage was not noticed");
  };
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      refused(bytes.map((byte, i) => (i === at ? byte ^ flip : byte)));
    }),
  );
  for (let length = 0; length < bytes.length; length += 7) refused(bytes.slice(0, length));
  refused(Buffer.concat([bytes, Buffer.alloc(8)]));
});

test.each<[string, (header: Record<string, unknown>) => void]>([
  ["another slot", (header) => (header.slot = 2)],
  ["another log", (header) => (header.incarnation = "000000001")],
  ["no predecessor", (header) => (header.predecessor = null)],
  ["no commits", (header) => (header.commits = [])],
  ["an unknown durability", (header) => (header.durability = "perhaps")],
  ["a nonce of another form", (header) => (header.nonce = "x")],
  ["an id that is not its address", (header) => (first(header).id = "01M839X0JJ0000000000000000")],
  ["an unknown kind", (header) => (first(header).kind = "magic")],
  ["too many parents", (header) => (first(header).parents = Array(3).fill("01M839X0JJ0000000000000000"))],
  ["a parent that is no id", (header) => (first(header).parents = ["x"])],
  ["a tail that ends elsewhere", (header) => (first(header).tail = [{ log: "000000000", from: 0, to: 0 }])],
  ["a tail of another log", (header) => (first(header).tail = [{ log: "000000001", from: 0, to: 1 }])],
  ["a count that no double holds", (header) => (first(header).counts = { [TYPE]: 2 ** 53 })],
  ["a negative count", (header) => (first(header).counts = { [TYPE]: -1 })],
  [
    "a segment that is not there",
    (header) => (first(header).changes = { kind: "rows", segment: 9, replaced: [] }),
  ],
])("a header with %s is refused", (_, change) => {
  const { bytes } = encodeObject(FRAME, WHOLE);
  expect(() => decode(withHeader(bytes, change))).toThrow(expect.objectContaining({ reason: "log_corrupt" }));
});

function first(header: Record<string, unknown>): Record<string, unknown> {
  const [commit] = Array.isArray(header.commits) ? header.commits : [];
  return commit;
}

test("an object holds as many commits as an id can tell apart, and no more", () => {
  const most = encodeObject(FRAME, group(Array<Described>(32).fill({})));
  expect(decode(most.bytes).commits).toHaveLength(32);
  expect(() => encodeObject(FRAME, group(Array<Described>(33).fill({})))).toThrow(/it holds 33 commits/);
});

test("the first object of a log has no predecessor, and every other one has", () => {
  const header = genesisHeader({ op: "g", actor: null, message: null }, "0".repeat(64), NOW);
  const genesis = { header, address: GENESIS, branch: "main", changes: NOTHING.changes };
  const first = { ...FRAME, slot: 0, predecessor: null };
  const { bytes } = encodeObject(first, [genesis]);
  expect(decodeObject(bytes, MAIN_LOG_ID, 0, READER).predecessor).toBe(null);
  expect(() => encodeObject({ ...first, predecessor: FRAME.predecessor }, [genesis])).toThrow(/predecessor/);
  expect(() => encodeObject({ ...FRAME, predecessor: null }, WHOLE)).toThrow(/predecessor/);
});

test("an object of another slot or log is refused", () => {
  const { bytes } = encodeObject(FRAME, WHOLE);
  const other = "00000000A" as LogId; // Cast: of the form of one.
  expect(() => decodeObject(bytes, MAIN_LOG_ID, 2, READER)).toThrow(/another slot/);
  expect(() => decodeObject(bytes, other, 1, READER)).toThrow(/another slot/);
});

test("an object names its graph, and one written before objects named it has none", () => {
  const { bytes } = encodeObject({ ...FRAME, graph: "01M84AR2A00000000000000002" }, WHOLE);
  expect(() => decode(bytes)).toThrow(
    expect.objectContaining({
      reason: "graph_replaced",
      message: expect.stringMatching(/02, not of graph .*01 /),
    }),
  );
  expect(decodeObject(bytes, MAIN_LOG_ID, 1, { ...READER, graph: null }).graph).toBe(
    "01M84AR2A00000000000000002",
  );
  const older = withHeader(bytes, (header) => delete header.graph);
  expect(decode(older).graph).toBeNull();
});

test("unknown features refuse the readers or writers that need them", () => {
  const { bytes } = encodeObject(FRAME, WHOLE);
  const newer = (read: readonly string[], write: readonly string[]): Uint8Array =>
    withHeader(bytes, (header) => (header.needs = { read, write }));
  expect(decode(newer([], ["seals"])).slot).toBe(1);
  const refusal = expect.objectContaining({
    reason: "format_newer",
    details: expect.objectContaining({ features: ["seals"] }),
  });
  expect(() => decode(newer([], ["seals"]), "write")).toThrow(refusal);
  expect(() => decode(newer(["seals"], []))).toThrow(refusal);
});

test("only objects with nulls among lists or vectors refuse older versions, which would take them for damaged", () => {
  const needs = (values: readonly (readonly string[] | null)[]): unknown => {
    const [changes] = inserted(...values.map((_, i) => `${i}`));
    if (changes === undefined) throw new Error("no changes");
    // Cast: ids of properties are opaque here.
    const key = "01M84AR2B00000000000000000" as PropertyId;
    const tags = columnOf({ scalar: "String", list: true, dimension: null }, values);
    const after = { ...changes.after, columns: new Map([...changes.after.columns, [key, tags] as const]) };
    const { bytes } = encodeObject(FRAME, group([{ changes: rows([{ ...changes, after }]) }]));
    let found: unknown;
    withHeader(bytes, (header) => (found = header.needs));
    expect(decode(bytes, "write").commits[0]?.changes).toMatchObject({ kind: "rows" });
    return found;
  };
  expect(needs([["a"], []])).toEqual({ read: [], write: [] });
  expect(needs([["a"], null])).toEqual({ read: ["packed"], write: [] });
});

test("a fold refuses versions that know no folds, whatever else is in its object", () => {
  const run = { type: TYPE, pieces: [{ kind: "layer", entry: layerEntry() }], layer: null } as const;
  const fold = { kind: "fold", runs: [run], through: null } as const;
  const layers = { kind: "layers", layers: [layerEntry()], replaced: [] } as const;
  const [before, after] = group([{ changes: layers }, {}]);
  if (before === undefined || after === undefined) throw new Error("no commits");
  const { bytes } = encodeObject(FRAME, [before, { ...after, changes: fold }]);
  withHeader(bytes, ({ needs }) => expect(needs).toEqual({ read: ["fold"], write: [] }));
  expect(decode(bytes).commits[1]?.changes).toEqual(fold);
});

test("a merge reads back with both parents and what it kept, a fast-forward without rows", () => {
  const [parent] = group([{}]);
  if (parent === undefined) throw new Error("no commit");
  const theirs = { header: { ...parent.header, generation: 9 }, layout: new Map() };
  const kept = new Map([[TYPE, ["é", "b"]]]);
  const commits = [
    { kind: "merge", changes: rows(inserted("a")), theirs, merge: { keptOurs: kept } },
    { kind: "merge", changes: { kind: "fast_forward" }, theirs, merge: { keptOurs: new Map() } },
  ] as const;
  const { object, bytes } = encodeObject(FRAME, group(commits));
  const read = decode(bytes);
  expect(read.commits.map(({ header }) => header)).toEqual(object.commits.map(({ header }) => header));
  expect(read.commits.map(({ header }) => [header.parents.length, header.keptOurs.size])).toEqual([
    [2, 1],
    [2, 0],
  ]);
  expect(read.commits[1]?.changes).toEqual({ kind: "fast_forward" });
});
