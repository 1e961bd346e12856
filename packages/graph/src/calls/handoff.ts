/** Turns a producer that pushes into an iterable that is pulled: the producer waits until its piece was taken, and is stopped when nobody takes more. */
export async function* handoff<T>(
  produce: (push: (piece: T) => Promise<void>) => Promise<void>,
): AsyncGenerator<T> {
  const waiting: Waiting<T>[] = [];
  let wake: () => void = () => undefined;
  let done = false;
  let left = false;
  const push = (piece: T): Promise<void> =>
    new Promise((taken, leave) => {
      if (left) leave(new TakerLeft());
      waiting.push({ piece, taken, leave });
      wake();
    });
  const running = produce(push).finally(() => {
    done = true;
    wake();
  });
  // Awaited at the end; until then its failure must not count as unhandled.
  running.catch(() => undefined);
  let next: Waiting<T> | undefined;
  try {
    for (;;) {
      next = waiting.shift();
      if (next !== undefined) {
        yield next.piece;
        next.taken();
      } else if (done) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    left = true;
    for (const { leave } of next === undefined ? waiting : [next, ...waiting]) leave(new TakerLeft());
  }
  await running;
}

interface Waiting<T> {
  readonly piece: T;
  readonly taken: () => void;
  readonly leave: (left: TakerLeft) => void;
}

/** Ends a producer whose pieces nobody takes any more; never seen by callers. */
class TakerLeft extends Error {}
