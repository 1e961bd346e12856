import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import { time } from "../measure.mjs";
import { SQL, sqlArguments } from "../workloads.mjs";
import { serve } from "./serve.mjs";

let db;
const statements = new Map();
const statement = (workload) => {
  if (!statements.has(workload)) statements.set(workload, db.prepare(SQL[workload]));
  return statements.get(workload);
};

serve({
  async load(file, folder) {
    const began = performance.now();
    db = new Database(join(folder, "rival.sqlite"));
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.exec(`CREATE TABLE users (handle TEXT PRIMARY KEY, age INT NOT NULL, score REAL NOT NULL, city TEXT NOT NULL, joined TEXT NOT NULL) WITHOUT ROWID;
             CREATE TABLE follows (src TEXT NOT NULL, dst TEXT NOT NULL, weight REAL NOT NULL);`);
    const user = db.prepare("INSERT INTO users VALUES (?, ?, ?, ?, ?)");
    const follow = db.prepare("INSERT INTO follows VALUES (?, ?, ?)");
    db.exec("BEGIN");
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const { type, data, from, to } = JSON.parse(line);
      if (type) user.run(data.handle, data.age, data.score, data.city, data.joined);
      else follow.run(from, to, data.weight);
    }
    db.exec(
      "COMMIT; CREATE INDEX follows_src ON follows (src, dst); CREATE INDEX follows_dst ON follows (dst); ANALYZE;",
    );
    db.pragma("wal_checkpoint(TRUNCATE)");
    return performance.now() - began;
  },
  ask(workload, handle) {
    return statement(workload).all(...sqlArguments(workload, handle));
  },
  extras: {
    commit(count) {
      const insert = db.prepare("INSERT INTO users VALUES (?, 1, 1, 'Oslo', '2020-01-01')");
      return time((i) => void insert.run(`new${i}`), { budgetMs: 1e9, most: count, least: count, warm: 0 });
    },
  },
  close: () => db.close(),
});
