import type { Server } from "node:http";
import type { Socket } from "node:net";
import { Server as TlsServer } from "node:tls";

/**
 * Ends connections on which no request has come, and takes no new ones. Node does not count them as idle and keeps them for a minute, so a server that stops
 * would wait for whoever has connected and says nothing: clients open connections in advance.
 */
export function endingUnused(server: Server): () => void {
  const unused = new Set<Socket>();
  let isEnding = false;
  // Over TLS requests come on the socket within.
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    if (isEnding) return void socket.destroy();
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", ({ socket }) => unused.delete(socket));
  return () => {
    isEnding = true;
    for (const socket of unused) socket.destroy();
  };
}
