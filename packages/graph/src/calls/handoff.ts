/** Turns a producer that pushes pieces into an iterable. The producer waits until each piece is consumed, and is stopped when the consumer leaves. */
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
  // Awaited at the end; until then a failure must not be reported as an unhandled rejection.
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

/** Thrown into a producer when its consumer has left. Never reaches callers. */
class TakerLeft extends Error {}
