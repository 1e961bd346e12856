#!/usr/bin/env bash
# @lancedb/lancedb 0.39.0: in a column of fixed-size lists nulls are free or cost a whole vector, and which of the two their neighbours decide. 10,000 null
# vectors of 1536 floats take less than a kilobyte; with a vector in every hundredth row the table is as large as with one in every row, in file format 2.1
# as in the default one, and the field's metadata `lance-encoding:compression`, which is kept, makes it no smaller. As variable lists the same rows take
# what their vectors take.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @lancedb/lancedb@0.39.0 apache-arrow@18.1.0
cat > run.cjs <<'JS'
const assert = require("node:assert/strict");
const { readdirSync, statSync } = require("node:fs");
const { join } = require("node:path");
const lancedb = require("@lancedb/lancedb");
const { Field, FixedSizeList, Float32, List, makeData, RecordBatch, Schema, Struct, Table } = require("apache-arrow");

const ROWS = 10_000;
const WIDTH = 1536;
const item = new Field("item", new Float32(), true);

/** A table with a vector in every `step`th row, 0: in none; of fixed size, or as variable lists. */
function tableOf({ step, metadata, variable = false }) {
  const has = (row) => step !== 0 && row % step === 0;
  const bits = new Uint8Array(Math.ceil(ROWS / 8));
  const offsets = new Int32Array(ROWS + 1);
  let present = 0;
  for (let row = 0; row < ROWS; row++) {
    if (has(row)) bits[row >> 3] |= 1 << (row & 7);
    if (has(row)) present++;
    offsets[row + 1] = present * WIDTH;
  }
  const values = new Float32Array((variable ? present : ROWS) * WIDTH);
  for (let row = 0, entry = 0; row < ROWS; row++) {
    if (!has(row)) continue;
    const at = (variable ? entry++ : row) * WIDTH;
    for (let k = 0; k < WIDTH; k++) values[at + k] = Math.random();
  }
  const child = makeData({ type: new Float32(), length: values.length, nullCount: 0, data: values });
  const type = variable ? new List(item) : new FixedSizeList(WIDTH, item);
  const nulls = { length: ROWS, nullCount: ROWS - present, nullBitmap: bits };
  const data = makeData({ type, ...nulls, child, ...(variable ? { valueOffsets: offsets } : {}) });
  const fields = [new Field("v", type, true, metadata === undefined ? undefined : new Map(Object.entries(metadata)))];
  const rows = makeData({ type: new Struct(fields), length: ROWS, nullCount: 0, children: [data] });
  const schema = new Schema(fields);
  return new Table(schema, [new RecordBatch(schema, rows)]);
}

async function bytesOf(connection, name, shape, storageOptions = {}) {
  const table = await connection.createTable(name, tableOf(shape), { storageOptions });
  const column = (await table.query().select(["v"]).toArrow()).getChild("v");
  assert.equal(column.nullCount, shape.step === 0 ? ROWS : ROWS - ROWS / shape.step);
  const kept = (await table.schema()).fields[0].metadata.get("lance-encoding:compression");
  assert.equal(kept, shape.metadata?.["lance-encoding:compression"]);
  table.close();
  const folder = `tables/${name}.lance`;
  const sizes = readdirSync(folder, { recursive: true }).map((file) => statSync(join(folder, file)));
  const bytes = sizes.reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
  console.log(`${name}: ${bytes} bytes`);
  return bytes;
}

(async () => {
  const connection = await lancedb.connect("tables");
  const none = await bytesOf(connection, "no_vector", { step: 0 });
  const all = await bytesOf(connection, "a_vector_in_each_row", { step: 1 });
  const few = await bytesOf(connection, "a_vector_in_each_hundredth_row", { step: 100 });
  const zstd = { step: 100, metadata: { "lance-encoding:compression": "zstd" } };
  const packed = await bytesOf(connection, "so_with_zstd", zstd);
  const older = await bytesOf(connection, "so_in_format_2_1", { step: 100 }, { newTableDataStorageVersion: "2.1" });
  const lists = await bytesOf(connection, "so_as_variable_lists", { step: 100, variable: true });
  assert.ok(none < 100_000);
  assert.ok(all > ROWS * WIDTH * 4);
  for (const bytes of [few, packed, older]) assert.ok(bytes > 0.99 * ROWS * WIDTH * 4);
  assert.ok(lists < 0.02 * ROWS * WIDTH * 4);
})();
JS
node run.cjs
