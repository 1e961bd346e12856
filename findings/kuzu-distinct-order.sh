#!/usr/bin/env bash
# kuzu 0.11.3 and its continuation @ladybugdb/core 0.19.1 (npm): RETURN DISTINCT with ORDER BY over two keys now and then answers rows that are not in that
# order. Each key of its own is a sorted run, but within an equal first key the runs of two threads follow one another. It takes a connection with two
# threads; about one run in some hundreds is wrong, and none with one thread was.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent kuzu@0.11.3 @ladybugdb/core@0.19.1
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const engine = process.argv[2];
const { Connection, Database } = createRequire(import.meta.url)(engine);
const CITIES = ["Athens", "Berlin", "Lagos", "Lisbon", "Lyon", "Nairobi", "Oslo", "Porto", "Pune", "Quito"];
const NODES = 10_000;
let state = 7;
const below = (bound) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
};
writeFileSync("p.csv", Array.from({ length: NODES }, (_, i) => `u${i},${18 + below(60)},${CITIES[below(10)]}\n`).join(""));
writeFileSync("k.csv", Array.from({ length: 10 * NODES }, () => `u${below(NODES)},u${below(NODES)}\n`).join(""));

const QUERY =
  "MATCH (:P {id: $id})-[:K]->(:P)-[:K]->(c:P) RETURN DISTINCT c.city AS city, c.age AS age ORDER BY city, age";
const isSorted = (rows) =>
  rows.every(({ city, age }, i) => i === 0 || rows[i - 1].city < city || (rows[i - 1].city === city && rows[i - 1].age <= age));

async function unsorted(threads, most) {
  const connection = new Connection(new Database(":memory:"), threads);
  await connection.query("CREATE NODE TABLE P (id STRING PRIMARY KEY, age INT32, city STRING)");
  await connection.query("CREATE REL TABLE K (FROM P TO P)");
  await connection.query("COPY P FROM 'p.csv'");
  await connection.query("COPY K FROM 'k.csv'");
  const prepared = await connection.prepare(QUERY);
  let found = 0;
  let tried = 0;
  for (; tried < most && found < 3; tried++) {
    const rows = await (await connection.execute(prepared, { id: `u${(tried * 33) % NODES}` })).getAll();
    if (isSorted(rows)) continue;
    found++;
    const at = rows.findIndex((_, i) => !isSorted(rows.slice(0, i + 1)));
    if (found === 1) console.log(engine, `${threads} threads:`, JSON.stringify(rows.slice(at - 2, at + 2)));
  }
  console.log(engine, `${threads} threads: ${found} of ${tried} answers were not in order`);
  return found;
}

assert.equal(await unsorted(1, 600), 0);
assert.ok((await unsorted(2, 5000)) > 0);
process.exit(0);
JS
node run.mjs kuzu
node run.mjs @ladybugdb/core
