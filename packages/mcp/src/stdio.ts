import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CancelledNotificationSchema, type JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import type { Readable, Writable } from "node:stream";
import type { GraphAccess } from "./access.ts";
import { agentServer } from "./agent-server.ts";

/** Where messages come from and go to, a line each. */
export interface AgentStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/** Serves one agent over two streams until the input ends and every request that came is answered, or until `stop` aborts. */
export async function serveAgent(
  access: GraphAccess,
  { input, output }: AgentStreams,
  { version, stop }: { readonly version: string; readonly stop: AbortSignal },
): Promise<void> {
  const transport = new CountingTransport(input, output);
  const server = agentServer(access, { version, limits: null });
  const over = new Promise<void>((end) => {
    input.once("end", () => transport.whenIdle(end));
    input.once("close", () => transport.whenIdle(end));
    // A client that reads no more wants no answer.
    output.on("error", () => end());
    stop.addEventListener("abort", () => end(), { once: true });
    if (stop.aborted) end();
  });
  await server.connect(transport);
  await over;
  await server.close();
}

/** Knows which requests have no answer yet, so that the last ones are answered before the end. */
class CountingTransport extends StdioServerTransport {
  readonly #open = new Set<string | number>();
  #idle: (() => void) | null = null;

  constructor(input: Readable, output: Writable) {
    super(input, output);
    this.onmessage = (message) => this.#came(message);
  }

  /** Calls once no request is without an answer. */
  whenIdle(done: () => void): void {
    this.#idle = done;
    this.#check();
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    await super.send(message);
    if ("id" in message && !("method" in message) && message.id !== undefined) this.#answered(message.id);
  }

  #came(message: JSONRPCMessage): void {
    if ("method" in message && "id" in message) this.#open.add(message.id);
    const cancelled = CancelledNotificationSchema.safeParse(message);
    // What is cancelled gets no answer.
    if (cancelled.success && cancelled.data.params.requestId !== undefined)
      this.#answered(cancelled.data.params.requestId);
  }

  #answered(id: string | number): void {
    this.#open.delete(id);
    this.#check();
  }

  #check(): void {
    if (this.#open.size === 0) this.#idle?.();
  }
}
