#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2: a client's call that the caller aborts by its own AbortSignal is rejected with the McpError of a request that timed out
# (code -32001, name "McpError"), not with an AbortError and not with the signal's reason, which becomes text in the message. Who retries after a
# timeout retries what a person has cancelled.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @modelcontextprotocol/sdk@1.32.2 zod@4.6.7
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";

const server = new McpServer({ name: "server", version: "1.0.0" });
server.registerTool("slow", {}, async () => {
  await sleep(500);
  return { content: [] };
});
const [serverSide, clientSide] = InMemoryTransport.createLinkedPair();
const client = new Client({ name: "client", version: "1.0.0" });
await Promise.all([server.connect(serverSide), client.connect(clientSide)]);

const failureOf = (options) => client.callTool({ name: "slow", arguments: {} }, undefined, options).then(() => null, (error) => error);
const reason = new Error("the user pressed stop");
const controller = new AbortController();
setTimeout(() => controller.abort(reason), 50);
const aborted = await failureOf({ signal: controller.signal });
const timedOut = await failureOf({ timeout: 100 });
console.log("aborted:  ", aborted.name, aborted.code, aborted.message);
console.log("timed out:", timedOut.name, timedOut.code, timedOut.message);
assert.equal(aborted.name, "McpError");
assert.equal(aborted.code, -32001);
assert.equal(timedOut.code, aborted.code);
assert.notEqual(aborted, reason);
process.exit(0);
JS
node run.mjs
