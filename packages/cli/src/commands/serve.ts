import { LIMITS, OmnigraphError } from "@omnigraph/base";
import type { Deployments } from "@omnigraph/cluster";
import {
  readTokens,
  type RunningServer,
  serve,
  type ServeFlags,
  sourceOfFlags,
  textOf,
  type TlsFiles,
  type Tokens,
} from "@omnigraph/server";
import { surroundings } from "../clusters.ts";
import type { Context } from "../context.ts";
import type { Define } from "../define.ts";
import { also } from "../options.ts";
import { shown } from "../output/shown.ts";
import { INTERNAL_SCHEMA_VERSION, VERSION } from "../version.ts";

interface Options {
  readonly cluster?: string;
  readonly graph?: readonly string[];
  readonly policy?: readonly string[];
  readonly serverPolicy?: readonly string[];
  readonly queries?: readonly string[];
  readonly bind: string;
  readonly unauthenticated?: boolean;
  readonly requireAllGraphs?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly corsOrigin?: readonly string[];
}

const BIND = "127.0.0.1:8080";

export const define: Define = (command, context) => {
  withServeOptions(command);
  command.action(async (options: Options) => {
    const { host, port } = addressOf(options.bind);
    const { terminal } = context;
    checkSource(options);
    const cluster = options.cluster === undefined ? null : await deploymentsOf(options.cluster);
    await using _closing = { [Symbol.asyncDispose]: async () => cluster?.close() };
    const server = await serve({
      read: async () => ({
        tokens: await tokensOf(options),
        source: (await cluster?.latest()) ?? (await sourceOfFlags(flagsOf(options))),
        tls: await tlsOf(options),
      }),
      watchMs: LIMITS[cluster === null ? "httpWatchMs" : "clusterWatchMs"].value,
      origins: options.corsOrigin ?? [],
      host,
      port,
      release: { version: VERSION, format: INTERNAL_SCHEMA_VERSION },
      requireAllGraphs: options.cluster === undefined || options.requireAllGraphs === true,
      // Whoever read the log may have gone; the server stays.
      log: { write: (line) => void terminal.err.data(line).catch(() => undefined) },
    });
    await terminal.out.say(shown`listening on ${server.address}\n`);
    const reload = (): void => void server.reload();
    process.on("SIGHUP", reload);
    await untilStopped(context, server);
    process.off("SIGHUP", reload);
  });
};

function withServeOptions(command: Parameters<Define>[0]): void {
  command
    .description(
      "Serves graphs over HTTP until it is interrupted. Tokens are in OMNIGRAPH_SERVER_BEARER_TOKENS_FILE or …_JSON, an object of tokens by actor, " +
        "or in OMNIGRAPH_SERVER_BEARER_TOKEN, of the actor default. Its log goes to standard error, a JSON object a line.",
    )
    .option("--graph <id=uri>", "serve a graph under an id; may be given several times", also)
    .option(
      "--policy <[id=]file>",
      "who may do what on a graph, or on each; may be given several times",
      also,
    )
    .option("--server-policy <file>", "who may list the graphs; may be given several times", also)
    .option(
      "--queries <[id=]folder>",
      "stored queries (.gq) of a graph, or of each; may be given several times",
      also,
    )
    .option("--cluster <folder|uri>", "serve what was applied last of a cluster: its folder, or its storage")
    .option("--bind <host:port>", "where to listen; port 0 is any that is free", BIND)
    .option("--unauthenticated", "ask nobody who they are, and permit everything")
    .option("--require-all-graphs", "end at once if a graph of the cluster cannot be opened")
    .option(
      "--tls-cert <file>",
      "speak TLS with this certificate (PEM, with what is between it and its root)",
    )
    .option("--tls-key <file>", "its private key (PEM)")
    .option(
      "--cors-origin <origin>",
      "let pages of this origin call, such as https://app.example.org, or * for any; may be given several times",
      also,
    )
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph serve --graph team=./team.omni --unauthenticated\n" +
        "  omnigraph serve --graph team=./team.omni --policy team.yaml --queries ./queries\n" +
        "  omnigraph serve --cluster ./company --bind 0.0.0.0:8080",
    );
}

