#!/usr/bin/env bash
# @lancedb/lancedb 0.39.0: `connect` makes the folder of a local database, with all folders above it, also where the caller only wants to read: opening a
# table of a folder that was removed fails as it should, and leaves the empty folder behind. Whoever only reads has to look whether it is there before.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @lancedb/lancedb@0.39.0 apache-arrow@18.1.0
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { connect } from "@lancedb/lancedb";

const path = `${process.cwd()}/data/deep/tables`;
const database = await connect(path);
await database.createTable("t", [{ id: 1 }]);
rmSync(`${process.cwd()}/data`, { recursive: true });
const reader = await connect(path);
console.log("after connect:", existsSync(path));
assert.equal(existsSync(path), true);
await assert.rejects(reader.openTable("t"), /not found/i);
assert.equal(existsSync(path), true);
JS
LANCEDB_LOG=error node run.mjs
