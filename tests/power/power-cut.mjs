// Cuts the power under processes that write one graph, on real file systems, and looks at what is left: `npm run power-cut -- [--fs ext4,xfs,btrfs]
// [--rounds 3] [--cuts 4]`. Needs Linux, root, loop devices, and the tools that make the file systems.
import { execFile, spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { Omnigraph } from "omnigraph";
import { SCHEMA } from "../crash/schema.mjs";
import { Disks, FILE_SYSTEMS, missing } from "./disks.mjs";

/** Two that contend for main by small and staged commits, two that fork, merge and delete. */
const WRITERS = ["../crash/writer.mjs", "../crash/writer.mjs", "brancher.mjs", "brancher.mjs"];
const LIFE_MS = { least: 600, spread: 1200 };
const BETWEEN_MS = { least: 300, spread: 700 };

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const between = ({ least, spread }) => least + Math.random() * spread;
const execute = promisify(execFile);

/** Processes that write, each killed now and then and followed by another, and what they said. */
class Writers {
  lines = [];
  #children = new Set();
  #lives = 0;
  #going = true;
  #seats;

  constructor(uri, mark) {
    this.#seats = WRITERS.map((script, seat) => this.#seat(script, uri, `${mark}${seat}`));
  }

  /** Until somebody has done something. */
  async begun() {
    while (this.lines.length === 0) await sleep(20);
  }

  async end() {
    this.#going = false;
    for (const child of this.#children) child.kill("SIGKILL");
    await Promise.all(this.#seats);
  }

  async #seat(script, uri, name) {
    while (this.#going) await this.#life(script, uri, `${name}-${this.#lives++}`);
  }

  #life(script, uri, name) {
    const child = spawn(process.execPath, ["--import", here("slow-sync.mjs"), here(script), uri, name], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.add(child);
    let rest = "";
    let errors = "";
    child.stdout.on("data", (data) => {
      const parts = (rest + data).split("\n");
      rest = parts.pop();
      this.lines.push(...parts.map((part) => JSON.parse(part)).filter(({ ready }) => ready === undefined));
    });
    child.stderr.on("data", (data) => (errors += data));
    const timer = setTimeout(() => child.kill("SIGKILL"), between(LIFE_MS));
    return new Promise((done, fail) =>
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        this.#children.delete(child);
        if (signal === "SIGKILL" || /too_contended|read_set_conflict/.test(errors)) done();
        else fail(new Error(`${name} ended with ${code}: ${errors}`));
      }),
    );
  }
}

/** One clone of a disk, with what had been said before it was begun and until it was surely done; on top of what was known of it before. */
async function cut(disks, image, writers, known = { before: [], after: [] }) {
  const before = [...known.before, ...writers.lines];
  const clone = disks.clone(image);
  await sleep(100);
  return { clone, before, after: [...known.after, ...writers.lines] };
}

/** Mounts a clone and has another process judge it. Answers where it is mounted and what was found. */
async function judged(disks, { clone, before, after }, mark) {
  const folder = disks.mount(clone);
  const file = join(tmpdir(), `power-cut-${process.pid}.json`);
  writeFileSync(file, JSON.stringify({ before, after }));
  const args = [here("judge.mjs"), join(folder, "graph.omni"), file, mark];
  const { stdout } = await execute(process.execPath, args, { maxBuffer: 1 << 26 }).catch(({ stderr }) => {
    throw new Error(`${clone} could not be judged: ${stderr}`);
  });
  rmSync(file);
  const found = JSON.parse(stdout);
  if (found.faults.length > 0) throw new Error(`${clone}:\n  ${found.faults.join("\n  ")}`);
  return { folder, found };
}

/** Writers on a fresh disk, cut some times; then writers on what the last cut left, cut once more. */
async function round(disks, cuts, say) {
  const { image, folder } = disks.make();
  const uri = (at) => join(at, "graph.omni");
  await (await Omnigraph.init(uri(folder), { schema: SCHEMA })).close();
  const writers = new Writers(uri(folder), "w");
  await writers.begun();
  const taken = [];
  for (let n = 0; n < cuts; n++) {
    await sleep(between(BETWEEN_MS));
    taken.push(await cut(disks, image, writers));
  }
  await writers.end();
  disks.unmount(folder);
  for (const [n, each] of taken.entries()) {
    const { folder: at, found } = await judged(disks, each, `after${n}`);
    say(found);
    if (n === cuts - 1) await cutAgain(disks, each, at, say);
    else disks.unmount(at);
  }
}

async function cutAgain(disks, first, folder, say) {
  const writers = new Writers(join(folder, "graph.omni"), "again");
  await writers.begun();
  await sleep(between(BETWEEN_MS));
  const second = await cut(disks, first.clone, writers, first);
  await writers.end();
  disks.unmount(folder);
  const { folder: at, found } = await judged(disks, second, "twice");
  say(found);
  disks.unmount(at);
}

async function test(kind, rounds, cuts) {
  const totals = { cuts: 0, checked: 0, spent: 0 };
  const say = (n, { checked, items, branches, spent }) => {
    totals.cuts++;
    totals.checked += checked;
    totals.spent += spent;
    console.log(
      `${kind}, round ${n}: ${checked} acknowledged calls, ${items} items, ${branches} branches: all there`,
    );
  };
  for (let n = 1; n <= rounds; n++) {
    disks = new Disks(kind);
    await round(disks, cuts, (found) => say(n, found));
    disks.close();
    disks = null;
  }
  console.log(
    `${kind}: ${totals.cuts} cuts, ${totals.checked} acknowledged calls looked for, none lost, ${totals.spent} names without their bytes met`,
  );
}

const { values } = parseArgs({
  options: {
    fs: { type: "string", default: FILE_SYSTEMS.join(",") },
    rounds: { type: "string", default: "3" },
    cuts: { type: "string", default: "4" },
  },
});
const kinds = values.fs.split(",");
const why = kinds.every((kind) => FILE_SYSTEMS.includes(kind))
  ? missing(kinds)
  : `--fs takes ${FILE_SYSTEMS.join(",")}`;
if (why !== null) {
  console.error(`power-cut cannot run: ${why}`);
  process.exit(2);
}
/** Those in use, for whoever ends this early. */
let disks = null;
process.on("SIGINT", () => {
  disks?.close();
  process.exit(130);
});
try {
  for (const kind of kinds) await test(kind, Number(values.rounds), Number(values.cuts));
} catch (error) {
  console.error(error.message);
  console.error(`the images are in ${disks?.leave()}; unmount that when you have looked at them`);
  process.exitCode = 1;
}
