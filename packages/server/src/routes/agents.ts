import { LIMITS, OmnigraphError } from "@omnigraph/base";
import { accessOf } from "../agents/access.ts";
import type { Call, Endpoint } from "../http/endpoint.ts";
import { endpoint } from "../http/endpoint.ts";
import { failureOf, messageOf } from "../http/failures.ts";
import { JSON_BODY } from "./queries.ts";

/** Hosts of web pages that are served on the machine itself. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * A web page of another place may have its name lead to this machine (DNS rebinding). It has no token; where none is asked for, it is refused by what its browser
 * says of it. Errors: `origin_refused`.
 */
function checkOrigin({ served, request, reply }: Call): void {
  const { origin } = request.headers;
  // Pages of the origins that the server was given are told so in each answer.
  const isAllowed = reply.getHeader("access-control-allow-origin") !== undefined;
  if (served.tokens !== null || origin === undefined || isAllowed) return;
  if (URL.canParse(origin) && LOOPBACK.test(new URL(origin).hostname)) return;
  throw new OmnigraphError(
    "origin_refused",
    "a web page of another place may not call a server without tokens",
  );
}

function header(call: Call, name: string): string | undefined {
  const value = call.request.headers[name];
  return typeof value === "string" ? value : undefined;
}

/** Agents, by the Model Context Protocol. */
export const AGENTS: readonly Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/mcp",
    operation: "agentMessage",
    tag: "agents",
    summary: "A message of the Model Context Protocol (Streamable HTTP).",
    body: { ...JSON_BODY, bytes: LIMITS.httpLoadBytes.value },
    bodyShape: "agentMessage",
    answer: "agentAnswer",
    failures: [400, 401, 403, 404, 408, 413, 415, 503],
    run: async (call, message) => {
      checkOrigin(call);
      const { served, caller, request, limits } = call;
      const graph = call.graph();
      const access = accessOf(graph, {
        caller,
        address: graph.path,
        branch: "main",
        isReadOnly: false,
        admit: () => call.admit(),
        told: (thrown) => {
          const error = failureOf(thrown);
          request.failure = error;
          return { error, message: messageOf(error, request) };
        },
      });
      return served.agents.answer(access, message, {
        who: caller?.actor ?? "",
        session: header(call, "mcp-session-id"),
        protocol: header(call, "mcp-protocol-version"),
        limits,
      });
    },
  }),
];
