import { setImmediate } from "node:timers/promises";
import { atOnce, isError, OmnigraphError } from "@omnigraph/base";
import { type LoadFile, readLoad } from "@omnigraph/engine";
import { indexing, textAt, valueAt } from "@omnigraph/storage";
import { describe, expect, it } from "vitest";
import { IdMinter } from "../../packages/engine/src/write/generated-ids.ts";
import { Blocks } from "../../packages/engine/src/write/load/blocks.ts";
import { BlockReader } from "../../packages/engine/src/write/load/block-reader.ts";
import { linePlans } from "../../packages/engine/src/write/load/plan.ts";
import type { ReadSizes } from "../../packages/engine/src/write/load/read.ts";
import { ReadThreads } from "../../packages/engine/src/write/load/read-threads.ts";
import type { ReceivedLines } from "../../packages/engine/src/write/load/thread-messages.ts";
import { catalogOf, fixedEnvironment } from "../support/graphs/write-graph.ts";
import { cases } from "../support/running/cases.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";

const catalog = catalogOf(`
node Person { name: String @key  age: I32?  tags: [String]?  place: Vector(3)?  born: Date?  seen: DateTime?  kind: enum(a, b)? }
node Pair { left: I64  right: String  @key(left, right)  flags: [Bool]?  big: U64?  ratio: F32?  on: Bool? @default(true) }
node Note { text: String?  score: F64?  blob: Blob? }
edge Knows: Person -> Person { since: Date?  weight: F64? }
edge About: Note -> Pair
`);
const environment = (): ReturnType<typeof fixedEnvironment> => fixedEnvironment(7);

const TEXTS = [
  "",
  "plain",
  'with "quotes" and \\',
  "grüße",
  "日本語",
  "line\nfeed",
  "\u{1F600}",
  "x".repeat(90),
] as const;

/** Lines that the schema takes, in any spelling; with `faults` also some that it does not. */
class Lines {
  readonly #random: SeededRandom;
  readonly #faults: boolean;

  constructor(random: SeededRandom, faults: boolean) {
    this.#random = random;
    this.#faults = faults;
  }

  line(): string {
    const random = this.#random;
    if (random.chance(0.03)) return random.pick(["", "  ", "\r"]);
    if (this.#faults && random.chance(0.05))
      return random.pick([
        '{"type":"Nobody"}',
        "{",
        '{"edge":"Knows","from":"a"}',
        '{"type":"Note","data":{"score":"x"}}',
        "é\u0000",
      ]);
    return JSON.stringify(this.#entity(), null, random.chance(0.1) ? " " : "").replaceAll("\n", " ");
  }

  #entity(): object {
    const random = this.#random;
    const text = (): string => random.pick(TEXTS);
    const some = (properties: object): object =>
      Object.fromEntries(
        Object.entries(properties).filter(([, value]) => value !== undefined && random.chance(0.7)),
      );
    switch (random.integer(5)) {
      case 0: {
        const born = random.pick(["1999-12-31", "2024-02-29"]);
        const tags = Array.from({ length: random.integer(3) }, text);
        const place = random.chance(0.5) ? null : [1, -0.5, random.next()];
        const seen = random.pick(["2020-01-02T03:04:05Z", "2020-01-02T03:04:05.123456Z"]);
        return {
          type: "Person",
          data: { name: text(), ...some({ age: random.integer(99), tags, place, born, seen, kind: "b" }) },
        };
      }
      case 1: {
        const flags = [true, random.chance(0.5)];
        const properties = some({ flags, big: random.integer(2 ** 40), ratio: 0.25, on: random.chance(0.5) });
        return { type: "Pair", data: { left: random.integer(1000), right: text(), ...properties } };
      }
      case 2:
        return {
          type: "Note",
          data: some({ id: `n${random.integer(1e6)}`, text: text(), score: random.next() }),
        };
      case 3:
        return {
          edge: random.pick(["Knows", "knows"]),
          from: text(),
          to: text(),
          data: some({ since: "2001-01-01", weight: 1.5 }),
        };
      default:
        return { edge: "About", from: text(), to: text(), data: some({ id: `e${random.integer(1e6)}` }) };
    }
  }

  file(count: number): Buffer {
    const random = this.#random;
    const text = Array.from({ length: count }, () => this.line()).join("\n");
    return Buffer.from(`${random.chance(0.2) ? "\uFEFF" : ""}${text}${random.chance(0.5) ? "\n" : ""}`);
  }
}

/** A file cut anywhere, also within characters. Between some pieces threads have their turn. */
async function* pieces(file: Buffer, random: SeededRandom, most: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length;) {
    const end = at + 1 + random.integer(most);
    yield file.subarray(at, end);
    if (random.chance(0.2)) await setImmediate();
    at = end;
  }
}

/** Everything that a file was read as, whatever the encoding of its columns. */
function facts({ types, bytes, timesCut }: LoadFile): unknown {
  return {
    bytes,
    timesCut,
    types: types.map(({ plan, rows, lines, idsGenerated }) => ({
      type: plan.type.name,
      length: rows.length,
      idsGenerated,
      lines: [...lines],
      columns: Array.from(rows.columns, ([key, column]) => [
        key,
        Array.from({ length: rows.length }, (_, row) => valueAt(column, row)),
      ]),
    })),
  };
}

