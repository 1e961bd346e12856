#!/usr/bin/env bash
# @lancedb/lancedb 0.39.0: `createIndex` replaces by default, but only an index of the same kind. Of another kind on the same column it adds a second one,
# `id_idx_2`: both stay, and both are kept up to date by every `optimize`. Changing a column from BITMAP to BTREE takes `dropIndex` first.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @lancedb/lancedb@0.39.0 apache-arrow@18.1.0
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { connect, Index } from "@lancedb/lancedb";

const table = await (await connect(`${process.cwd()}/data`)).createTable("t", [{ id: "a" }, { id: "b" }]);
const kinds = async () => (await table.listIndices()).map(({ name, indexType }) => `${name} ${indexType}`);
await table.createIndex("id", { config: Index.bitmap() });
await table.createIndex("id", { config: Index.bitmap(), replace: true });
assert.deepEqual(await kinds(), ["id_idx Bitmap"]);
await table.createIndex("id", { config: Index.btree(), replace: true });
const seen = await kinds();
console.log("indexes of the column:", seen);
assert.deepEqual(seen, ["id_idx Bitmap", "id_idx_2 BTree"]);
await table.add([{ id: "c" }]);
await table.optimize({ cleanupOlderThan: new Date(0) });
for (const name of ["id_idx", "id_idx_2"]) assert.equal((await table.indexStats(name)).numIndexedRows, 3);
JS
LANCEDB_LOG=error node run.mjs
