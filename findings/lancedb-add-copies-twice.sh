#!/usr/bin/env bash
# @lancedb/lancedb 0.39.0: `createTable` and `add` of an Arrow table are async, and yet copy the whole table twice into fresh array buffers before the event
# loop turns once: the Arrow file, and a Buffer of it. The native call below takes the bytes of an Arrow file as they are, and makes no copy in JavaScript.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @lancedb/lancedb@0.39.0 apache-arrow@18.1.0
cat > run.cjs <<'JS'
const assert = require("node:assert/strict");
const lancedb = require("@lancedb/lancedb");
const { Field, Int32, makeData, RecordBatch, RecordBatchFileWriter, Schema, Struct, Table } = require("apache-arrow");

const BYTES = 20 << 20;
const schema = new Schema([new Field("n", new Int32(), false)]);
const length = BYTES / 4;
const child = makeData({ type: new Int32(), length, nullCount: 0, data: new Int32Array(length) });
const data = makeData({ type: new Struct(schema.fields), length, nullCount: 0, children: [child] });
const table = new Table(schema, [new RecordBatch(schema, data)]);

/** Memory of array buffers that a call takes before the event loop turns, in tables; the greatest that is seen after each of its microtasks. */
async function taken(call) {
  let turned = false;
  setImmediate(() => (turned = true));
  const before = process.memoryUsage().arrayBuffers;
  const done = call();
  let most = 0;
  for (let k = 0; k < 1000; k++) {
    await undefined;
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  assert.equal(turned, false);
  await done;
  return most / BYTES;
}

async function main() {
  const connection = await lancedb.connect("tables");
  const byTable = await taken(() => connection.createTable("a", table));
  const file = Buffer.from(RecordBatchFileWriter.writeAll(table).toUint8Array(true).buffer);
  const byBytes = await taken(() => connection.inner.createTable("b", file, "create", [], {}));
  console.log(`copies made of the table in the first turn: ${byTable.toFixed(2)} by createTable, ${byBytes.toFixed(2)} by the native call`);
  assert.ok(byTable > 1.9 && byBytes < 0.1);
  assert.equal(await (await connection.openTable("b")).countRows(), length);
}
main();
JS
node run.cjs
