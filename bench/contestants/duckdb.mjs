import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { SQL, sqlArguments } from "../workloads.mjs";
import { serve } from "./serve.mjs";

let connection;
const prepared = new Map();

async function fill(file, path, keys) {
  const began = performance.now();
  const instance = await DuckDBInstance.create(path, { threads: "2" });
  const c = await instance.connect();
  const reference = keys ? " REFERENCES users (handle)" : "";
  await c.run(
    `CREATE TABLE users (handle VARCHAR${keys ? " PRIMARY KEY" : ""}, age INTEGER NOT NULL, score DOUBLE NOT NULL, city VARCHAR NOT NULL, joined DATE NOT NULL)`,
  );
  await c.run(
    `CREATE TABLE follows (src VARCHAR NOT NULL${reference}, dst VARCHAR NOT NULL${reference}, weight DOUBLE NOT NULL)`,
  );
  const columns = `columns = {type: 'VARCHAR', edge: 'VARCHAR', "from": 'VARCHAR', "to": 'VARCHAR', data: 'STRUCT(handle VARCHAR, age INTEGER, score DOUBLE, city VARCHAR, joined DATE, weight DOUBLE)'}`;
  await c.run(`CREATE TEMP TABLE lines AS SELECT * FROM read_ndjson('${file}', ${columns})`);
  await c.run(
    "INSERT INTO users SELECT data.handle, data.age, data.score, data.city, data.joined FROM lines WHERE type = 'User'",
  );
  await c.run(`INSERT INTO follows SELECT "from", "to", data.weight FROM lines WHERE edge = 'Follows'`);
  await c.run("DROP TABLE lines");
  await c.run("CHECKPOINT");
  return { ms: performance.now() - began, connection: c };
}

serve({
  async load(file, folder) {
    const bare = await fill(file, join(folder, "rival-bare.duckdb"), false);
    connection = bare.connection;
    return bare.ms;
  },
  async ask(workload, handle) {
    if (!prepared.has(workload)) prepared.set(workload, await connection.prepare(SQL[workload]));
    const statement = prepared.get(workload);
    sqlArguments(workload, handle).forEach((value, i) => statement.bindVarchar(i + 1, value));
    return (await statement.runAndReadAll()).getRowObjectsJS();
  },
  extras: {
    loadWithKeys: async (file, folder) => (await fill(file, join(folder, "rival-keys.duckdb"), true)).ms,
  },
});
