import { Readable, Writable } from "node:stream";
import { run as program } from "../../../packages/cli/src/program.ts";
import { Output, type Terminal } from "../../../packages/cli/src/terminal.ts";
import type { Ran } from "./ran.ts";
import { checkJson } from "./json-shapes.ts";

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

/** Runs a command line in this process, which is faster than one of its own. JSON that it prints has to be of the shape that the wire has for it. */
export async function runHere(args: readonly string[], input = ""): Promise<Ran> {
  const [out, err] = [new Gathered(), new Gathered()];
  const terminal: Terminal = {
    out: new Output(out),
    err: new Output(err),
    input: Readable.from([Buffer.from(input)]),
    width: null,
    interactive: false,
  };
  const status = await program(args, terminal);
  const ran = { status, out: out.text, err: err.text };
  checkJson(args, ran);
  return ran;
}

class Gathered extends Writable {
  text = "";

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.text += piece.toString();
    done();
  }
}
