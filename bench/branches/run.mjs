// Branches and merges beside DoltLite and better-sqlite3: contestants take turns, equal answers are asserted before anything is timed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNode, startPython } from "../child.mjs";
import { quantiles } from "../measure.mjs";
import { BASES, BRANCH_WORKLOADS, HOW, MEMORY_BASES } from "./workloads.mjs";

const START = {
  omnigraph: () => startNode("omnigraph", "branches/omnigraph.mjs"),
  doltlite: () => startPython("doltlite", "branches/dolt_contestant.py"),
  sqlite_copy: () => startNode("sqlite_copy", "branches/sqlite.mjs", ["copy"]),
  sqlite_log: () => startNode("sqlite_log", "branches/sqlite.mjs", ["log"]),
};
const NAMES = Object.keys(START);
/** A copy of a table takes seconds at a million rows: as many rounds as tell that. */
const COPY_ROUNDS = (rows) => (rows >= 1_000_000 ? 3 : rows >= 100_000 ? 24 : 160);

const shown = (v) =>
  typeof v === "number" ? v.toPrecision(3) : `${v.p50.toPrecision(3)} (p95 ${v.p95.toPrecision(3)})`;

function assertEqual(title, answers) {
  const [[first, wanted], ...rest] = Object.entries(answers).map(([n, a]) => [n, JSON.stringify(a)]);
  for (const [name, answer] of rest)
    if (answer !== wanted) throw new Error(`${title}: ${name} answers ${answer}, ${first} ${wanted}`);
}

async function measured(contestants, workload, facts, scale, names) {
  const { rounds, turn, warming } = workload;
  const samples = Object.fromEntries(names.map((name) => [name, { own: [], floor: [] }]));
  const wanted = Math.max(2, Math.round(rounds * scale));
  const most = (name) => (name.startsWith("sqlite") ? Math.min(wanted, COPY_ROUNDS(facts.rows)) : wanted);
  for (let from = 1; from <= wanted; from += turn) {
    for (const name of names) {
      const count = Math.min(turn, most(name) - from + 1);
      if (count <= 0) continue;
      const { own, floor } = await contestants[name]("time", workload.workload, facts, from, count);
      samples[name].own.push(...own);
      samples[name].floor.push(...floor);
    }
  }
  const warm = (list) => quantiles(list.slice(Math.floor(list.length * warming)));
  const figures = Object.fromEntries(names.map((name) => [name, warm(samples[name].own)]));
  const { floor } = samples.omnigraph;
  return floor.length === 0 ? figures : { ...figures, "floor of a put": warm(floor) };
}

async function runBase({ rows, only }, chosen, scale, folder, say) {
  const workloads = BRANCH_WORKLOADS.filter(
    ({ key }) => (only ?? [key]).includes(key) && (chosen.length === 0 || chosen.includes(key)),
  );
  if (workloads.length === 0) return {};
  const contestants = {};
  const figures = {};
  try {
    for (const name of NAMES) {
      contestants[name] = START[name]();
      await contestants[name]("open", folder, rows);
    }
    for (const workload of workloads) {
      const { key, n, placement, others = 0, contestants: names = NAMES } = workload;
      const facts = { rows, n, placement, others };
      const answers = {};
      if (others > 0) for (const name of names) await contestants[name]("crowd", others);
      for (const name of names) answers[name] = await contestants[name]("answer", workload.workload, facts);
      assertEqual(`${key} on ${rows} rows`, answers);
      figures[key] = await measured(contestants, workload, facts, scale, names);
      if (others > 0) for (const name of names) await contestants[name]("disperse", others);
      say(`${rows} rows, ${workload.title}`, figures[key]);
    }
  } finally {
    for (const call of Object.values(contestants)) await call("end");
  }
  return figures;
}

/** Extra memory of merges of 10k + 10k: in a process that has merged before, and in one that opens the store for it. */
async function runMemory(rows, folderOf, say) {
  const figures = {};
  for (const name of NAMES) {
    const folder = folderOf();
    const facts = { rows, n: 10_000, placement: "spread" };
    const warm = START[name]();
    await warm("open", folder, rows);
    const extra = [];
    for (const round of [0, 1, 2]) extra.push(await warm("memory", facts, round, false));
    await warm("leave", facts, 3);
    await warm("end");
    const fresh = START[name]();
    await fresh("reopen", folder);
    const first = await fresh("memory", facts, 3, true);
    await fresh("end");
    if (first !== null)
      figures[name] = { resident: extra.toSorted((a, b) => a - b)[1] / 1e6, fresh: first / 1e6 };
  }
  for (const [name, { resident, fresh }] of Object.entries(figures))
    say(`${rows} rows, extra memory of a merge of 10k + 10k, MB, ${name}`, { resident, fresh });
  return figures;
}

/** `scale` shortens the rounds, `chosen` are keys of workloads (all where empty), `bases` numbers of rows. */
export async function runBranches({ scale, chosen, bases }) {
  const say = (title, values) =>
    console.log(
      `${title}: ${Object.entries(values)
        .map(([k, v]) => `${k} ${shown(v)}`)
        .join(" | ")}`,
    );
  const isAsked = (rows) => bases.length === 0 || bases.includes(String(rows));
  const report = { how: HOW, bases: {}, memory: {} };
  // Removed at the end alone: where many files were removed just now, ext4 takes much longer to make one.
  const folders = [];
  const folderOf = () => {
    folders.push(mkdtempSync(join(tmpdir(), "omnigraph-branches-")));
    return folders.at(-1);
  };
  try {
    for (const base of BASES.filter(({ rows }) => isAsked(rows)))
      report.bases[base.rows] = await runBase(base, chosen, scale, folderOf(), say);
    if (chosen.length === 0 || chosen.includes("memory"))
      for (const rows of MEMORY_BASES.filter(isAsked))
        report.memory[rows] = await runMemory(rows, folderOf, say);
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
  return report;
}
