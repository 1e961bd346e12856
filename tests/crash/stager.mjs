// Stands still at a step of a write that stages tables, until it is killed: `node stager.mjs <graph> <write, or settle> <step>`. It prints a line when it has come there.
import { writeSync } from "node:fs";
import { systemEnvironment } from "@omnigraph/base";
import { openBackend } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { settle, stopping, WRITES } from "./stopping.mjs";

const [uri, write, step] = process.argv.slice(2);
const parts = await openBackend(uri, systemEnvironment, { writable: true });
setInterval(() => {}, 1_000); // a call that is never answered keeps no process alive
const stops = stopping(parts, step, () => writeSync(1, "there\n"));
const graph = await Omnigraph.openWith(stops, { inlineRows: 0 });
await (write === "settle" ? settle : WRITES[write])(graph);
writeSync(1, "done\n");
