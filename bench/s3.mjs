// node bench/s3.mjs [--size S] [--latency 20] [--runs 5] [--save]
// A graph on an S3 server (ministack, by scripts/prepare-tools.mjs) with so many milliseconds before each answer, beside Lance alone writing the same rows to the
// same server: times, and requests. --save: for docs/performance.md.
import { spawn } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Omnigraph } from "omnigraph";
import { toolProgram } from "../tests/support/running/tools.mjs";
import { startRecordingProxy } from "../tests/support/stores/recording-proxy.mjs";
import { dataFile, SCHEMA } from "./generate.mjs";
import { quantiles } from "./measure.mjs";

const require = createRequire(new URL("../packages/storage/src/index.ts", import.meta.url));
const lancedb = require("@lancedb/lancedb");
const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const size = option("size", "S");
const latency = Number(option("latency", "20"));
const runs = Number(option("runs", "5"));
const SET = "query q($h: String, $a: I32) { update User set { age: $a } where handle = $h }";
const GET = "query q($h: String) { match { $u: User { handle: $h } } return { $u.age as age } }";
const KEY = { accessKeyId: "test", secretAccessKey: "testtest", region: "us-east-1" };

/** Starts the server; answers its address, and how it ends. */
async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), "omnigraph-bench-s3-"));
  const child = spawn(toolProgram("ministack-1.5.33", "ministack"), [], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      TMPDIR: folder,
      PYTHONUNBUFFERED: "1",
      GATEWAY_PORT: "0",
      BIND_HOST: "127.0.0.1",
      SERVICES: "s3",
      SFTP_ENABLED: "0",
    },
  });
  let printed = "";
  const endpoint = await new Promise((found, failed) => {
    const look = (data) => {
      printed += data;
      const [, address] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(printed) ?? [];
      if (address !== undefined) found(address);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.on("close", () => failed(new Error(`ministack ended: ${printed}`)));
  });
  await fetch(`${endpoint}/graphs`, { method: "PUT" });
  const end = () => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  return { endpoint, end };
}

const server = await startServer();
const proxy = await startRecordingProxy(server.endpoint, async (_request, perform) => {
  await setTimeout(latency);
  return perform();
});
Object.assign(process.env, {
  AWS_ENDPOINT_URL: proxy.endpoint,
  AWS_ACCESS_KEY_ID: KEY.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
  AWS_REGION: KEY.region,
});

/** Answers what was done since by time in milliseconds and requests. */
function watch() {
  const [before, began] = [proxy.requests.length, performance.now()];
  return () => ({ ms: performance.now() - began, requests: proxy.requests.length - before });
}

async function measured(action) {
  const took = watch();
  await action();
  return took();
}

/** A fold: the part of `optimize` before it comes to indexes, when it names a type again. */
async function fold(graph) {
  const took = watch();
  const named = new Set();
  let rows = null;
  const onProgress = ({ typeName }) => {
    if (named.has(typeName)) rows ??= took();
    named.add(typeName);
  };
  await graph.maintenance.optimize({ full: true, onProgress });
  return rows ?? took();
}

/** Medians of so many times. */
async function times(count, action) {
  const all = [];
  for (let i = 0; i < count; i++) all.push(await action(i));
  const of = (member) => quantiles(all.map((one) => one[member])).p50;
  return { ms: of("ms"), requests: of("requests") };
}

/** The folders of the tables that a fold has written, by the requests that it made. */
function tablesSince(from) {
  const found = proxy.requests.slice(from).flatMap(({ method, path }) => {
    const [, folder, name] = /^(.*)\/([^/]+)\.lance\/_versions\//.exec(path) ?? [];
    return method === "PUT" && folder !== undefined ? [`${folder}\n${name}`] : [];
  });
  return [...new Set(found)].map((table) => table.split("\n"));
}

const storageOptions = {
  aws_endpoint: proxy.endpoint,
  aws_access_key_id: KEY.accessKeyId,
  aws_secret_access_key: KEY.secretAccessKey,
  aws_region: KEY.region,
  allow_http: "true",
};

