// What maintenance costs others: four processes write one graph, without any maintenance, and while a fifth folds, indexes and cleans up; one process a second
// is killed and started again. Afterwards every acknowledged row must be there.
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Omnigraph } from "omnigraph";
import { SCHEMA } from "../generate.mjs";

const WRITERS = 4;
const KILL_MS = 1000;
const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));

export async function beside(root, seconds) {
  const rounds = {};
  for (const round of ["alone", "maintained", "alone-again"]) {
    const path = join(root, `${round}.omni`);
    await (await Omnigraph.init(path, { schema: SCHEMA })).close();
    const roles = Array.from({ length: WRITERS }, (_, n) => `writer-${n}`);
    if (round === "maintained") roles.push("maintainer");
    const { kills, processor } = await run(roles, path, root, round, seconds);
    const samples = roles.slice(0, WRITERS).flatMap((role) => acknowledged(logOf(root, round, role)));
    await check(path, samples);
    const ms = Float64Array.from(samples, ([, took]) => took).sort();
    const at = (q) => ms[Math.floor(q * ms.length)];
    rounds[round] = { rate: ms.length / seconds, p99: at(0.99) };
    const secondsOf = (wanted) =>
      roles.filter(wanted).reduce((sum, role) => sum + (processor.get(role) ?? 0), 0);
    const writing = secondsOf((role) => role !== "maintainer");
    const maintaining = secondsOf((role) => role === "maintainer");
    const done =
      round === "maintained" ? `, maintenance: ${maintained(logOf(root, round, "maintainer"))}` : "";
    console.log(
      `${round}: ${rounds[round].rate.toFixed(0)} commits/s, p50 ${at(0.5).toFixed(2)} ms, p95 ${at(0.95).toFixed(2)}, p99 ${at(0.99).toFixed(2)}, longest ${ms.at(-1).toFixed(0)}; ${kills} kills, nothing lost${done}; processor: ${((writing * 1000) / ms.length).toFixed(3)} ms a commit, maintainer ${maintaining.toFixed(1)} s`,
    );
  }
  const { alone, maintained: with_, "alone-again": again } = rounds;
  console.log(
    `throughput ${(with_.rate / ((alone.rate + again.rate) / 2)).toFixed(2)}x, p99 ${(with_.p99 - Math.max(alone.p99, again.p99)).toFixed(2)} ms longer`,
  );
}

const logOf = (root, round, role) => join(root, `${round}-${role}.log`);

/** Keeps the processes running for so many seconds, and kills one at a time. Answers the number of kills and each role's seconds of processor. */
async function run(roles, path, root, round, seconds) {
  const until = performance.now() + seconds * 1000;
  const start = (role) => ({ role, child: fork(CHILD, [role, path, logOf(root, round, role)]) });
  const running = roles.map(start);
  const processor = new Map();
  const end = (one, signal) => {
    processor.set(one.role, (processor.get(one.role) ?? 0) + processorOf(one.child.pid));
    return ended(one, signal);
  };
  let kills = 0;
  for (; performance.now() + KILL_MS < until; kills++) {
    await sleep(KILL_MS);
    const n = kills % running.length;
    await end(running[n], "SIGKILL");
    running[n] = start(running[n].role);
  }
  await sleep(Math.max(0, until - performance.now()));
  await Promise.all(running.map((one) => end(one, "SIGTERM")));
  return { kills, processor };
}

/** Seconds of processor that a process has taken (Linux: proc(5), fields 14 and 15 of `stat`, a hundred ticks a second). */
function processorOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function ended({ role, child }, signal) {
  return new Promise((resolve, reject) => {
    child.once("exit", (code, by) =>
      code === 0 || by === signal ? resolve() : reject(new Error(`${role} ended with ${code ?? by}`)),
    );
    if (child.exitCode !== null) reject(new Error(`${role} ended with ${child.exitCode}`));
    child.kill(signal);
  });
}

/** What a writer was told is committed, with the milliseconds that each took. */
function acknowledged(log) {
  const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]);
}

function maintained(log) {
  const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
  const count = (what) => lines.filter((line) => line === what).length;
  return `${count("fold")} folds, ${count("cleanup")} cleanups`;
}

async function check(path, samples) {
  const graph = await Omnigraph.open(path, { readOnly: true });
  const { rows } = await graph.query("query q() { match { $u: User } return { $u.handle as h } }");
  const found = new Set(rows.map(({ h }) => h));
  const lost = samples.filter(([handle]) => !found.has(handle));
  if (lost.length > 0) throw new Error(`${lost.length} acknowledged rows are lost, ${lost[0][0]} among them`);
  const { findings } = await graph.maintenance.fsck();
  // That a fold has not ended, whose process was killed, is a note: the next writer settles it.
  const wrong = findings.filter(({ severity }) => severity !== "note");
  if (wrong.length > 0) throw new Error(`fsck of ${path}: ${JSON.stringify(wrong, null, 2)}`);
  await graph.close();
}
