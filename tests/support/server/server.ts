import { parseJson } from "@omnigraph/base";
import {
  type RunningServer,
  serve,
  type ServeFlags,
  sourceOfFlags,
  type TlsFiles,
  Tokens,
} from "@omnigraph/server";
import { SHAPES } from "@omnigraph/wire/schemas";
import { Omnigraph } from "omnigraph";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const SCHEMA = `node Person { slug: String @key  name: String  level: I32?  email: String? @unique }
node Team { slug: String @key }
edge Member: Person -> Team @card(0..1) { role: String? }
`;

export const DATA = [
  '{"type":"Person","data":{"slug":"ann","name":"Ann","level":5,"email":"ann@x.org"}}',
  '{"type":"Person","data":{"slug":"bob","name":"Bob"}}',
  '{"type":"Team","data":{"slug":"core"}}',
  '{"edge":"Member","from":"ann","to":"core","data":{"role":"lead"}}',
  "",
].join("\n");

export const PEOPLE = "query people() { match { $p: Person } return { $p.slug as slug } order { $p.slug } }";
export const ADD = "query add($s: String) { insert Person { slug: $s, name: $s } }";

const POLICY = `version: 1
groups: { readers: [ann, bob, root], editors: [ann], owners: [root], callers: [ann, bot] }
protected_branches: [main]
rules:
  - { id: read, allow: { actors: { group: readers }, actions: [read, export] } }
  - { id: stored, allow: { actors: { group: callers }, actions: [invoke_query] } }
  - { id: draft, allow: { actors: { group: editors }, actions: [change], branch_scope: unprotected } }
  - { id: fork, allow: { actors: { group: editors }, actions: [branch_create, branch_delete], target_branch_scope: unprotected } }
  - id: own
    allow: { actors: { group: owners }, actions: [change, schema_apply, branch_create, branch_delete, branch_merge, invoke_query] }
`;

const SERVER_POLICY = `version: 1
groups: { owners: [root, guest] }
rules: [{ id: list, allow: { actors: { group: owners }, actions: [graph_list] } }]
`;

/** Tokens by actor. `guest` has one, and no rule of the graph names it. */
export const TOKENS = new Map(
  ["ann", "bob", "bot", "root", "guest"].map((actor) => [actor, `secret-of-${actor}`]),
);

/** What a server is called with, and what is to be answered. */
export interface Sent {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
  readonly text: string;
}

/** A server of one graph, `team`, on a free port, with the log that it wrote. */
export interface TestServer {
  readonly address: string;
  readonly log: readonly string[];
  call(method: string, path: string, sent?: Sent): Promise<Told>;
  reload(): Promise<void>;
  stop(): Promise<void>;
}

interface Asked {
  /** Asked whenever the configuration is read. Default: all that there are. Null: nobody is asked who they are. */
  readonly tokens?: ReadonlyMap<string, string> | null;
  readonly hasPolicy?: boolean;
  readonly queries?: string;
  /** How often it looks for files that changed. Default: seldom, so that no test meets it. */
  readonly watchMs?: number;
  readonly origins?: readonly string[];
  /** Asked whenever the configuration is read. */
  readonly tls?: () => TlsFiles;
  readonly schema?: string;
  /** NDJSON that the graph begins with. */
  readonly data?: string;
}

/** Makes the graph and starts a server of it, in a folder. */
export async function testServer(
  folder: string,
  {
    tokens = TOKENS,
    hasPolicy = true,
    queries,
    watchMs = 600_000,
    origins = [],
    tls,
    schema = SCHEMA,
    data = DATA,
  }: Asked = {},
): Promise<TestServer> {
  const uri = join(folder, "team.omni");
  const graph = await Omnigraph.init(uri, { schema });
  await graph.load(data, { mode: "append", actor: "setup" });
  await graph.close();
  mkdirSync(join(folder, "queries"));
  writeFileSync(join(folder, "queries/team.gq"), queries ?? `${PEOPLE}\n${ADD}\n`);
  writeFileSync(join(folder, "team.yaml"), POLICY);
  writeFileSync(join(folder, "server.yaml"), SERVER_POLICY);
  const flags: ServeFlags = {
    graphs: [{ id: "team", uri }],
    policies: hasPolicy ? [{ graph: "team", file: join(folder, "team.yaml") }] : [],
    serverPolicies: hasPolicy ? [join(folder, "server.yaml")] : [],
    queries: [{ graph: null, folder: join(folder, "queries") }],
  };
  const log: string[] = [];
  const server = await serve({
    read: async () => ({
      source: await sourceOfFlags(flags),
      tokens: tokens === null ? null : new Tokens([...tokens]),
      tls: tls?.() ?? null,
    }),
    watchMs,
    origins,
    host: "127.0.0.1",
    port: 0,
    release: { version: "0.0.0", format: 1 },
    requireAllGraphs: true,
    log: { write: (line) => void log.push(line) },
  });
  return { ...server, log, call: (...args) => called(server, ...args) };
}

