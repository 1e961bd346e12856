import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type LoadInput, Omnigraph, OmnigraphError } from "omnigraph";
import { expect, it } from "vitest";
import { testFolder } from "../../support/running/folders.ts";
import { textIn } from "../../support/models/feed-model.ts";

const folder = testFolder("load-inputs");
const SCHEMA =
  "node Item { slug: String @key  n: I64?  day: Date?  at: DateTime?  v: Vector(2)?  words: [String]? }\nedge Next: Item -> Item { since: Date? }";
const TEXT = `{"type":"Item","data":{"slug":"ärger 🙂","n":9007199254740993,"day":"2026-02-03","at":"2026-02-03T04:05:06.789Z","v":[1,0.5],"words":["x"]}}
{"type":"Item","data":{"slug":"b"}}
{"edge":"Next","from":"b","to":"ärger 🙂","data":{"since":"2026-02-03"}}
`;
const OBJECTS = [
  {
    type: "Item",
    data: {
      slug: "ärger 🙂",
      n: 9007199254740993n,
      day: new Date("2026-02-03"),
      at: new Date("2026-02-03T04:05:06.789Z"),
      v: Float32Array.of(1, 0.5),
      words: ["x"],
    },
  },
  { type: "Item", data: { slug: "b", n: undefined } },
  { edge: "Next", from: "b", to: "ärger 🙂", data: { since: new Date("2026-02-03") } },
];

let made = 0;
const fresh = (): Promise<Omnigraph> => Omnigraph.init(`memory://inputs-${made++}`, { schema: SCHEMA });

async function exported(graph: Omnigraph): Promise<string> {
  return (await textIn(graph.export())).replaceAll(/"id":"[0-9A-Z]{26}"/g, '"id":"…"');
}

const file = join(folder, "data.jsonl");
writeFileSync(file, TEXT);
const bytes = Buffer.from(TEXT);
const one = (piece: Uint8Array): readonly Uint8Array[] => Array.from(piece, (byte) => Uint8Array.of(byte));
async function* later<T>(pieces: Iterable<T>): AsyncGenerator<T> {
  yield* pieces;
}

const INPUTS: readonly (readonly [string, () => LoadInput])[] = [
  ["text", () => TEXT],
  ["a buffer", () => bytes],
  ["bytes", () => new Uint8Array(bytes)],
  ["pieces of text", () => TEXT.split(/(?<=,)/)],
  ["text one UTF-16 unit at a time", () => TEXT.split("")],
  ["bytes one at a time", () => one(bytes)],
  ["pieces of text that come later", () => later(TEXT.match(/[^]{1,7}/g) ?? [])],
  ["bytes that come later", () => later(one(bytes))],
  ["promises of pieces", () => [Promise.resolve(TEXT.slice(0, 9)), Promise.resolve(TEXT.slice(9))]],
  ["a file's stream of bytes", () => createReadStream(file, { highWaterMark: 5 })],
  ["a file's stream of text", () => createReadStream(file, { encoding: "utf8", highWaterMark: 5 })],
  ["a stream of the web", () => new Blob([TEXT]).stream() as unknown as LoadInput],
  ["a stream of objects", () => Readable.from(OBJECTS)],
  ["objects", () => OBJECTS],
  ["objects that come later", () => later(OBJECTS)],
];

it.each(INPUTS)("a load of %s means what the text means", async (_name, input) => {
  await using expected = await fresh();
  await expected.load(TEXT, { mode: "append" });
  await using graph = await fresh();
  await graph.load(input(), { mode: "append" });
  expect(await exported(graph)).toBe(await exported(expected));
});

it("text without a line's end, an object and bytes are three lines", async () => {
  await using graph = await fresh();
  const mixed = ['{"type":"Item","data":{"slug":"a"}}', { type: "Item", data: { slug: "b" } }];
  const last = Buffer.from('{"type":"Item","data":{"slug":"c"}}');
  expect((await graph.load([...mixed, last], { mode: "append" })).nodes).toEqual([
    { name: "Item", entities: 3 },
  ]);
});

it("many objects are loaded in one commit, and a repeat under the same op as text is known", async () => {
  await using graph = await fresh();
  const objects = Array.from({ length: 30_000 }, (_, i) => ({ type: "Item", data: { slug: `s${i}` } }));
  const text = objects.map((each) => `${JSON.stringify(each)}\n`).join("");
  const { commit } = await graph.load(objects, { mode: "append", op: "many" });
  expect((await graph.load(text, { mode: "append", op: "many" })).commit.id).toBe(commit.id);
});

