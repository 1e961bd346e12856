import { given, visible } from "@omnigraph/base";
import { mutationJson, queryJson, type StoredParameterJson } from "@omnigraph/wire";
import * as z from "zod";
import type { StoredTool } from "../access.ts";
import { AT, BRANCH, MESSAGE, OP, PARAMS } from "./arguments.ts";
import { answered, CHANGES, inputSchema, READS, readAs, type Tool } from "./tool.ts";
import { IF_COMMIT } from "./writing.ts";

const READ = z.strictObject({ params: PARAMS, branch: BRANCH, at: AT });
const MUTATION = z.strictObject({
  params: PARAMS,
  branch: BRANCH,
  message: MESSAGE,
  if_commit: IF_COMMIT,
  op: OP,
});

/**
 * A stored query as a tool of its name. Names of queries are identifiers and those of all other tools have a hyphen, so no query can take the place of another
 * tool. What its author wrote of it is shown as it is, but for characters that could hide something.
 */
export function storedTool({ source, json }: StoredTool): Tool {
  const { name, mutation: isMutation } = json;
  const shape = isMutation ? MUTATION : READ;
  return {
    name,
    title: name,
    description: descriptionOf(json),
    annotations: isMutation ? CHANGES : READS,
    output: isMutation ? "mutation" : "query",
    input: async () => inputSchema(shape, { params: paramsSchema(json.params) }, requiredOf(json.params)),
    run: (call, given_) =>
      answered(call, { less: LESS[isMutation ? "mutation" : "read"], isWrite: isMutation }, async () => {
        const { access, limits } = call;
        if (isMutation) {
          const { params = {}, branch, if_commit: ifCommit, ...rest } = readAs(MUTATION, given_);
          const options = {
            ...rest,
            ...given({ ifCommit }),
            name,
            branch: branch ?? access.branch,
            ...limits,
          };
          return mutationJson(await (await access.stored(name)).mutate(source, params, options));
        }
        const { params = {}, branch, at } = readAs(READ, given_);
        const options = { ...given({ at }), name, branch: branch ?? access.branch, ...limits };
        return queryJson(await (await access.stored(name)).query(source, params, options));
      }),
  };
}

const LESS = {
  read: "give parameters that leave fewer rows, or write a query of your own for run-query, with a limit",
  mutation: "see what it changed with show-commit",
};

function descriptionOf({ name, mutation, description, instruction }: StoredTool["json"]): string {
  const what = mutation ? "Stored mutation of this graph" : "Stored read of this graph";
  const texts = [description ?? name, ...(instruction === undefined ? [] : [`Instruction: ${instruction}`])];
  return `${what}. ${texts.map(visible).join(" ")}`;
}

function requiredOf(params: readonly StoredParameterJson[]): readonly string[] {
  return params.some(({ nullable }) => !nullable) ? ["params"] : [];
}

function paramsSchema(params: readonly StoredParameterJson[]): object {
  return {
    type: "object",
    description: "Values of the parameters, by name.",
    properties: Object.fromEntries(params.map((parameter) => [parameter.name, parameterSchema(parameter)])),
    required: params.filter(({ nullable }) => !nullable).map(({ name }) => name),
    additionalProperties: false,
  };
}

function parameterSchema({
  kind,
  nullable,
  item_kind: item,
  vector_dim: dimension,
}: StoredParameterJson): object {
  const schema =
    kind === "list"
      ? { type: "array", items: item === undefined ? {} : KINDS[item] }
      : kind === "vector"
        ? { ...KINDS.vector, ...given({ minItems: dimension, maxItems: dimension }) }
        : KINDS[kind];
  return nullable ? { anyOf: [schema, { type: "null" }] } : schema;
}

/** What a parameter takes, as JSON Schema. */
const KINDS: Readonly<Record<StoredParameterJson["kind"], object>> = {
  string: { type: "string" },
  bool: { type: "boolean" },
  int: { type: "integer" },
  bigint: {
    anyOf: [{ type: "integer" }, { type: "string", pattern: "^-?[0-9]+$" }],
    description: "64 bits; beyond 2^53 as text.",
  },
  float: { type: "number" },
  date: { type: "string", description: "A day: 2026-01-31." },
  datetime: { type: "string", description: "A time, ISO 8601: 2026-01-31T09:30:00Z." },
  blob: { type: "string" },
  vector: { type: "array", items: { type: "number" } },
  list: { type: "array" },
};
