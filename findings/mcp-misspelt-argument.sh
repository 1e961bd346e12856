#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2: a tool that declares its arguments as the documented plain object of Zod types is called without those that it does not
# declare, and nobody is told: an agent that misspells `limit` gets the default. Neither does the schema that clients see close the object.
# `z.object({…}).strict()` as inputSchema is refused and advertised as it should be.
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
const shape = { limit: z.number().int().default(10) };
const answer = (given) => ({ content: [{ type: "text", text: JSON.stringify(given) }] });
server.registerTool("plain", { inputSchema: shape }, answer);
server.registerTool("strict", { inputSchema: z.object(shape).strict() }, answer);
const [serverSide, clientSide] = InMemoryTransport.createLinkedPair();
const client = new Client({ name: "client", version: "1.0.0" });
await Promise.all([server.connect(serverSide), client.connect(clientSide)]);

const { tools } = await client.listTools();
const closed = Object.fromEntries(tools.map(({ name, inputSchema }) => [name, inputSchema.additionalProperties === false]));
const plain = await client.callTool({ name: "plain", arguments: { limt: 5 } });
const strict = await client.callTool({ name: "strict", arguments: { limt: 5 } });
console.log("schema closed:", closed);
console.log("plain: ", plain.isError ?? false, plain.content[0].text);
console.log("strict:", strict.isError ?? false, strict.content[0].text);
assert.deepEqual(closed, { plain: false, strict: true });
assert.equal(plain.content[0].text, '{"limit":10}');
assert.equal(strict.isError, true);
process.exit(0);
JS
node run.mjs
