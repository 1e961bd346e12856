#!/usr/bin/env bash
# oxigraph 0.5.11 (npm): xsd:integer, which has no bounds in RDF, is a 64-bit integer in queries. A sum that goes beyond does not fail and does not become
# larger: its variable is left unbound, in silence, also for SUM over a thousand rows of which one is large. A larger literal is kept as text, and a
# comparison with it leaves its row out.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent oxigraph@0.5.11
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import oxigraph from "oxigraph";

const store = new oxigraph.Store();
const rows = (query) => store.query(query).map((row) => row.get("answer")?.value ?? "unbound");
const sum = rows("SELECT (SUM(?x) AS ?answer) { VALUES ?x { 9223372036854775807 1 } }");
const large = rows("SELECT (?x AS ?answer) { VALUES ?x { 1 9223372036854775808 } }");
const above = rows("SELECT (?x AS ?answer) { VALUES ?x { 1 9223372036854775808 } FILTER(?x > 0) }");
console.log("2^63 - 1 plus 1:", sum, "kept:", large, "above 0:", above);
assert.deepEqual(sum, ["unbound"]);
assert.deepEqual(large, ["1", "9223372036854775808"]);
assert.deepEqual(above, ["1"]);
JS
node run.mjs
