import { given } from "@omnigraph/base";
import { lintSource } from "@omnigraph/language";
import { explainJson, queryJson } from "@omnigraph/wire";
import * as z from "zod";
import { READING } from "../guide.ts";
import { AT, BRANCH, PARAMS } from "./arguments.ts";
import { defineTool, READS, type Tool, type ToolCall } from "./tool.ts";

const NAME = z
  .string()
  .exactOptional()
  .describe("Which query of the source is meant, where it holds several.");

/** What of a source is read, as options of the library. */
function optionsOf(
  { name, branch, at }: { readonly name?: string; readonly branch?: string; readonly at?: string },
  { access, limits }: ToolCall,
): { readonly name?: string; readonly branch: string; readonly at?: string; readonly signal: AbortSignal } {
  return { ...given({ name, at }), branch: branch ?? access.branch, ...limits };
}

/** The schema, and queries whose source the agent writes. */
export const READING_TOOLS: readonly Tool[] = [
  defineTool({
    name: "get-schema",
    title: "Look at the schema",
    description:
      "The schema of the graph: every type of nodes and edges with its properties, keys and constraints. Call this first. In it, `node Person { name: String @key  age: I32? }` is a type of nodes " +
      "whose id is its name and whose age may be missing; `edge Knows: Person -> Person` is a type of edges, called `knows` in queries.",
    annotations: READS,
    input: { branch: BRANCH },
    output: "schema",
    less: "ask for single types with run-query",
    run: async (graph, { branch }, { access }) => ({
      schema_source: await graph.schema.show({ branch: branch ?? access.branch }),
    }),
  }),
  defineTool({
    name: "run-query",
    title: "Read by a query",
    description: `Runs a read and answers its rows. It changes nothing. If the types are not known to you yet, call get-schema first; lint-query checks a query without running it.\n\n${READING}`,
    annotations: READS,
    input: {
      query: z.string().describe("Source of the read."),
      params: PARAMS,
      name: NAME,
      branch: BRANCH,
      at: AT,
    },
    output: "query",
    less: "end the query with limit and go on with offset, return fewer columns, add conditions, or let it count instead",
    run: async (graph, { query, params, ...rest }, call) =>
      queryJson(await graph.query(query, params ?? {}, optionsOf(rest, call))),
  }),
  defineTool({
    name: "lint-query",
    title: "Check a query",
    description:
      "Checks reads or mutations against the schema without running them: mistakes with their places and what to do about them, the columns that are answered, the types that are read and written.",
    annotations: READS,
    input: { query: z.string().describe("Source of reads or mutations."), branch: BRANCH },
    output: "lint",
    less: "check fewer queries at once",
    run: async (graph, { query, branch }, { access }) => {
      const catalog = await graph.schema.catalog({ branch: branch ?? access.branch });
      const file = "<query>";
      const { json } = lintSource({ file, text: query }, catalog);
      return { ...json, query_path: file, schema_source: { kind: "graph", path: access.address } };
    },
  }),
  defineTool({
    name: "explain-query",
    title: "See how a query is run",
    description:
      "The plan of a read or a mutation: its steps, with the rows that are expected of each. With analyze it is run as well and each step has its rows and its time; a mutation is then evaluated and never written, and " +
      "`touches` says how many entities it would change. Use it before a mutation whose effect you are not sure of, and for a query that is slow.",
    annotations: READS,
    input: {
      query: z.string().describe("Source of one read or mutation."),
      params: PARAMS,
      name: NAME,
      branch: BRANCH,
      at: AT,
      analyze: z.boolean().exactOptional().describe("Runs it as well. Default: false."),
    },
    output: "explain",
    less: "explain a part of the query",
    run: async (graph, { query, params, analyze, ...rest }, call) =>
      explainJson(
        await graph.explain(query, params ?? {}, { ...optionsOf(rest, call), ...given({ analyze }) }),
      ),
  }),
];
