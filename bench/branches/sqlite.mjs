import { join } from "node:path";
import Database from "better-sqlite3";
import { COLUMNS, edited, handleOf, RAISE, rowOf, StateDigest } from "./rows.mjs";
import { serve } from "./serve.mjs";

let db;
/** Whether a copy logs the keys that change in it; else what changed is found by comparing whole tables. */
const logs = process.argv[2] === "log";
const values = COLUMNS.slice(1);

function connect(folder) {
  db = new Database(join(folder, `${process.argv[2]}.sqlite`));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
}

const makeTable = (name) =>
  db.exec(
    `CREATE TABLE ${name} (handle TEXT PRIMARY KEY, age INT, score REAL, city TEXT, joined TEXT) WITHOUT ROWID`,
  );

/** An action as one transaction. */
const atomically =
  (action) =>
  (...args) =>
    db.transaction(action)(...args);

/** A copy of the table. Rows are updated only, so one trigger will do for a log. */
const makeBranch = atomically((name) => {
  makeTable(name);
  db.exec(`INSERT INTO ${name} SELECT * FROM users`);
  if (!logs) return;
  db.exec(`CREATE TABLE ${name}_log (handle TEXT PRIMARY KEY) WITHOUT ROWID;
           CREATE TRIGGER ${name}_update AFTER UPDATE ON ${name} BEGIN INSERT OR IGNORE INTO ${name}_log VALUES (new.handle); END;`);
});

const drop = atomically((...names) => {
  for (const name of names) db.exec(`DROP TABLE ${name}${logs ? `; DROP TABLE ${name}_log` : ""}`);
});

const edit = atomically((name, facts, side, round) => {
  const update = db.prepare(`UPDATE ${name} SET age = ?, score = ? WHERE handle = ?`);
  for (const i of edited(facts, side, round)) {
    const [handle, age, score] = rowOf(i, RAISE[side]);
    update.run(age, score, handle);
  }
});

const differs = (a, b) => `(${values.map((v) => `${a}.${v} IS NOT ${b}.${v}`).join(" OR ")})`;

/** The keys of the rows that may differ from the base. */
const changed = (name) =>
  logs
    ? `${name}_log`
    : `(SELECT n.handle FROM ${name} n JOIN users u USING (handle) WHERE ${differs("n", "u")})`;

/** Rows that theirs changed against the base go to ours, unless ours has changed them in another way. */
const merge = atomically((ours, theirs) => {
  const { conflicts } = db
    .prepare(
      `SELECT count(*) AS conflicts FROM ${changed(theirs)} l JOIN ${changed(ours)} m USING (handle) JOIN ${theirs} t USING (handle)
       JOIN ${ours} o USING (handle) JOIN users b USING (handle) WHERE ${differs("t", "b")} AND ${differs("o", "b")} AND ${differs("t", "o")}`,
    )
    .get();
  if (conflicts > 0) throw new Error(`${conflicts} conflicts`);
  db.exec(
    `UPDATE ${ours} AS o SET ${values.map((v) => `${v} = t.${v}`).join(", ")}
     FROM ${changed(theirs)} l JOIN ${theirs} t ON t.handle = l.handle JOIN users b ON b.handle = l.handle
     WHERE o.handle = l.handle AND ${differs("t", "b")}`,
  );
});

function stateOf(name) {
  const state = new StateDigest();
  for (const row of db.prepare(`SELECT * FROM ${name} ORDER BY handle`).raw().iterate()) state.add(row);
  return state.answer();
}

const names = (round) => [`ours_${round}`, `theirs_${round}`];

const prepare = {
  create(_facts, round) {
    const name = `made_${round}`;
    return { run: () => makeBranch(name), result: () => stateOf(name), end: () => drop(name) };
  },
  firstWrite(facts, round) {
    const name = `written_${round}`;
    const [at] = edited(facts, 0, round);
    makeBranch(name);
    const update = db.prepare(`UPDATE ${name} SET age = ? WHERE handle = ?`);
    return {
      run: () => update.run(99, handleOf(at)),
      result: () => stateOf(name),
      end: () => drop(name),
    };
  },
  merge(facts, round) {
    const both = names(round);
    for (const name of both) makeBranch(name);
    for (const [side, name] of both.entries()) edit(name, facts, side, round);
    return left(facts, round);
  },
  diff(facts, round) {
    const name = `differs_${round}`;
    makeBranch(name);
    edit(name, facts, 0, round);
    const found = { rows: 0, raised: 0 };
    const differing = db.prepare(
      `SELECT b.*, n.age AS new_age, n.score AS new_score, n.city AS new_city, n.joined AS new_joined
       FROM ${changed(name)} l JOIN users b USING (handle) JOIN ${name} n USING (handle) WHERE ${differs("n", "b")} ORDER BY l.handle`,
    );
    return {
      run() {
        for (const { age, new_age } of differing.iterate()) {
          found.rows++;
          found.raised += new_age - age;
        }
      },
      result: () => found,
      end: () => drop(name),
    };
  },
  revert(facts, round) {
    const name = `reverted_${round}`;
    makeBranch(name);
    edit(name, facts, 0, round);
    const sql = `UPDATE ${name} AS o SET ${values.map((v) => `${v} = b.${v}`).join(", ")}
                 FROM users b WHERE b.handle = o.handle AND o.handle IN (SELECT handle FROM ${changed(name)})`;
    return { run: () => db.exec(sql), result: () => stateOf(name), end: () => drop(name) };
  },
};

function left(_facts, round) {
  const [ours, theirs] = names(round);
  return { run: () => merge(ours, theirs), result: () => stateOf(ours), end: () => drop(ours, theirs) };
}

serve({
  open(folder, rows) {
    connect(folder);
    makeTable("users");
    const insert = db.prepare("INSERT INTO users VALUES (?, ?, ?, ?, ?)");
    db.transaction(() => {
      for (let i = 0; i < rows; i++) insert.run(...rowOf(i));
    })();
    db.pragma("wal_checkpoint(TRUNCATE)");
  },
  reopen: connect,
  prepare: (workload, facts, round) => prepare[workload](facts, round),
  left,
  close: () => db.close(),
});