/** Ends the server at SIGTERM or Ctrl-C, once what it has accepted is done. */
async function untilStopped({ signal }: Context, server: RunningServer): Promise<void> {
  await new Promise<void>((done) => {
    process.once("SIGTERM", done);
    signal.addEventListener("abort", () => done(), { once: true });
  });
  await server.stop();
}

async function deploymentsOf(cluster: string): Promise<Deployments> {
  const { Deployments: Opened } = await import("@omnigraph/cluster");
  return Opened.open(cluster, surroundings());
}

/** Errors: `usage` where nothing is named to be served, or too much. */
function checkSource({ cluster, ...flags }: Options): void {
  const all = [flags.graph, flags.policy, flags.serverPolicy, flags.queries].flatMap((each) => each ?? []);
  if (cluster === undefined && (flags.graph ?? []).length === 0)
    throw new OmnigraphError("usage", "nothing to serve: give --graph <id>=<uri>, or --cluster <folder>");
  if (cluster !== undefined && all.length > 0)
    throw new OmnigraphError(
      "usage",
      "a cluster names its graphs, policies and queries; leave their flags out",
    );
}

function flagsOf({ graph = [], policy = [], serverPolicy = [], queries = [] }: Options): ServeFlags {
  return {
    graphs: graph.map(graphOf),
    policies: policy.map((text) => named(text, graph)).map(({ id, rest }) => ({ graph: id, file: rest })),
    serverPolicies: serverPolicy,
    queries: queries.map((text) => named(text, graph)).map(({ id, rest }) => ({ graph: id, folder: rest })),
  };
}

function graphOf(text: string): { readonly id: string; readonly uri: string } {
  const at = text.indexOf("=");
  if (at > 0 && at < text.length - 1) return { id: text.slice(0, at), uri: text.slice(at + 1) };
  throw new OmnigraphError(
    "usage",
    `--graph takes an id and an address, such as team=./team.omni, not ${text}`,
  );
}

/** A text that may begin with the id of a graph that is served. */
function named(
  text: string,
  graphs: readonly string[],
): { readonly id: string | null; readonly rest: string } {
  const id = graphs.map((graph) => graphOf(graph).id).find((each) => text.startsWith(`${each}=`));
  return id === undefined ? { id: null, rest: text } : { id, rest: text.slice(id.length + 1) };
}

async function tokensOf({ unauthenticated }: Options): Promise<Tokens | null> {
  const env = process.env;
  const file = env["OMNIGRAPH_SERVER_BEARER_TOKENS_FILE"];
  const tokens = readTokens({
    file: file === undefined || file === "" ? undefined : await textOf(file),
    json: env["OMNIGRAPH_SERVER_BEARER_TOKENS_JSON"],
    single: env["OMNIGRAPH_SERVER_BEARER_TOKEN"],
  });
  if (tokens.size > 0 && unauthenticated === true)
    throw new OmnigraphError("usage", "there are tokens and --unauthenticated: leave one of them out");
  if (tokens.size > 0) return tokens;
  if (unauthenticated === true) return null;
  throw new OmnigraphError(
    "usage",
    "no tokens: set OMNIGRAPH_SERVER_BEARER_TOKENS_FILE to a JSON file of tokens by actor, or give --unauthenticated to permit everything to everybody",
  );
}

async function tlsOf({ tlsCert: cert, tlsKey: key }: Options): Promise<TlsFiles | null> {
  if (cert === undefined && key === undefined) return null;
  if (cert !== undefined && key !== undefined) return { cert: await textOf(cert), key: await textOf(key) };
  throw new OmnigraphError("usage", "--tls-cert and --tls-key go together; give both");
}

function addressOf(bind: string): { readonly host: string; readonly port: number } {
  const { groups } = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:]+)):(?<port>\d{1,5})$/.exec(bind) ?? {};
  const port = Number(groups?.["port"]);
  const host = groups?.["six"] ?? groups?.["host"];
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new OmnigraphError("usage", `--bind takes a host and a port, such as ${BIND}, not ${bind}`);
}