it("what the caller's own input or callback throws is named as theirs, with the cause, and nothing is loaded", async () => {
  await using graph = await fresh();
  const cause = new TypeError("theirs");
  function* broken(): Generator<string> {
    yield TEXT;
    throw cause;
  }
  const untold = {
    [Symbol.asyncIterator]: () => {
      throw cause;
    },
  };
  const rejected = (): Promise<string> => {
    const promise = Promise.reject<string>(cause);
    // It may be looked at in a later turn only, until when it is nobody's.
    promise.catch(() => undefined);
    return promise;
  };
  const failing: readonly (() => LoadInput)[] = [
    () => broken(),
    () => later(broken()),
    () => Readable.from(broken()),
    () => [TEXT, rejected()],
    () => untold,
    () => new ReadableStream({ start: (controller) => controller.error(cause) }) as unknown as LoadInput,
  ];
  for (const input of failing)
    await expect(graph.load(input(), { mode: "append" })).rejects.toMatchObject({
      reason: "caller_failed",
      cause,
    });
  for (const phase of ["read", "check", "write"]) {
    const onProgress = (progress: { readonly phase: string }): void => {
      if (progress.phase === phase) throw cause;
    };
    await expect(graph.load(TEXT, { mode: "append", onProgress })).rejects.toMatchObject({
      reason: "caller_failed",
      message: expect.stringContaining("onProgress"),
      cause,
    });
  }
  await expect(
    graph.load(createReadStream(join(folder, "absent")), { mode: "append" }),
  ).rejects.toMatchObject({
    reason: "caller_failed",
    cause: { code: "ENOENT" },
  });
  const own = new OmnigraphError("file_unreadable", "of the library's own kind");
  await expect(graph.load([Promise.reject(own)], { mode: "append" })).rejects.toBe(own);
  expect(await graph.commits.list()).toHaveLength(1);
});

it("a piece that is none is refused with its place and why", async () => {
  await using graph = await fresh();
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [5, /piece 2 of the input is 5; give text, bytes or an object/],
    [null, /piece 2 of the input is null/],
    [{ data: { n: Number.NaN } }, /piece 2 of the input is no line of NDJSON: NaN is no number in JSON/],
    [{ data: { f: () => 1 } }, /a function has no form in JSON/],
    [{ data: { day: new Date("x") } }, /a Date in it is no time/],
    [{ data: { words: new Set() } }, /an object of Set has no form in JSON/],
    [circle, /nested deeper than 64, or holds itself/],
  ];
  for (const [piece, message] of cases) {
    // Cast: what a caller without types gives.
    const load = graph.load([TEXT, piece as string], { mode: "append" });
    await expect(load).rejects.toMatchObject({ reason: "usage", message: expect.stringMatching(message) });
  }
  await expect(graph.load([[1]], { mode: "append" })).rejects.toMatchObject({ reason: "load_invalid" });
});

it("a source is left when its load ends early, and when it is stopped while it does not answer", async () => {
  await using graph = await fresh();
  const left: string[] = [];
  async function* wrong(): AsyncGenerator<string> {
    try {
      for (;;) yield "no JSON\n";
    } finally {
      left.push("wrong");
    }
  }
  await expect(graph.load(wrong(), { mode: "append" })).rejects.toMatchObject({ reason: "load_invalid" });
  const silent: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: () => {
        left.push("silent");
        return new Promise(() => {});
      },
    }),
  };
  await expect(graph.load(silent, { mode: "append", deadlineMs: 5 })).rejects.toMatchObject({
    reason: "deadline_exceeded",
  });
  expect(left).toEqual(["wrong", "silent"]);
});

it("a Date is a value of a decision on a merge", async () => {
  await using graph = await fresh();
  await graph.load('{"type":"Item","data":{"slug":"a"}}', { mode: "append" });
  await graph.branches.create("draft");
  const put = 'query put($day: Date) { update Item set { day: $day } where slug = "a" }';
  await graph.mutate(put, { day: "2026-01-01" });
  await graph.mutate(put, { day: new Date("2026-01-02") }, { branch: "draft" });
  const entity = { kind: "node", type: "Item", id: "a" } as const;
  const decided = (value: unknown) => ({
    resolutions: { entities: [{ ...entity, properties: { day: { value } } }] },
  });
  await expect(graph.branches.merge("draft", decided(new Date("x")))).rejects.toMatchObject({
    reason: "resolutions_invalid",
  });
  await graph.branches.merge("draft", decided(new Date("2026-01-03")));
  const read = await graph.prepare(
    "query q($day: Date) { match { $i: Item { day: $day } } return { $i.day as day } }",
  );
  expect((await read.run({ day: new Date("2026-01-03") })).rows).toEqual([{ day: "2026-01-03" }]);
  await expect(read.run({ day: new Date("2026-01-03T10:00Z") })).rejects.toMatchObject({
    reason: "parameter_invalid",
  });
});
