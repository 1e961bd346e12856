// node child.mjs <role> <graph> <log>: writes, or maintains, until it is told to end or killed. Each line of the log was acknowledged.
import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Omnigraph } from "omnigraph";

const INSERT =
  'query add($h: String) { insert User { handle: $h, age: 1, score: 1.0, city: "Oslo", joined: date("2020-01-01") } }';
/** What an attentive keeper would do: a fold a second, a cleanup every ten. */
const PAUSE_MS = 1000;
const CLEANUP_EVERY = 10;
const KEEP = 1000;

const [role, path, log] = process.argv.slice(2);
const out = openSync(log, "a");
const graph = await Omnigraph.open(path, { maintenance: "off" });
let ending = false;
process.once("SIGTERM", () => (ending = true));
await (role === "maintainer" ? maintain() : write());
await graph.close();
closeSync(out);
process.exit(0);

async function write() {
  for (let n = 0; !ending; n++) {
    const handle = `${role}-${process.pid}-${n}`;
    const began = performance.now();
    await graph.mutate(INSERT, { h: handle });
    writeSync(out, `${handle} ${(performance.now() - began).toFixed(3)}\n`);
  }
}

async function maintain() {
  for (let n = 1; !ending; n++) {
    if ((await graph.maintenance.optimize()).commit !== null) writeSync(out, "fold\n");
    if (n % CLEANUP_EVERY === 0) {
      await graph.maintenance.cleanup({ keep: KEEP, graceMs: 1000, confirm: true });
      writeSync(out, "cleanup\n");
    }
    if (!ending) await sleep(PAUSE_MS);
  }
}
