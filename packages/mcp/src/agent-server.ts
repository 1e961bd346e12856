import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { AgentLimits, GraphAccess } from "./access.ts";
import { failureJson, protocolError } from "./answers.ts";
import { INSTRUCTIONS } from "./guide.ts";
import { PROMPTS, promptOf } from "./prompts.ts";
import { readResource, RESOURCES, TEMPLATES } from "./resources.ts";
import { listed, toolsOf } from "./tools/catalog.ts";
import type { ToolCall } from "./tools/tool.ts";

/** How a server of the protocol is made. */
export interface AgentServerOptions {
  /** Of the software. */
  readonly version: string;
  /** Ends every call of this server; null where each is ended alone. */
  readonly limits: AgentLimits | null;
}

/**
 * A server of the protocol for one agent, which any transport can serve. Schemas are given as they are, and not by the SDK's own registration, since they are
 * those of the wire, and the tools depend on who asks.
 */
export function agentServer(access: GraphAccess, { version, limits }: AgentServerOptions): McpServer {
  const mcp = new McpServer(
    { name: "omnigraph", title: "Omnigraph", version },
    { capabilities: { tools: {}, resources: {}, prompts: {} }, instructions: INSTRUCTIONS },
  );
  const { server } = mcp;
  server.setRequestHandler(ListToolsRequestSchema, () =>
    orRefused(access, async () => ({ tools: await Promise.all((await toolsOf(access)).map(listed)) })),
  );
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const own =
      limits === null ? { signal } : { ...limits, signal: AbortSignal.any([signal, limits.signal]) };
    return called({ access, limits: own }, params.name, params.arguments ?? {});
  });
  server.setRequestHandler(ListResourcesRequestSchema, async () => ({ resources: [...RESOURCES] }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, async () => ({
    resourceTemplates: [...TEMPLATES],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => readResource(access, params.uri));
  server.setRequestHandler(ListPromptsRequestSchema, async () => ({ prompts: [...PROMPTS] }));
  server.setRequestHandler(GetPromptRequestSchema, async ({ params }) =>
    promptOf(params.name, params.arguments),
  );
  return mcp;
}

async function called(
  call: ToolCall,
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<CallToolResult> {
  const tools = await orRefused(call.access, () => toolsOf(call.access));
  const tool = tools.find((each) => each.name === name);
  if (tool !== undefined) return tool.run(call, given);
  throw new McpError(
    ErrorCode.InvalidParams,
    `there is no tool ${name}; tools/list has those that there are`,
  );
}

/** Runs what a list needs; a failure is one of the protocol, with what became of it as its data. */
async function orRefused<T>(access: GraphAccess, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw protocolError(ErrorCode.InternalError, failureJson(thrown, access));
  }
}
