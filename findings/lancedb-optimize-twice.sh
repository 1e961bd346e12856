#!/usr/bin/env bash
# @lancedb/lancedb 0.39.0: of a table with a scalar index, the first `optimize` after rows were added compacts nothing. Compaction leaves apart what an index
# covers and what it does not; then the index is brought up to date; the second `optimize` compacts. Without an index the first one does. Whoever compacts by
# one call a night is always a night behind, and a first call that reports no fragment removed does not mean that there is nothing left to do.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @lancedb/lancedb@0.39.0 apache-arrow@18.1.0
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { connect, Index } from "@lancedb/lancedb";

const database = await connect(`${process.cwd()}/data`);
const compactions = async (indexed) => {
  const table = await database.createTable(`indexed_${indexed}`, Array.from({ length: 1000 }, (_, i) => ({ id: `k${i}` })));
  if (indexed) await table.createIndex("id", { config: Index.btree() });
  await table.add([{ id: "added" }]);
  const removed = [];
  for (let i = 0; i < 3; i++) removed.push((await table.optimize({ cleanupOlderThan: new Date(0) })).compaction.fragmentsRemoved);
  return removed;
};
const seen = { without: await compactions(false), with: await compactions(true) };
console.log("fragments removed by three calls:", seen);
assert.deepEqual(seen, { without: [2, 0, 0], with: [0, 2, 0] });
JS
LANCEDB_LOG=error node run.mjs
