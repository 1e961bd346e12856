import type { Tool as ListedTool } from "@modelcontextprotocol/sdk/types.js";
import type { GraphAccess } from "../access.ts";
import { BRANCH_TOOLS } from "./branches.ts";
import { HISTORY_TOOLS } from "./history.ts";
import { MERGING_TOOLS } from "./merging.ts";
import { READING_TOOLS } from "./reading.ts";
import { storedTool } from "./stored.ts";
import { outputSchema } from "./output-schema.ts";
import type { Tool } from "./tool.ts";
import { WRITING_TOOLS } from "./writing.ts";

/** The tools that every graph has. */
const TOOLS: readonly Tool[] = [
  ...READING_TOOLS,
  ...WRITING_TOOLS,
  ...BRANCH_TOOLS,
  ...MERGING_TOOLS,
  ...HISTORY_TOOLS,
];

/** Longest name of a tool that all models take; where one is longer, some refuse the whole list. */
const LONGEST_NAME = 64;

/** The tools of a graph for one agent: those of every graph, then its stored queries. */
export async function toolsOf(access: GraphAccess): Promise<readonly Tool[]> {
  const queries = await access.queries();
  const stored = queries.filter(({ json }) => json.name.length <= LONGEST_NAME).map(storedTool);
  const all = [...TOOLS, ...stored];
  return access.isReadOnly ? all.filter(({ annotations }) => annotations.readOnlyHint === true) : all;
}

/** A tool as clients list it. */
export async function listed(tool: Tool): Promise<ListedTool> {
  const { name, title, description, annotations, output } = tool;
  // Cast: schemas of objects are objects of type "object", which neither library says.
  return {
    name,
    title,
    description,
    annotations,
    inputSchema: (await tool.input()) as ListedTool["inputSchema"],
    outputSchema: outputSchema(output),
  };
}