async function outcome(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sizes: ReadSizes,
): Promise<unknown> {
  try {
    return facts(await readLoad(input, catalog, environment(), { sizes }));
  } catch (thrown) {
    if (!isError(thrown, "load_invalid")) throw thrown;
    return thrown.toJSON();
  }
}

const ALONE: ReadSizes = { threads: 0, fromBytes: Infinity, blockBytes: 1 };

/** Reads a random file as a whole and cut anywhere, with so many threads. */
async function replay(seed: number, threads: number): Promise<void> {
  const random = new SeededRandom(seed);
  const file = new Lines(random, random.chance(0.4)).file(random.integer(400));
  const sizes = { threads, fromBytes: random.integer(2000), blockBytes: 16 + random.integer(3000) };
  const cut = await outcome(pieces(file, random, 1 + random.integer(2000)), sizes);
  expect(cut, `seed ${seed}`).toEqual(await outcome([file], ALONE));
}

/** What was read, with types by their ids: other threads have catalogs of their own. */
const sameForm = ({ problems, ...rest }: ReceivedLines): unknown => ({
  ...rest,
  problems: { count: problems.count, kept: problems.kept.map(({ type, ...facts }) => [type?.id, facts]) },
});

describe("a load that is read in parts", () => {
  it("a file gives the same rows, or the same problems in the same order, wherever it is cut into blocks", async () => {
    for (let seed = 1; seed <= cases(40); seed++) await replay(seed, 0);
  });

  it("a line gives the same row, or the same problems, after lines of the same shape and alone", () => {
    const plans = linePlans(catalog);
    for (let seed = 1; seed <= cases(10); seed++) {
      const after = new BlockReader(plans, false);
      const lines = new Lines(new SeededRandom(seed), true);
      for (let n = 0; n < 300; n++) {
        const line = Buffer.from(`${lines.line()}\n`);
        const alone = new BlockReader(plans, false);
        for (const reader of [after, alone]) reader.read(line, 0, line.length);
        expect(sameForm(after.take()), `seed ${seed}: ${line.toString()}`).toEqual(sameForm(alone.take()));
      }
    }
  });

  it("a file gives the same rows, or the same problems in the same order, whichever threads read its blocks", async () => {
    for (let seed = 1001; seed <= 1000 + cases(6); seed++) await replay(seed, 2);
  });

  it("a thread answers for a block what is read here", async () => {
    const random = new SeededRandom(42);
    const file = Buffer.concat([new Lines(random, true).file(900), Buffer.of(0x0a)]).subarray(3);
    const back: ArrayBuffer[] = [];
    await using threads = ReadThreads.start(catalog, [], 2, (buffer) => back.push(buffer));
    const blocks = new Blocks(4000, Buffer.alloc(0));
    const reader = new BlockReader(linePlans(catalog), false);
    const read: Promise<ReceivedLines>[] = [];
    const wanted: ReceivedLines[] = [];
    for (const block of blocks.adding(file)) {
      reader.read(block, 0, block.length);
      wanted.push(reader.take());
      if (threads !== null) read.push(threads.read(block));
    }
    expect(wanted.length).toBeGreaterThan(5);
    expect((await Promise.all(read)).map(sameForm)).toEqual(wanted.map(sameForm));
    expect(back).toHaveLength(read.length);
  });

  it("a thread makes the ids that are made here, and the index of them", async () => {
    await using threads = ReadThreads.start(catalog, [], 1, () => undefined);
    const minter = new IdMinter(environment());
    minter.next();
    const first = minter.peek();
    const ids = atOnce(minter.minting(3000));
    const text = (row: number): string => textAt(ids, row);
    expect(text(0)).toBe(new IdMinter(first).next());
    expect([text(1) > text(0), text(2999) > text(2998), minter.next() > text(2999)]).toEqual([
      true,
      true,
      true,
    ]);
    const index = threads?.index(first, 3000);
    threads?.release();
    expect(await index).toEqual(atOnce(indexing(ids)));
  });

  it("a thread that fails is told as that, and a load that is stopped ends its threads", async () => {
    const program = new URL("data:text/javascript,throw new Error('broken')");
    await using threads = ReadThreads.start(catalog, [], 1, () => undefined, program);
    const failure: unknown = await threads
      ?.read(Buffer.from(new ArrayBuffer(8)))
      .catch((thrown: unknown) => thrown);
    expect(await threads?.index(new Uint8Array(26), 10)).toBeNull();
    expect(failure).toBeInstanceOf(OmnigraphError);
    expect(failure).toMatchObject({
      reason: "internal",
      message: "a thread that reads the load failed: broken; nothing was loaded",
    });

    const stop = new AbortController();
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (let n = 0; ; n++) {
        yield Buffer.from('{"type":"Note","data":{"text":"again"}}\n'.repeat(100));
        await setImmediate();
        if (n === 50) stop.abort();
      }
    };
    const sizes = { threads: 1, fromBytes: 0, blockBytes: 1000 };
    const stopped = readLoad(endless(), catalog, environment(), { sizes, signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ reason: "aborted" });
  });
});
