#!/usr/bin/env bash
# @lancedb/lancedb 0.39.0: keys in the storage options are not used alone. An AWS_SESSION_TOKEN of the environment is sent with them, though it is not theirs;
# only `aws_session_token` hides it, and as an empty text it is sent and signed as an empty header.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @lancedb/lancedb@0.39.0 apache-arrow@18.1.0
cat > run.cjs <<'JS'
const assert = require("node:assert/strict");
const { createServer } = require("node:http");
const lancedb = require("@lancedb/lancedb");

(async () => {
  const tokens = new Set();
  const server = createServer((request, response) => {
    tokens.add(request.headers["x-amz-security-token"] ?? null);
    response.writeHead(403).end();
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const sent = async (name, environment, options) => {
    delete process.env.AWS_SESSION_TOKEN;
    if (environment !== null) process.env.AWS_SESSION_TOKEN = environment;
    tokens.clear();
    const storageOptions = {
      aws_access_key_id: "key",
      aws_secret_access_key: "secret",
      aws_region: "us-east-1",
      aws_endpoint: `http://127.0.0.1:${server.address().port}`,
      allow_http: "true",
      ...options,
    };
    const connection = await lancedb.connect(`s3://bucket/${name}`, { storageOptions }).catch(() => null);
    await connection?.createTable("t", [{ a: 1 }]).catch(() => null);
    console.log(`${name}: ${JSON.stringify([...tokens])}`);
    return [...tokens];
  };
  assert.deepEqual(await sent("no_token", null, {}), [null]);
  assert.deepEqual(await sent("token_of_the_environment", "other", {}), ["other"]);
  assert.deepEqual(await sent("hidden_by_an_empty_option", "other", { aws_session_token: "" }), [""]);
  assert.deepEqual(await sent("hidden_by_an_option", "other", { aws_session_token: "mine" }), ["mine"]);
  server.close();
})();
JS
node run.cjs