/** The rows of tables as Arrow. */
async function rowsOf(tables) {
  return Promise.all(
    tables.map(async ([folder, name]) => {
      const connection = await lancedb.connect(`s3://${folder}`, { storageOptions });
      return (await connection.openTable(name)).query().toArrow({ maxBatchLength: 65_536 });
    }),
  );
}

/** Lance alone: a table of each of these rows, one call each, at the same time as one another. */
function lanceAlone(name, rows) {
  return measured(async () => {
    const connection = await lancedb.connect(`s3://graphs/${name}`, { storageOptions });
    await Promise.all(rows.map((each, i) => connection.createTable(`t${i}`, each)));
  });
}

try {
  const file = await dataFile(join(tmpdir(), "omnigraph-bench-data"), size, "uniform");
  const figures = {};
  const options = { maintenance: "off" };
  const warm = await Omnigraph.init("s3://graphs/warm.omni", { ...options, schema: SCHEMA, inlineRows: 0 });
  await warm.load(
    '{"type":"User","data":{"handle":"a","age":1,"score":1,"city":"b","joined":"2020-01-01"}}\n',
    { mode: "append" },
  );
  await warm.close();
  let uri = "";
  let tables = [];
  figures.load = await times(runs, async (i) => {
    uri = `s3://graphs/graph${i}.omni`;
    const graph = await Omnigraph.init(uri, { ...options, schema: SCHEMA });
    const from = proxy.requests.length;
    const took = await measured(() => graph.load(createReadStream(file), { mode: "append" }));
    tables = tablesSince(from);
    await graph.close();
    return took;
  });
  const rows = await rowsOf(tables);
  figures["load: Lance alone, its rows in memory"] = await times(runs, (i) => lanceAlone(`alone${i}`, rows));
  const graph = await Omnigraph.open(uri, options);
  const other = await Omnigraph.open(uri, options);
  const set = (handle) => (i) => handle.mutate(SET, { h: `u${i}`, a: i });
  await set(graph)(1);
  await graph.query(GET, { h: "u1" });
  figures.commit = await times(20, (i) => measured(() => set(graph)(i)));
  await set(other)(1);
  figures["commit after two of another writer"] = await times(20, async (i) => {
    await set(i % 2 === 0 ? graph : other)(2 * i);
    return measured(() => set(i % 2 === 0 ? other : graph)(2 * i + 1));
  });
  figures["warm read"] = await times(20, async (i) => {
    await graph.query(GET, { h: `u${i}` });
    return measured(() => graph.query(GET, { h: `u${i}` }));
  });
  figures["cold open and look-up"] = await times(20, (i) =>
    measured(async () => {
      const cold = await Omnigraph.open(uri, { readOnly: true });
      await cold.query(GET, { h: `u${5000 + i}` });
      await cold.close();
    }),
  );
  let from = 0;
  figures.fold = await times(runs, async (i) => {
    await graph.load(
      `{"edge":"Follows","from":"u${i}","to":"u${i + 1}","data":{"weight":1}}\n{"type":"User","data":{"handle":"n${i}","age":1,"score":1,"city":"b","joined":"2020-01-01"}}\n`,
      { mode: "merge" },
    );
    from = proxy.requests.length;
    return fold(graph);
  });
  const folded = await rowsOf(tablesSince(from));
  figures["fold: Lance alone, its rows in memory"] = await times(runs, (i) => lanceAlone(`fold${i}`, folded));
  await Promise.all([graph.close(), other.close()]);
  console.table(figures);
  if (process.argv.includes("--save")) {
    const [{ model }] = cpus();
    const facts = { date: new Date().toISOString(), node: process.version, cpu: model, cores: cpus().length };
    const text = JSON.stringify({ ...facts, size, latency, runs, figures }, null, 2);
    writeFileSync(new URL("results/s3.json", import.meta.url), `${text}\n`);
  }
} finally {
  server.end();
  await proxy.close();
}
