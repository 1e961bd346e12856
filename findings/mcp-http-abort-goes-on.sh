#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2: a client over Streamable HTTP that aborts a call does not close the request that waits for it. It posts `notifications/cancelled`
# instead. A server made as documented for no sessions (a new transport and server for each request) gets that as a message about a request that it does not know, so the tool runs
# on to its end, its signal never aborts, and whoever watches for a closed connection is told nothing. Both sides follow the documentation, and nothing is stopped.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @modelcontextprotocol/sdk@1.32.2 zod@4.6.7
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";

const seen = [];
let begun, ended;
const hasBegun = new Promise((done) => (begun = done));
const hasEnded = new Promise((done) => (ended = done));
const http = createServer(async (request, response) => {
  if (request.method !== "POST") return response.writeHead(405).end();
  const body = await json(request);
  seen.push(body.method);
  const server = new McpServer({ name: "server", version: "1.0.0" });
  server.registerTool("slow", {}, async ({ signal }) => {
    begun();
    response.once("close", () => response.writableFinished || seen.push("closed"));
    await sleep(2000);
    seen.push(signal.aborted ? "aborted" : "ran to its end");
    ended();
    return { content: [] };
  });
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  await server.connect(transport);
  await transport.handleRequest(request, response, body);
});
await new Promise((done) => http.listen(0, "127.0.0.1", done));

const client = new Client({ name: "client", version: "1.0.0" });
await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${http.address().port}/mcp`)));
const stop = new AbortController();
const call = client.callTool({ name: "slow", arguments: {} }, undefined, { signal: stop.signal });
await hasBegun;
stop.abort();
await assert.rejects(call);
await hasEnded;
console.log(seen.join(", "));
assert.ok(seen.includes("notifications/cancelled"));
assert.ok(!seen.includes("closed"));
assert.equal(seen.at(-1), "ran to its end");
process.exit(0);
JS
node run.mjs
