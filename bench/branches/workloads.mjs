// What is measured of branches. `rounds` are taken in turns of `turn` by the contestants one after another; a share of them, `warming`, is not counted:
// where a call takes less than a millisecond, code that has run some hundred times is still slow. `others` branches are there meanwhile.
const merges = [1, 1000, 10_000].flatMap((n) =>
  (n === 1 ? ["run"] : ["spread", "run"]).map((placement) => ({
    key: `merge-${n}-${placement}`,
    title:
      n === 1
        ? "merge 1 + 1"
        : `merge ${n / 1000}k + ${n / 1000}k, ${placement === "run" ? "neighbours" : "spread"}`,
    workload: "merge",
    n,
    placement,
    rounds: { 1: 2500, 1000: 60, 10_000: 24 }[n],
    warming: n === 1 ? 0.8 : 0.25,
    turn: { 1: 50, 1000: 5, 10_000: 3 }[n],
  })),
);

export const BRANCH_WORKLOADS = [
  {
    key: "create",
    title: "branch create",
    workload: "create",
    n: 0,
    placement: "run",
    rounds: 2500,
    warming: 0.8,
    turn: 50,
  },
  {
    key: "first-write",
    title: "first write on a new branch",
    workload: "firstWrite",
    n: 1,
    placement: "run",
    rounds: 2500,
    warming: 0.8,
    turn: 50,
  },
  ...merges,
  {
    key: "diff-1000",
    title: "diff of one commit of 1k rows",
    workload: "diff",
    n: 1000,
    placement: "spread",
    rounds: 60,
    warming: 0.25,
    turn: 5,
  },
  {
    key: "revert-1000",
    title: "revert of one commit of 1k rows",
    workload: "revert",
    n: 1000,
    placement: "spread",
    rounds: 60,
    warming: 0.25,
    turn: 5,
  },
  {
    key: "create-in-fleet",
    title: "branch create beside 1,000 others",
    workload: "create",
    n: 0,
    placement: "run",
    rounds: 1250,
    warming: 0.6,
    turn: 50,
    others: 1000,
    // A thousand copies of the table would fill the disk to tell what one tells.
    contestants: ["omnigraph", "doltlite"],
  },
];

/** Rows of the base, and which workloads run on it; the others show whether a cost is flat. */
export const BASES = [
  { rows: 100_000, only: null },
  { rows: 1_000, only: ["create", "first-write", "merge-1-run"] },
  { rows: 10_000, only: ["create", "first-write", "merge-1-run", "merge-1000-spread"] },
  {
    rows: 1_000_000,
    only: ["create", "first-write", "merge-1-run", "merge-1000-spread", "merge-10000-spread"],
  },
];

/** Rows of the bases on which a merge's memory is measured. */
export const MEMORY_BASES = [100_000, 1_000_000];

/** How each makes a branch, merges, and what its commit survives; shown under the table. */
export const HOW = {
  omnigraph:
    "merge of a branch into another, three-way; durable: a commit of one block is linked, then synced once, a larger one synced, linked, its folder synced",
  doltlite:
    "dolt_branch, dolt_merge (PyPI doltlite, in a python3 process that times itself); durable: append and fdatasync; columns may be null, as a merge checks NOT NULL by a scan of the table",
  sqlite_copy:
    "better-sqlite3: a branch is a copy of the table (CREATE TABLE, INSERT SELECT); a merge compares the three tables by SQL, refuses conflicts and applies the rest in one transaction; WAL, synchronous=FULL: durable, log synced at every commit",
  sqlite_log:
    "as sqlite_copy, but each copy has a trigger that logs the changed keys, and a merge compares the rows of the logs alone: change tracking made by hand for this table, which only updates",
};
