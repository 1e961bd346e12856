#!/usr/bin/env bash
# hyparquet-writer 0.17.0 (npm): a column of doubles that holds both zeros is written with one of them only. Columns whose values repeat get a dictionary, whose
# keys are those of a JavaScript Map, to which 0 and -0 are one; the zero that comes first stands for both, and no error is raised. With `encoding: "PLAIN"` both are kept.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund hyparquet-writer@0.17.0 hyparquet@1.31.5
cat > run.mjs <<'JS'
import { parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";

const data = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0 : -0));
async function negatives(column) {
  const file = parquetWriteBuffer({ columnData: [{ name: "x", data, type: "DOUBLE", ...column }] });
  return (await parquetReadObjects({ file })).filter(({ x }) => Object.is(x, -0)).length;
}
const seen = { written: 50, "read by default": await negatives({}), "read, PLAIN": await negatives({ encoding: "PLAIN" }) };
console.log(seen);
if (seen["read by default"] !== 0 || seen["read, PLAIN"] !== 50) throw new Error("no longer so");
JS
node run.mjs
