import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { AgentMessageJson } from "@omnigraph/wire";
import { randomUUID } from "node:crypto";
import type { AgentLimits, GraphAccess } from "./access.ts";
import { agentServer } from "./agent-server.ts";

/** Who sends a message over HTTP, and how. */
export interface AgentCaller {
  /** What tells callers apart that may not stop each other's calls. */
  readonly who: string;
  /** The header `Mcp-Session-Id`. */
  readonly session: string | undefined;
  /** The header `Mcp-Protocol-Version`. */
  readonly protocol: string | undefined;
  /** Their signal aborts when the caller has left. */
  readonly limits: AgentLimits;
}

const SESSION_HEADER = "mcp-session-id";
const PROTOCOL_HEADER = "mcp-protocol-version";

/**
 * Answers agents over HTTP (Streamable HTTP, JSON). Each message is answered by itself, so any of several servers can answer the next. The session that a
 * client is given is not kept: it only tells whose request a cancellation means, as the ids of requests are those of the client.
 */
export class AgentCalls {
  readonly #version: string;
  readonly #running = new Map<string, AbortController>();

  constructor(version: string) {
    this.#version = version;
  }

  /** Answers one message. */
  async answer(access: GraphAccess, message: AgentMessageJson, caller: AgentCaller): Promise<Response> {
    const { method, params, id } = message;
    if (method === "notifications/cancelled") {
      this.#running.get(nameOf(access, caller, params?.["requestId"]))?.abort();
      return new Response(null, { status: 202 });
    }
    const stop = new AbortController();
    const leave = (): void => stop.abort();
    const name = id === undefined || caller.session === undefined ? null : nameOf(access, caller, id);
    if (name !== null) this.#running.set(name, stop);
    const { signal } = caller.limits;
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    try {
      const answer = await this.#answered(access, message, caller, stop.signal);
      // Nobody waits for the answer of what was cancelled, and the protocol wants none.
      return stop.signal.aborted ? new Response(null, { status: 202 }) : answer;
    } finally {
      signal.removeEventListener("abort", leave);
      if (name !== null && this.#running.get(name) === stop) this.#running.delete(name);
    }
  }

  async #answered(
    access: GraphAccess,
    message: AgentMessageJson,
    { protocol, limits }: AgentCaller,
    stop: AbortSignal,
  ): Promise<Response> {
    const server = agentServer(access, { version: this.#version, limits: { ...limits, signal: stop } });
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    try {
      const headers = new Headers({
        // Whatever the caller says that it takes, it is JSON.
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        ...(protocol === undefined ? {} : { [PROTOCOL_HEADER]: protocol }),
      });
      const request = new Request("http://omnigraph/mcp", { method: "POST", headers });
      const answer = await transport.handleRequest(request, { parsedBody: withDoubles(message) });
      if (message.method === "initialize") answer.headers.set(SESSION_HEADER, randomUUID());
      return answer;
    } finally {
      await server.close();
    }
  }
}

/** Numbers as every reader of the protocol has them, so that an agent is answered alike wherever it calls: an integer beyond 2^53 that is no text is refused. */
function withDoubles(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(withDoubles);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withDoubles(member)]));
}

/** What a request goes by while it runs. */
function nameOf({ address }: GraphAccess, { who, session }: AgentCaller, id: unknown): string {
  return JSON.stringify([address, who, session, id]);
}
