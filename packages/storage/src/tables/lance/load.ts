import { setImmediate } from "node:timers/promises";
import { requireExternal } from "@omnigraph/storage/external";
import { quietLance, requireOfLance } from "./native.ts";

/**
 * Modules of Arrow in an order in which it loads them itself (they import each other in circles, and another order breaks it), each with some 10 ms of others
 * that those before it did not load.
 */
const ARROW = [
  "util/buffer",
  "fb/record-batch",
  "fb/schema",
  "enum",
  "vector",
  "builder",
  "visitor/vectorloader",
  "visitor/builderctor",
  "ipc/message",
  "ipc/reader",
  "ipc/writer",
];

/** The same of lancedb, as its entry names them. */
const LANCE = ["./native.js", "@opentelemetry/api", "./otel.js", "./arrow.js", "./connection.js"];

/** Loads Arrow and lancedb piece by piece in turns of the event loop, which together take 0.1 to 0.2 s. What is not there is left to whoever needs it. */
export async function loadInTurns(): Promise<void> {
  quietLance();
  const ofLance = requireOfLance();
  const pieces = [
    ...ARROW.map((name) => [requireExternal, `apache-arrow/${name}`] as const),
    [requireExternal, "apache-arrow"] as const,
    ...LANCE.map((name) => [ofLance, name] as const),
  ];
  for (const [require, name] of pieces) {
    if (isThere(require, name)) require(name);
    await setImmediate();
  }
}

/** Another release may lack a module. */
function isThere(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
