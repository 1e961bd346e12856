/** Turns a producer that pushes into an iterable that is pulled: the producer waits until its piece was taken. */
export async function* handoff<T>(
  produce: (push: (piece: T) => Promise<void>) => Promise<void>,
): AsyncGenerator<T> {
  let waiting: { piece: T; taken: () => void } | null = null;
  let wake: () => void = () => undefined;
  let done = false;
  const running = produce(
    (piece) =>
      new Promise((taken) => {
        waiting = { piece, taken };
        wake();
      }),
  ).finally(() => {
    done = true;
    wake();
  });
  // The loop below reports a failure; until then it must not count as unhandled.
  running.catch(() => undefined);
  for (;;) {
    const next: { piece: T; taken: () => void } | null = waiting;
    if (next !== null) {
      waiting = null;
      yield next.piece;
      next.taken();
    } else if (done) break;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  await running;
}
