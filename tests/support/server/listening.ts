import type { ChildProcess } from "node:child_process";

/** Waits until a server says where it listens. */
export async function listening(child: ChildProcess): Promise<string> {
  let out = "";
  let err = "";
  child.stderr?.on("data", (text: Buffer) => (err += text.toString()));
  return new Promise((done, fail) => {
    child.once("exit", (code) => fail(new Error(`ended with ${code}: ${err}`)));
    child.stdout?.on("data", (text: Buffer) => {
      out += text.toString();
      const [, address] = /^listening on (\S+)\n/.exec(out) ?? [];
      if (address !== undefined) done(address);
    });
  });
}
