// The program of a thread that reads blocks of a load and indexes its ids: see read-threads.ts.
import { parentPort, workerData } from "node:worker_threads";
import { atOnce, isError } from "@omnigraph/base";
import { decodeSchema } from "@omnigraph/language";
import { indexing } from "@omnigraph/storage";
import { IdMinter } from "../generated-ids.ts";
import { BlockReader } from "./block-reader.ts";
import { linePlans } from "./plan.ts";
import { sentLines, type ThreadData, type ThreadMessage, type ThreadRequest } from "./thread-messages.ts";

const port = parentPort;
if (port === null) throw new Error("this is the program of a thread");
const post = (message: ThreadMessage, moved: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, moved);

// Cast: `ReadThreads` starts this program.
const { schema, externalBlobs } = workerData as ThreadData;
const reader = new BlockReader(linePlans(decodeSchema(schema), externalBlobs), false);
port.on("message", (request: ThreadRequest) => {
  try {
    if (request.kind === "read") read(request.buffer, request.length);
    else index(request.first, request.length);
  } catch (thrown) {
    const reason = isError(thrown) ? thrown.reason : null;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    post({ kind: "failed", reason, message });
  }
});
post({ kind: "ready" });

function read(buffer: ArrayBuffer, length: number): void {
  reader.read(Buffer.from(buffer), 0, length);
  const { message, moved } = sentLines(reader.take(), buffer);
  post(message, moved);
}

function index(first: Uint8Array, length: number): void {
  const { starts, entries, bits } = atOnce(indexing(atOnce(new IdMinter(first).minting(length))));
  const moved = [starts.buffer, entries.buffer].filter((buffer) => buffer instanceof ArrayBuffer);
  post({ kind: "indexed", index: { bits, starts, entries } }, moved);
}
