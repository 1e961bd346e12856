import { Readable, Writable } from "node:stream";

/** A terminal of so many columns that nobody looks at; null: none. */
export function terminalOf(width: number | null): {
  readonly out: Writable;
  readonly err: Writable;
  readonly input: Readable;
  readonly width: number | null;
  readonly interactive: boolean;
} {
  return {
    out: new Writable(),
    err: new Writable(),
    input: Readable.from([]),
    width,
    interactive: width !== null,
  };
}
