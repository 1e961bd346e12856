import type { Catalog, EntityType, MutationQuery, ReadQuery, TypedQuery } from "@omnigraph/language";
import { Names, typeName } from "./names.ts";
import { answeredType, dataMembers, givenType, memberName, type Side } from "./types.ts";

/** A stored query, and the text of its file. */
export interface SourcedQuery {
  readonly query: TypedQuery;
  /** Position of the file among those of the module. */
  readonly file: number;
}

export interface ModuleInput {
  readonly catalog: Catalog;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly queries: readonly SourcedQuery[];
  readonly side: Side;
}

const HEADS: Readonly<Record<Side, string>> = {
  library: `import type { MutateOptions, MutationAnswer, Omnigraph, QueryAnswer, ReadOptions } from "omnigraph";

/** What a read is run on: a graph that is open. */
type Reader = Pick<Omnigraph, "query">;
type Writer = Pick<Omnigraph, "mutate">;
type Reading = Omit<ReadOptions, "name" | "file">;
type Writing = Omit<MutateOptions, "name" | "file">;
`,
  client: `import type { InvokeOptions, MutationAnswer, QueryAnswer, RemoteGraph } from "omnigraph/client";

/** What a stored query is run on: a graph of a server. */
type Reader = Pick<RemoteGraph, "read">;
type Writer = Pick<RemoteGraph, "change">;
type Reading = Pick<InvokeOptions, "branch" | "at" | "signal" | "deadlineMs">;
type Writing = Omit<InvokeOptions, "at">;
`,
};

const ROWS = `
/** The answer of a read, whose rows are known. */
type Answer<Row> = Omit<QueryAnswer, "rows"> & { readonly rows: readonly Row[] };
`;

const IMPORTED: Readonly<Record<Side, readonly string[]>> = {
  library: ["MutateOptions", "MutationAnswer", "Omnigraph", "QueryAnswer", "ReadOptions"],
  client: ["InvokeOptions", "MutationAnswer", "QueryAnswer", "RemoteGraph"],
};

/** A module of TypeScript: a type for each type of the schema, and a function for each query. */
export function moduleText({ catalog, files, queries, side }: ModuleInput): string {
  const names = new Names([
    ...IMPORTED[side],
    "Reader",
    "Writer",
    "Reading",
    "Writing",
    "Answer",
    "Omit",
    "Pick",
    "Promise",
    "Date",
  ]);
  const sources =
    side === "library" ? files.map(({ path, text }) => sourceText(names.free("SOURCE"), path, text)) : [];
  const types = [...catalog.nodes.values(), ...catalog.edges.values()];
  const entities = types.map((type) => ({ type, name: names.free(type.name) }));
  const line = names.free("Line");
  return [
    "// Written by `omnigraph codegen`: what is changed here is lost.\n",
    HEADS[side],
    ROWS,
    ...sources.map(({ text }) => text),
    ...entities.map(({ type, name }) => entityText(type, name)),
    lineText(line, entities),
    ...queries.map(({ query, file }) => functionText(query, sources[file]?.name ?? null, names, side)),
  ].join("");
}

function sourceText(
  name: string,
  path: string,
  text: string,
): { readonly name: string; readonly text: string } {
  return { name, text: `\n${comment(`The text of ${path}.`)}const ${name} = ${JSON.stringify(text)};\n` };
}

function entityText(type: EntityType, name: string): string {
  const what = type.kind === "node" ? "A node" : "An edge";
  const id = type.kind === "node" && type.key !== null ? "" : "  readonly id?: string;\n";
  return `\n${comment(`${what} of type ${type.name}, as a load takes it.`)}export interface ${name} {\n${id}${dataMembers(type.properties)}}\n`;
}

function lineText(
  line: string,
  entities: readonly { readonly type: EntityType; readonly name: string }[],
): string {
  const lines = entities.map(({ type, name }) => {
    const label = JSON.stringify(type.name);
    if (type.kind === "node") return `  | { readonly type: ${label}; readonly data: ${name} }`;
    return `  | { readonly edge: ${label}; readonly from: string; readonly to: string; readonly data?: ${name} }`;
  });
  const all = lines.length === 0 ? " never" : `\n${lines.join("\n")}`;
  return `\n/** A line of a load. */\nexport type ${line} =${all};\n`;
}

function functionText(query: TypedQuery, source: string | null, names: Names, side: Side): string {
  const { name, parameters, description } = query;
  const called = names.free(name);
  const params = names.free(`${typeName(name)}Params`);
  const mayMiss = parameters.every(({ type }) => type.nullable) ? " = {}" : "";
  const head = {
    called,
    about: comment(description ?? `The query ${name}.`),
    args: `params: ${params}${mayMiss}`,
  };
  const given = paramsText(query, params);
  if (query.kind === "mutation") return given + mutationText(query, source, head);
  const row = names.free(`${typeName(name)}Row`);
  return given + rowText(query, row, side) + readText(query, source, head, row);
}

/** What the functions of reads and of mutations have alike. */
interface FunctionHead {
  readonly called: string;
  readonly about: string;
  readonly args: string;
}

function paramsText({ name, parameters }: TypedQuery, params: string): string {
  const head = `\n/** Parameters of \`${name}\`. */\nexport `;
  if (parameters.length === 0) return `${head}type ${params} = Readonly<Record<string, never>>;\n`;
  const members = parameters.map(({ name: parameter, type }) => {
    const mayMiss = type.nullable ? "?" : "";
    return `  readonly ${memberName(parameter)}${mayMiss}: ${givenType(type)};\n`;
  });
  return `${head}interface ${params} {\n${members.join("")}}\n`;
}

function rowText({ name, columns }: ReadQuery, row: string, side: Side): string {
  const members = columns.map(
    ({ name: column, expr }) => `  readonly ${memberName(column)}: ${answeredType(expr.type, side)};\n`,
  );
  return `\n/** A row of \`${name}\`. */\nexport interface ${row} {\n${members.join("")}}\n`;
}

function readText(
  { name }: ReadQuery,
  source: string | null,
  { called, about, args }: FunctionHead,
  row: string,
): string {
  const at = JSON.stringify(name);
  const run =
    source === null
      ? `graph.read(${at}, { ...params }, options)`
      : `graph.query(${source}, { ...params }, { ...options, name: ${at} })`;
  return `\n${about}export async function ${called}(graph: Reader, ${args}, options: Reading = {}): Promise<Answer<${row}>> {
  const answer = await ${run};
  // Cast: the rows are as the query says.
  return answer as unknown as Answer<${row}>;\n}\n`;
}

function mutationText(
  { name }: MutationQuery,
  source: string | null,
  { called, about, args }: FunctionHead,
): string {
  const at = JSON.stringify(name);
  const run =
    source === null
      ? `graph.change(${at}, { ...params }, options)`
      : `graph.mutate(${source}, { ...params }, { ...options, name: ${at} })`;
  return `\n${about}export async function ${called}(graph: Writer, ${args}, options: Writing = {}): Promise<MutationAnswer> {
  return ${run};\n}\n`;
}

/** A comment of documentation; a text of somebody else does not end it. */
function comment(text: string): string {
  return `/** ${text.replaceAll("*/", "*\\/").replaceAll(/\s+/g, " ")} */\n`;
}
