import {
  ErrorCode,
  McpError,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplate,
} from "@modelcontextprotocol/sdk/types.js";
import type { GraphAccess } from "./access.ts";
import { checkSize, failureJson, protocolError } from "./answers.ts";
import { READING, WRITING } from "./guide.ts";

const SCHEMA = "omnigraph://schema";
const LANGUAGE = "omnigraph://language";
const TEXT = "text/plain";
/** A resource that there is not, as the protocol has it. */
const NOT_FOUND = -32002;

/** What can be read without a tool. */
export const RESOURCES: readonly Resource[] = [
  {
    uri: SCHEMA,
    name: "schema",
    title: "Schema",
    description:
      "The types of the graph with their properties and constraints, as they are on its main branch.",
    mimeType: TEXT,
  },
  {
    uri: LANGUAGE,
    name: "language",
    title: "Reads and mutations",
    description: "How to write them, by examples.",
    mimeType: TEXT,
  },
];

export const TEMPLATES: readonly ResourceTemplate[] = [
  {
    uriTemplate: `${SCHEMA}/{branch}`,
    name: "schema-of-branch",
    title: "Schema of a branch",
    description: "The same of another branch.",
    mimeType: TEXT,
  },
];

/** Reads a resource by its address. Errors: an McpError, with the failure as its data. */
export async function readResource(access: GraphAccess, uri: string): Promise<ReadResourceResult> {
  try {
    const text = await textOf(access, uri);
    checkSize(text, { less: "ask for single types with the tool run-query", isDone: false });
    return { contents: [{ uri, mimeType: TEXT, text }] };
  } catch (thrown) {
    if (thrown instanceof McpError) throw thrown;
    const told = failureJson(thrown, access);
    const code = told.code === "not_found" ? NOT_FOUND : ErrorCode.InvalidRequest;
    throw protocolError(code, told);
  }
}

async function textOf(access: GraphAccess, uri: string): Promise<string> {
  if (uri === LANGUAGE) return `${READING}\n\n${WRITING}`;
  const branch = uri === SCHEMA ? access.branch : branchOf(uri);
  if (branch !== null) return (await access.graph()).schema.show({ branch });
  throw new McpError(NOT_FOUND, `there is no resource ${uri}; resources/list has those that there are`, {
    uri,
  });
}

/** The branch of an address of a schema, in which the signs of a branch's name may be escaped. */
function branchOf(uri: string): string | null {
  if (!uri.startsWith(`${SCHEMA}/`)) return null;
  try {
    return decodeURIComponent(uri.slice(SCHEMA.length + 1));
  } catch {
    return null;
  }
}
