#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2: the client checks the structured content of an answer by the tool's output schema also where the answer is a failure
# (`isError`), though the server's half does not, and the specification lets a failure have structured content. The caller gets an McpError about the schema in place
# of the failure, its text included. Only once tools/list was asked, so it works in a first try. A tool that tells facts of its failures declares a schema that allows them too.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @modelcontextprotocol/sdk@1.32.2 zod@4.6.7
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";

const server = new McpServer({ name: "server", version: "1.0.0" });
const failure = {
  isError: true,
  content: [{ type: "text", text: "there is no row 7" }],
  structuredContent: { reason: "not_found" },
};
server.registerTool("row", { outputSchema: z.object({ row: z.string() }) }, async () => failure);
const [serverSide, clientSide] = InMemoryTransport.createLinkedPair();
const client = new Client({ name: "client", version: "1.0.0" });
await Promise.all([server.connect(serverSide), client.connect(clientSide)]);

const call = () => client.callTool({ name: "row", arguments: {} }).then((told) => told, (thrown) => thrown);
const before = await call();
await client.listTools();
const after = await call();
console.log("before tools/list:", JSON.stringify(before));
console.log("after tools/list: ", after.name, after.code, after.message);
assert.deepEqual(before.structuredContent, { reason: "not_found" });
assert.equal(after.name, "McpError");
assert.equal(after.code, -32602);
assert.ok(!after.message.includes("there is no row 7"));
process.exit(0);
JS
node run.mjs
