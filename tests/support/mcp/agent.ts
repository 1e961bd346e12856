import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CallToolResultSchema, type Tool } from "@modelcontextprotocol/sdk/types.js";
import type { JsonSchemaType } from "@modelcontextprotocol/sdk/validation";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { COMMAND } from "../cli/cli.ts";

/** What a tool answered. */
export interface Answered {
  readonly isError: boolean;
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** An agent that knows what it was told when it connected, and nothing else: it calls no tool that is not listed, with no argument that is not described. */
export class Agent {
  readonly client: Client;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly #validator = new AjvJsonSchemaValidator();

  private constructor(client: Client, tools: readonly Tool[]) {
    this.client = client;
    this.tools = new Map(tools.map((tool) => [tool.name, tool]));
  }

  /** By the endpoint of a server. */
  static async overHttp(url: string, token: string | null = null): Promise<Agent> {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    return Agent.#connected(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  }

  /** By the command, in a folder. */
  static async overStdio(args: readonly string[], cwd: string): Promise<Agent> {
    const env = { ...process.env, OMNIGRAPH_HOME: "/nowhere", OMNIGRAPH_STORE: "", OMNIGRAPH_ACTOR: "" };
    return Agent.#connected(
      new StdioClientTransport({ command: COMMAND, args: ["mcp", ...args], cwd, env, stderr: "inherit" }),
    );
  }

  static async #connected(transport: StdioClientTransport | StreamableHTTPClientTransport): Promise<Agent> {
    const client = new Client({ name: "test", version: "1.0.0" });
    // Cast: the SDK's own transports are none of its `Transport` under exactOptionalPropertyTypes.
    await client.connect(transport as Parameters<Client["connect"]>[0]);
    // From now on the client checks each structured content by the schema of its tool.
    return new Agent(client, (await client.listTools()).tools);
  }

  /** Calls a tool; arguments and answer have to be as the tool's schemas say. */
  async call(name: string, args: Record<string, unknown> = {}, signal?: AbortSignal): Promise<Answered> {
    const tool = this.tools.get(name);
    if (tool === undefined) throw new Error(`the agent was told of no tool ${name}`);
    // Cast: the SDK's types of schemas do not fit each other under exactOptionalPropertyTypes.
    const schema = tool.inputSchema as JsonSchemaType;
    const fits = this.#validator.getValidator(schema)(args);
    if (!fits.valid)
      throw new Error(`the agent was told of no such arguments of ${name}: ${fits.errorMessage}`);
    return this.callAnyway(name, args, signal);
  }

  /** Calls a tool whatever its schema says. */
  async callAnyway(name: string, args: Record<string, unknown>, signal?: AbortSignal): Promise<Answered> {
    const options = signal === undefined ? {} : { signal };
    const told = CallToolResultSchema.parse(
      await this.client.callTool({ name, arguments: args }, undefined, options),
    );
    const [content] = told.content;
    return {
      isError: told.isError === true,
      json: told.structuredContent ?? {},
      text: content?.type === "text" ? content.text : "",
    };
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
