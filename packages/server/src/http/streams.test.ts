import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { firstOf, lively } from "./streams.ts";

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += Buffer.from(piece).toString();
  return text;
}

async function* lines(count: number, made: number[] = []): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    made.push(i);
    yield Buffer.from(`${"x".repeat(1 << 16)}\n`);
  }
}

test("a stream has every piece, and what is wrong before the first is told at once", async () => {
  expect((await textOf(await firstOf(lines(3)))).length).toBe(3 * ((1 << 16) + 1));
  expect(await textOf(await firstOf(lines(0)))).toBe("");
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* lines(0);
    throw new Error("no such branch");
  }
  await expect(firstOf(failing())).rejects.toThrow("no such branch");
});

test("pieces are made as they are read, and no more once nobody reads", async () => {
  const made: number[] = [];
  const stream = await firstOf(lines(1000, made));
  for await (const _ of stream) break;
  expect(made.length).toBeLessThan(20);
});

test("a reader that stands still is left, and what was to be read is given back", async () => {
  let isBack = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield* lines(1);
    } finally {
      isBack = true;
    }
  }
  const stream = await firstOf(endless(), 50);
  stream.on("error", () => undefined).once("readable", () => undefined);
  await expect.poll(() => isBack).toBe(true);
  expect(stream.destroyed).toBe(true);
});

test("a body that stands still is given up, one that is slow to be worked on is not", async () => {
  const stuck = new PassThrough();
  stuck.write("a");
  await expect(textOf(lively(stuck, 50))).rejects.toMatchObject({ reason: "body_too_slow" });
  let read = "";
  for await (const piece of lively(Readable.from([Buffer.from("a"), Buffer.from("b")]), 50)) {
    read += Buffer.from(piece).toString();
    await new Promise((done) => setTimeout(done, 100));
  }
  expect(read).toBe("ab");
});