/** Calls a server; each answer in JSON has to be of the shape that the wire has for it. */
async function called(server: RunningServer, method: string, path: string, sent: Sent = {}): Promise<Told> {
  const { as, body, headers = {} } = sent;
  const isText = typeof body === "string" || body instanceof Uint8Array;
  const answer = await fetch(server.address + path, {
    method,
    redirect: "manual",
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${TOKENS.get(as) ?? as}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = (answer.headers.get("content-type") ?? "").startsWith("application/json");
  const json = isJson && text !== "" ? checked(method, path, answer.status, parseJson(text)) : {};
  return { status: answer.status, json, headers: answer.headers, text };
}

type ShapeName = keyof typeof SHAPES;

/** What each call answers, by the end of its path behind the graph. */
const ANSWERS: readonly (readonly [method: string, path: RegExp, shapes: readonly ShapeName[]])[] = [
  ["GET", /^\/healthz$/, ["health"]],
  ["GET", /^\/readyz$/, ["readiness"]],
  ["GET", /^\/graphs$/, ["graphList"]],
  ["GET", /\/snapshot$/, ["snapshot"]],
  ["GET", /\/schema$/, ["schema"]],
  ["POST", /\/schema\/apply$/, ["httpSchemaApply"]],
  ["POST", /\/query$/, ["query"]],
  ["POST", /\/read$/, ["legacyRead"]],
  ["POST", /\/(?:mutate|change)$/, ["httpMutation"]],
  ["POST", /\/if-graph-commit$/, ["httpMutation"]],
  ["GET", /\/queries$/, ["queryCatalog"]],
  ["POST", /\/queries\/[^/]+$/, ["query", "httpMutation"]],
  ["POST", /\/(?:load|ingest)$/, ["ingest"]],
  ["POST", /\/load\/ndjson$/, ["batchLoad"]],
  ["GET", /\/branches$/, ["branchList"]],
  ["POST", /\/branches$/, ["branchCreated"]],
  ["POST", /\/branches\/merge$/, ["httpMerge", "merge", "mergePreview"]],
  ["DELETE", /\/branches\/[^/]+$/, ["branchDeleted"]],
  ["GET", /\/commits$/, ["httpCommitList"]],
  ["GET", /\/commits\/[^/]+$/, ["httpCommit"]],
  ["GET", /\/commits\/[^/]+\/changes$/, ["commitChanges"]],
  ["GET", /\/branches\/[^/]+\/diff\/[^/]+$/, ["diff"]],
  ["GET", /\/writes\/[^/]+$/, ["writeFate"]],
  ["POST", /\/explain$/, ["explain"]],
  ["GET", /\/changes$/, ["feed"]],
  ["POST", /\/mcp$/, ["agentAnswer"]],
];

function checked(
  method: string,
  path: string,
  status: number,
  json: unknown,
): Readonly<Record<string, unknown>> {
  // As `fetch` tidies it up.
  const { pathname: bare } = new URL(path, "http://server");
  const shapes: readonly ShapeName[] =
    status >= 400 && bare !== "/readyz"
      ? ["httpError"]
      : (ANSWERS.find(([verb, pattern]) => verb === method && pattern.test(bare))?.[2] ?? []);
  if (bare !== "/openapi.json" && !shapes.some((name) => SHAPES[name].safeParse(json).success))
    throw new Error(`${method} ${path} answers ${status} of no shape of its: ${JSON.stringify(json)}`);
  // Cast: every shape is an object.
  return json as Readonly<Record<string, unknown>>;
}
