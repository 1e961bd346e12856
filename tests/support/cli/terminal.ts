import { Readable, Writable } from "node:stream";
import { Output, type Terminal } from "../../../packages/cli/src/terminal.ts";

/** A terminal of so many columns that nobody looks at; null: none. */
export function terminalOf(width: number | null): Terminal {
  return {
    out: new Output(new Writable()),
    err: new Output(new Writable()),
    input: Readable.from([]),
    width,
    interactive: width !== null,
  };
}
