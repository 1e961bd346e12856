// The program of a thread that reads blocks of a load: see read-threads.ts.
import { parentPort, workerData } from "node:worker_threads";
import { isError } from "@omnigraph/base";
import { decodeSchema } from "@omnigraph/language";
import { BlockReader } from "./block-reader.ts";
import { linePlans } from "./plan.ts";
import { type BlockMessage, sentLines, type ThreadMessage } from "./thread-messages.ts";

const port = parentPort;
if (port === null) throw new Error("this is the program of a thread");
const post = (message: ThreadMessage, moved: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, moved);

// Cast: `ReadThreads` starts this program, with an encoded schema.
const reader = new BlockReader(linePlans(decodeSchema(workerData as Uint8Array)), false);
port.on("message", ({ buffer, length }: BlockMessage) => {
  try {
    reader.read(Buffer.from(buffer), 0, length);
    const { message, moved } = sentLines(reader.take(), buffer);
    post(message, moved);
  } catch (thrown) {
    const reason = isError(thrown) ? thrown.reason : null;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    post({ kind: "failed", reason, message });
  }
});
post({ kind: "ready" });
