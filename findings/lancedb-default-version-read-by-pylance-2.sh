#!/usr/bin/env bash
# @lancedb/lancedb 0.39.0 (npm) writes tables of Lance's data storage version 2.2 unless told otherwise. pylance 2.0.1 opens them and raises nothing, and reads a column whose
# values are all equal but for nulls as all null. With the storage option `newTableDataStorageVersion: "2.1"` it reads them right.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund @lancedb/lancedb@0.39.0 apache-arrow@18.1.0
python3 -m venv v && v/bin/pip install -q pylance==2.0.1 pyarrow==26.0.1
cat > run.cjs <<'JS'
const lancedb = require("@lancedb/lancedb");
const arrow = require("apache-arrow");
(async () => {
  const x = arrow.vectorFromArray(Array.from({ length: 1000 }, (_, i) => (i % 4 === 3 ? null : 7)), new arrow.Int32());
  const rows = new arrow.Table({ x });
  const connection = await lancedb.connect(`${process.cwd()}/data`);
  await connection.createTable("plain", rows);
  await connection.createTable("told", rows, { storageOptions: { newTableDataStorageVersion: "2.1" } });
})();
JS
node run.cjs
cat > run.py <<'PY'
import lance
seen = {}
for name in ("plain", "told"):
    table = lance.dataset(f"data/{name}.lance")
    seen[name] = (table.data_storage_version, 1000 - table.to_table().column("x").null_count)
print(seen)
assert seen == {"plain": ("2.2", 0), "told": ("2.1", 750)}, seen
PY
v/bin/python run.py
