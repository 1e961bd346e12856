import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

/** How a connection that was cut ends for the server: as after the last packet of a process that died, or as after a reset. */
export type Ending = "fin" | "reset";

/**
 * Passes what is sent to a server on, byte for byte, and counts it. A cut lets so many bytes pass, says that they have, and holds all that comes after, until
 * the connections are ended.
 */
export class CuttingProxy {
  readonly #server: Server;
  readonly #pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  #passed = 0;
  #limit = Infinity;
  #reached: () => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port: number): Promise<CuttingProxy> {
    const proxy: CuttingProxy = new CuttingProxy(
      createServer((client) => proxy.#join(client, connect(port, "127.0.0.1"))),
    );
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Bytes that clients sent since the last call of `count` or `cutAfter`. */
  get passed(): number {
    return this.#passed;
  }

  count(): void {
    this.#passed = 0;
    this.#limit = Infinity;
  }

  /** Lets so many more bytes of clients pass; the promise is kept once they have. */
  cutAfter(bytes: number): Promise<void> {
    this.#passed = 0;
    this.#limit = bytes;
    return new Promise((reached) => (this.#reached = reached));
  }

  /** Ends all connections, as seen by the server. */
  endAll(ending: Ending): void {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      if (ending === "reset") server.resetAndDestroy();
      else server.end();
    }
    this.#pairs.clear();
    this.count();
  }

  async close(): Promise<void> {
    this.endAll("reset");
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    const pair = { client, server };
    this.#pairs.add(pair);
    client.on("data", (data: Buffer) => this.#pass(data, client, server));
    server.on("data", (data: Buffer) => client.write(data));
    // While a cut is on, the server hears nothing of the client's death: how it ends is the test's to say.
    client.on("close", () => this.#limit === Infinity && server.destroy());
    server.on("close", () => client.destroy());
    for (const socket of [client, server]) socket.on("error", () => undefined);
  }

  #pass(data: Buffer, client: Socket, server: Socket): void {
    const passing = data.subarray(0, Math.max(0, this.#limit - this.#passed));
    this.#passed += passing.length;
    if (passing.length > 0) server.write(passing);
    if (this.#passed < this.#limit) return;
    client.pause();
    this.#reached();
  }
}
