import { LIMITS, OmnigraphError, writeJson } from "@omnigraph/base";
import { Readable } from "node:stream";

const PIECE_LENGTH = 1 << 16;

/**
 * A stream of pieces that are made as they are read. The first one is made before anything is answered, so that what is wrong with the call is told as such. One
 * that fails later, and a reader that stands still, cut the answer off, so that nobody takes it for a whole one.
 */
export async function firstOf(
  pieces: AsyncGenerator<Uint8Array, unknown, undefined>,
  most: number = LIMITS.httpIdleMs.value,
): Promise<Readable> {
  const first = await pieces.next();
  const stream: Readable = Readable.from(
    after(first, pieces, () => setTimeout(() => stream.destroy(new Error("nobody reads")), most)),
    { objectMode: false },
  );
  return stream;
}

async function* after(
  first: IteratorResult<Uint8Array, unknown>,
  pieces: AsyncGenerator<Uint8Array, unknown, undefined>,
  watch: () => NodeJS.Timeout,
): AsyncGenerator<Uint8Array> {
  let unread: NodeJS.Timeout | undefined;
  try {
    for (let next = first; next.done !== true; next = await pieces.next()) {
      unread = watch();
      yield next.value;
      clearTimeout(unread);
    }
  } finally {
    clearTimeout(unread);
    await pieces.return(undefined);
  }
}

/** An object as JSON in pieces, whose last member is a list of any length: it is never whole in memory. */
export async function* jsonWithList(
  head: object,
  name: string,
  items: AsyncIterable<object>,
): AsyncGenerator<Uint8Array> {
  let piece = `${writeJson(head).slice(0, -1)},${JSON.stringify(name)}:[`;
  let separator = "";
  for await (const item of items) {
    piece += separator + writeJson(item);
    separator = ",";
    if (piece.length < PIECE_LENGTH) continue;
    yield Buffer.from(piece);
    piece = "";
  }
  yield Buffer.from(`${piece}]}`);
}

/** The pieces of a body, which may not stand still for long. Errors: `body_too_slow`. */
export async function* lively(
  body: Readable,
  most: number = LIMITS.httpIdleMs.value,
): AsyncGenerator<Uint8Array> {
  const late = new OmnigraphError(
    "body_too_slow",
    `no byte of the body came for ${most} ms; nothing was loaded`,
  );
  const watch = (): NodeJS.Timeout => setTimeout(() => body.destroy(late), most);
  let silent = watch();
  try {
    for await (const piece of body) {
      // What is done with a piece takes its own time.
      clearTimeout(silent);
      if (!(piece instanceof Uint8Array))
        throw new OmnigraphError("internal", "invariant broken: a body that is not of bytes");
      yield piece;
      silent = watch();
    }
  } finally {
    clearTimeout(silent);
  }
}
