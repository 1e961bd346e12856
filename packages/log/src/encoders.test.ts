import { isError, systemEnvironment } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { MemoryObjects, NOTHING } from "@omnigraph/storage";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAIN_LOG_ID } from "./address.ts";
import { decodeRef, encodeRef, type RefRecord } from "./branch/ref-record.ts";
import { decodeObject, encodeObject } from "./commit/codec.ts";
import type { CommitHeader } from "./commit/header.ts";
import { genesisHeader, next } from "./commit/next.ts";
import { decodeFormat, encodeFormat } from "./format-object.ts";
import { GraphLog } from "./graph-log.ts";
import { decodeIntent, encodeIntent, type IntentRecord } from "./intent/intent-record.ts";
import { decodeStaged, encodeStaged } from "./intent/staged-record.ts";
import { decodeLayout, encodeLayout, type Layout } from "./layout/layout.ts";
import { writeOf } from "../../../tests/support/log/log-writes.ts";

const TYPE = "01M84AR2A00000000000000000" as TypeId; // Cast: it stands for one of a catalog.
const NOW = 1_795_407_381_074_760;
const READER = { access: "write", store: "store", graph: null } as const;
const GRAPH = { schema: Buffer.from("{}"), actor: null, message: null };

const wild = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withSparseArray: true, withObjectString: true }),
  fc.constantFrom(undefined, null, NaN, -1, 0.5, 2 ** 53, Infinity, "", "\ud800", () => 1),
);

/** Where a member that is left out means something. */
const present = wild.filter((value) => value !== undefined);

/** What an encoder made of something that no type allows: refused as a fault of ours, or bytes. */
function encodedOrRefused(encode: () => Uint8Array): Uint8Array | null {
  try {
    return encode();
  } catch (cause) {
    if (!isError(cause, "internal")) throw cause;
    return null;
  }
}

/** The same value but for one member. */
function withMember(value: object, name: string, member: unknown): never {
  return { ...value, [name]: member } as never; // Cast: what no type allows is the point.
}

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? [...each] : each));

