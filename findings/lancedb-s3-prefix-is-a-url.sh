#!/usr/bin/env bash
# @lancedb/lancedb 0.39.0: what follows the bucket in an s3:// address is read as part of a URL, though `#`, `?` and `%` are valid in keys. Under
# `s3://graphs/with#hash` the name of the table is lost with the fragment: its files go to `with/data`, where a second table's would go too, and the
# table is not listed. Under `with?query` they go to `with/t.lance`, and `with%20percent` and `with percent` are one place. No error is raised.
# Each part of the prefix has to be percent-encoded by the caller. (The server is ministack 1.5.33 on loopback.)
set -euo pipefail
folder=$(mktemp -d); cd "$folder"
server=""; trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
python3 -m venv venv && venv/bin/pip install --quiet ministack==1.5.33
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @lancedb/lancedb@0.39.0 apache-arrow@18.1.0 @aws-sdk/client-s3@3.1175.0
export PORT=${PORT:-4599} NODE_NO_WARNINGS=1 LANCEDB_LOG=error AWS_EC2_METADATA_DISABLED=true
BIND_HOST=127.0.0.1 GATEWAY_PORT=$PORT venv/bin/ministack >server.log 2>&1 & server=$!
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { connect } from "@lancedb/lancedb";

const endpoint = `http://127.0.0.1:${process.env.PORT}`;
const s3 = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: { accessKeyId: "test", secretAccessKey: "test" } });
for (let tries = 0; ; tries++) {
  try {
    await s3.send(new CreateBucketCommand({ Bucket: "graphs" }));
    break;
  } catch (error) {
    if (tries === 40) throw error;
    await sleep(500);
  }
}
const storageOptions = { aws_endpoint: endpoint, aws_access_key_id: "test", aws_secret_access_key: "test", aws_region: "us-east-1", allow_http: "true" };
const listed = {};
for (const prefix of ["plain", "with#hash", "other?query", "more%20percent", encodeURIComponent("sound#hash")]) {
  const database = await connect(`s3://graphs/${prefix}`, { storageOptions });
  await database.createTable("t", [{ id: 1 }]);
  listed[prefix] = await database.tableNames();
}
const keys = (await s3.send(new ListObjectsV2Command({ Bucket: "graphs" }))).Contents.map(({ Key }) => Key);
const places = [...new Set(keys.map((key) => key.replace(/(\.lance|\/_versions|\/_transactions|\/data)\/.*$/, "$1")))].toSorted();
console.log("tables listed:", listed);
console.log("places:", places);
assert.deepEqual(listed["with#hash"], []);
assert.ok(places.includes("with/data"));
assert.ok(places.includes("other/t.lance"));
assert.ok(places.includes("more percent/t.lance"));
assert.ok(places.includes("sound#hash/t.lance"));
assert.ok(places.includes("plain/t.lance"));
JS
node run.mjs
