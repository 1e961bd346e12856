#!/usr/bin/env bash
# fastify 5.12.8 on Node 20.20 and 24.9: `close()` with `forceCloseConnections: "idle"` waits for a connection on which no request has come yet, since Node's `closeIdleConnections` does not count
# it as idle: it is left to the limit for headers (a minute) and the interval in which that is looked at. Browsers and HTTP clients open connections in advance, so a server with
# nothing to do takes a minute and a half to stop. With a request behind it, the same connection is idle and is closed at once.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent fastify@5.12.8
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import fastify from "fastify";

async function closing(speak) {
  const app = fastify({ forceCloseConnections: "idle" });
  app.get("/", async () => "hello");
  await app.listen({ host: "127.0.0.1", port: 0 });
  const accepted = once(app.server, "connection");
  const socket = connect(app.server.address().port, "127.0.0.1");
  await accepted;
  if (speak) {
    socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    await once(socket, "data");
  }
  const began = Date.now();
  // After five seconds the client hangs up itself.
  const late = setTimeout(() => socket.destroy(), 5000);
  await app.close();
  clearTimeout(late);
  socket.destroy();
  return Date.now() - began;
}
const spoken = await closing(true);
const silent = await closing(false);
console.log(`Node ${process.version}: after a request close() took ${spoken} ms; without one it waited ${silent} ms, until the client hung up`);
assert.ok(spoken < 2000);
assert.ok(silent >= 4900);
JS
node run.mjs
