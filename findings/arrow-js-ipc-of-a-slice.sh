#!/usr/bin/env bash
# apache-arrow 18.1.0 (JavaScript): `tableFromArrays` makes a dictionary of any array of texts, also where all of them differ, and a dictionary goes out
# whole with every slice: one row of ten thousand, cut out by `slice` and written by `tableToIPC`, carries all the texts. A column that is built as
# Utf8 is cut to the row.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent apache-arrow@18.1.0
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { Table, tableFromArrays, tableFromIPC, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";

const texts = Array.from({ length: 10_000 }, (_, i) => `the text of row ${i}`);
const inferred = tableFromArrays({ text: texts });
const built = new Table({ text: vectorFromArray(texts, new Utf8()) });
const bytesOf = (table) => tableToIPC(table).length;
const report = (table) => {
  const one = table.slice(5000, 5001);
  console.log(`${table.schema.fields[0].type}: ${bytesOf(table)} bytes whole, ${bytesOf(one)} bytes for a slice of one row`);
  assert.equal(tableFromIPC(tableToIPC(one)).get(0).text, "the text of row 5000");
  return bytesOf(one);
};
assert.ok(report(inferred) > texts.join("").length);
assert.ok(report(built) < 1000);
assert.equal(String(inferred.schema.fields[0].type), "Dictionary<Int32, Utf8>");
JS
node run.mjs