describe("what an encoder takes, its decoder reads back equal; all else it refuses", () => {
  const write = {
    request: { op: "op", content: "ff", kind: "mutation", actor: "ann", message: "why" },
    authoredAt: NOW,
    draft: { ...NOTHING, counts: new Map([[TYPE, 1]]) },
  } as const;
  const genesis = genesisHeader({ op: "g", actor: null, message: null }, "0".repeat(64), NOW);
  const address = { logId: MAIN_LOG_ID, slot: 1, index: 0 };
  const { header } = next({ header: genesis, layout: new Map() }, write, address, NOW);
  const frame = {
    graph: "01M84AR2A00000000000000001",
    logId: MAIN_LOG_ID,
    slot: 1,
    branch: "main",
    nonce: "0123456789abcdef".repeat(2),
    predecessor: "ab".repeat(32),
    durability: "durable",
  } as const;
  const encoded = (own: CommitHeader, around: typeof frame = frame): Uint8Array =>
    encodeObject(around, [{ header: own, address, branch: "main", changes: NOTHING.changes }]).bytes;

  test("a commit header reads back equal, or is refused", () => {
    const texts = ["id", "op", "content", "kind", "schema", "actor", "message", "layout"];
    const members = fc.constantFrom(...texts, "depth", "generation", "authoredAt", "createdAt");
    const lists = fc.oneof(
      fc.array(wild).map((parents) => ["parents", parents] as const),
      wild.map((count) => ["counts", new Map([[TYPE, count]])] as const),
      fc.array(wild).map((ids) => ["keptOurs", new Map([[TYPE, ids]])] as const),
      wild.map((to) => ["tail", [{ logId: MAIN_LOG_ID, from: 0, fromIndex: 0, to, toIndex: 0 }]] as const),
    );
    fc.assert(
      fc.property(fc.oneof(fc.tuple(members, wild), lists), ([name, value]) => {
        const own: CommitHeader = withMember(header, name, value);
        const bytes = encodedOrRefused(() => encoded(own));
        if (bytes === null) return;
        const read = decodeObject(bytes, MAIN_LOG_ID, 1, READER);
        expect(shown(read.commits[0]?.header)).toBe(shown(own));
      }),
      { numRuns: 2000 },
    );
  });

  test("the frame of a commit object reads back equal, or is refused", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("branch", "nonce", "predecessor", "durability", "slot"),
        wild,
        (name, value) => {
          const own: typeof frame = withMember(frame, name, value);
          const bytes = encodedOrRefused(() => encoded(header, own));
          if (bytes === null) return;
          const { branch, nonce, predecessor, durability } = decodeObject(bytes, MAIN_LOG_ID, 1, READER);
          expect({ ...frame, branch, nonce, predecessor, durability }).toEqual(own);
        },
      ),
      { numRuns: 1000 },
    );
    expect(encodedOrRefused(() => encodeObject(frame, []).bytes)).toBe(null);
  });

  const entry = { staging: "s", type: TYPE, version: 1, rows: 2, tombstones: 0, columns: { p: "name" } };
  const range = { logId: MAIN_LOG_ID, from: 0, fromIndex: 0, to: 1, toIndex: 0 };
  const run = { type: TYPE, pieces: [{ kind: "range", range }], layer: entry };
  const layers = { kind: "layers", layers: [entry], replaced: [TYPE] };
  const fold = { kind: "fold", runs: [run], through: address };
  /** Changes of which one member, at some depth, is anything. */
  const wildChanges = fc.oneof(
    fc
      .tuple(fc.constantFrom("staging", "type", "version", "rows", "tombstones", "columns"), wild)
      .chain(([name, value]) => {
        const odd = withMember(entry, name, value);
        const odds = [
          { ...run, layer: odd },
          { ...run, pieces: [{ kind: "layer", entry: odd }] },
        ];
        return fc.constantFrom(
          { ...layers, layers: [odd] },
          ...odds.map((one) => ({ ...fold, runs: [one] })),
        );
      }),
    fc.array(wild).map((replaced) => ({ ...layers, replaced })),
    fc
      .tuple(fc.constantFrom("logId", "from", "fromIndex", "to", "toIndex"), present)
      .map(([name, value]) => [{ kind: "range", range: withMember(range, name, value) }])
      .map((pieces) => ({ ...fold, runs: [{ ...run, pieces }] })),
    fc
      .tuple(fc.constantFrom("logId", "slot", "index"), wild)
      .map(([name, value]) => ({ ...fold, through: withMember(address, name, value) })),
    wild.map((type) => ({ ...fold, runs: [{ ...run, type }] })),
    fc.constantFrom<object>({ ...fold, runs: [run, run] }, { ...fold, runs: [{ ...run, pieces: [] }] }),
  );

  test("changes read back equal from a commit and from what an attempt has staged, or are refused", () => {
    fc.assert(
      fc.property(wildChanges, (changes) => {
        const own = changes as never; // Cast: as above.
        const bytes = encodedOrRefused(
          () => encodeObject(frame, [{ header, address, branch: "main", changes: own }]).bytes,
        );
        if (bytes !== null) {
          const [commit] = decodeObject(bytes, MAIN_LOG_ID, 1, READER).commits;
          expect(shown(commit?.changes)).toBe(shown(own));
        }
        const draft = { ...write.draft, changes: own, commits: true };
        const staged = encodedOrRefused(() => encodeStaged("op", header.id, draft).bytes);
        if (staged !== null) expect(shown(decodeStaged(staged, "op", "place").changes)).toBe(shown(own));
      }),
      { numRuns: 2000 },
    );
  });

  test("the counts and the second parent that an attempt has staged read back equal, or are refused", () => {
    const lists = fc.array(wild).map((ids) => new Map([[TYPE, ids]]));
    const theirs = present.map((id) => ({ header: { id } }));
    fc.assert(
      fc.property(wild, fc.option(theirs), lists, (count, by, keptOurs) => {
        const counts = new Map([[TYPE, count]]);
        const merge = { theirs: by ?? { header }, keptOurs };
        const draft = { ...write.draft, changes: layers, counts, merge, commits: true } as never; // Cast: as above.
        const bytes = encodedOrRefused(() => encodeStaged("op", header.id, draft).bytes);
        if (bytes === null) return;
        const read = decodeStaged(bytes, "op", "place");
        expect(shown([read.counts, read.merge])).toBe(
          shown([counts, { theirs: merge.theirs.header.id, keptOurs }]),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test("an intent reads back equal, or is refused", () => {
    const ulid = "01M84AR2A00000000000000001";
    const record: IntentRecord = {
      graph: ulid,
      op: ulid,
      kind: "load",
      branch: "main",
      logId: MAIN_LOG_ID,
      base: header.id,
      staging: ulid,
      actor: "ann",
      message: "why",
      content: "ff",
      authoredAt: NOW,
      schema: "0".repeat(64),
      ifCommit: null,
      makes: { record: 3, actor: "bob" },
      owner: { host: "h", boot: "b", space: "s", pid: 1, started: "0" },
    };
    const members = Object.keys(record).filter((name) => name !== "staging" && name !== "owner");
    const owners = fc
      .tuple(fc.constantFrom("host", "boot", "space", "pid", "started"), wild)
      .map(([name, value]) => withMember(record, "owner", withMember(record.owner ?? {}, name, value)));
    const others = fc
      .tuple(fc.constantFrom(...members), present)
      .map(([name, value]) => withMember(record, name, value));
    fc.assert(
      fc.property(fc.oneof(others, owners), (own) => {
        const bytes = encodedOrRefused(() => encodeIntent(own));
        if (bytes !== null) expect(shown(decodeIntent(bytes, ulid, "place"))).toBe(shown(own));
      }),
      { numRuns: 2000 },
    );
  });

  test("a record of a branch reads back equal, or is refused", () => {
    const record = {
      kind: "created",
      logId: MAIN_LOG_ID,
      forkedFrom: header.id,
      at: NOW,
      actor: "ann",
      nonce: "n",
    };
    fc.assert(
      fc.property(fc.constantFrom("logId", "forkedFrom", "at", "actor", "nonce"), wild, (name, value) => {
        const own: RefRecord = withMember(record, name, value);
        const bytes = encodedOrRefused(() => encodeRef(own));
        if (bytes !== null) expect(shown(decodeRef(bytes, "write", "place"))).toBe(shown(own));
      }),
      { numRuns: 1000 },
    );
  });

  test("format.json and layouts read back equal, or are refused", () => {
    const format = { graph: "g", createdAt: NOW, nonce: "n" };
    fc.assert(
      fc.property(fc.constantFrom("graph", "createdAt", "nonce"), wild, (name, value) => {
        const own: typeof format = withMember(format, name, value);
        const bytes = encodedOrRefused(() => encodeFormat(own));
        if (bytes !== null) expect(shown(decodeFormat(bytes, "write", "store"))).toBe(shown(own));
      }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom("staging", "type", "version", "rows", "tombstones"),
        wild,
        (name, value) => {
          const own: Layout = new Map([[TYPE, [{ kind: "layer", entry: withMember(entry, name, value) }]]]);
          let hash = "";
          const bytes = encodedOrRefused(() => {
            const made = encodeLayout(own);
            hash = made?.hash ?? "";
            return made?.bytes ?? new Uint8Array();
          });
          if (bytes !== null) expect(shown(decodeLayout(bytes, hash, "store"))).toBe(shown(own));
        },
      ),
    );
  });
});

test("a write, a branch and an intent that nobody could read are refused before anything is put", async () => {
  const store = new MemoryObjects("encoders");
  const log = await GraphLog.init(store, systemEnvironment, GRAPH);
  const main = await log.branch("main");
  const base = await main.head();
  const keys = async (): Promise<readonly string[]> => (await store.list("")).map(({ key }) => key);
  const before = await keys();
  const refused = { reason: "internal" };
  for (const value of [5, {}, [], true, new Date(0)]) {
    const wrong = value as never; // Cast: a caller without types.
    await expect(log.writer(main).submit(writeOf("a", { message: wrong }))).rejects.toMatchObject(refused);
    await expect(log.writer(main).submit(writeOf("a", { actor: wrong }))).rejects.toMatchObject(refused);
    await expect(log.createBranch("b", base, wrong)).rejects.toMatchObject(refused);
    const facts = { request: writeOf("a", { message: wrong }), branch: main, base };
    await expect(log.intents.begin(facts)).rejects.toMatchObject(refused);
  }
  expect(await keys()).toEqual(before);
  expect((await log.writer(main).submit(writeOf("a"))).commit?.address.slot).toBe(1);
  expect(await log.listBranches()).toHaveLength(1);
  await log.close();
});
