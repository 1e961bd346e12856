import { createRequire } from "node:module";
import { setImmediate } from "node:timers/promises";
import { requireExternal } from "@omnigraph/storage/external";

/** Modules of Arrow, each of which loads some 10 ms of others that those before it did not. */
const ARROW = [
  "util/buffer",
  "fb/record-batch",
  "fb/dictionary-batch",
  "fb/schema",
  "fb/message-header",
  "visitor/get",
  "vector",
  "builder",
  "visitor/vectorloader",
  "visitor/builderctor",
  "table",
  "fb/message",
  "ipc/reader",
  "ipc/writer",
];

/** The same of lancedb, as its entry names them. */
const LANCE = ["./native.js", "@opentelemetry/api", "./otel.js", "./arrow.js", "./connection.js"];

/** Loads Arrow and lancedb piece by piece in turns of the event loop, which together take 0.1 to 0.2 s. What is not there is left to whoever needs it. */
export async function loadInTurns(): Promise<void> {
  process.env["LANCEDB_LOG"] ??= "error"; // else it warns on standard error
  const entry = requireExternal.resolve("@lancedb/lancedb");
  const pieces = [
    ...ARROW.map((name) => () => requireExternal(`apache-arrow/${name}`)),
    () => requireExternal("apache-arrow"),
    ...LANCE.map((name) => () => createRequire(entry)(name)),
  ];
  for (const load of pieces) {
    try {
      load();
    } catch {
      // Another release may lack a module: then the whole is loaded at once.
    }
    await setImmediate();
  }
}
