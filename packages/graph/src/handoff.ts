/** Turns a producer that pushes into an iterable that is pulled: the producer waits until its piece was taken. */
export async function* handoff<T>(
  produce: (push: (piece: T) => Promise<void>) => Promise<void>,
): AsyncGenerator<T> {
  const waiting: { readonly piece: T; readonly taken: () => void }[] = [];
  let wake: () => void = () => undefined;
  let done = false;
  const push = (piece: T): Promise<void> =>
    new Promise((taken) => {
      waiting.push({ piece, taken });
      wake();
    });
  const running = produce(push).finally(() => {
    done = true;
    wake();
  });
  // Awaited at the end; until then its failure must not count as unhandled.
  running.catch(() => undefined);
  for (;;) {
    const next = waiting.shift();
    if (next !== undefined) {
      yield next.piece;
      next.taken();
    } else if (done) break;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  await running;
}
