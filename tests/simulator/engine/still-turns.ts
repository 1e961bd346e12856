/**
 * Has long work on memory go on in one turn of the event loop, until it is disposed of: else it gives others a turn after some milliseconds of the real clock, and a
 * slow machine plays another run than a fast one.
 */
export function stillTurns(): Disposable {
  const { now } = Object.getOwnPropertyDescriptors(performance);
  Object.defineProperty(performance, "now", { value: () => 0, configurable: true, writable: true });
  return {
    [Symbol.dispose]: () => {
      if (now === undefined) Reflect.deleteProperty(performance, "now");
      else Object.defineProperty(performance, "now", now);
    },
  };
}
