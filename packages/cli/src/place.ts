import { given, OmnigraphError, present } from "@omnigraph/base";
import type { GraphCalls, OmnigraphClient, RemoteGraph } from "@omnigraph/client";
import type { Omnigraph, OpenOptions } from "omnigraph";
import type { NamedPlace } from "./configuration.ts";
import type { Context, GlobalOptions } from "./context.ts";
import type { NamedServer } from "./settings.ts";

/** Where the graph of a command is. `uri` is what answers and messages call it. */
export type Place =
  | { readonly kind: "store"; readonly uri: string }
  | {
      readonly kind: "server";
      readonly uri: string;
      readonly server: NamedServer;
      readonly graph: string;
    };

/**
 * Where the graph is: exactly one of the positional argument, `--store`, `--uri`, `--server` with `--graph`, and `--profile`; else OMNIGRAPH_STORE; else the
 * defaults of the configuration file. Errors: `usage`, `config_invalid`, `file_unreadable`.
 */
export async function placeOf(context: Context, options: GlobalOptions, positional?: string): Promise<Place> {
  const { settings } = context;
  const { store, uri, server, profile, graph } = options;
  const named = [
    ...(positional === undefined ? [] : [positional]),
    ...(store === undefined ? [] : [`--store ${store}`]),
    ...(uri === undefined ? [] : [`--uri ${uri}`]),
    ...(server === undefined ? [] : [`--server ${server}`]),
    ...(profile === undefined ? [] : [`--profile ${profile}`]),
  ];
  if (named.length > 1)
    throw new OmnigraphError("usage", `the graph is named twice: ${named.join(" and ")}; give one`);
  const address = positional ?? store ?? uri;
  if (address !== undefined) return storeAt(address, graph);
  if (server !== undefined) return await servedAt(context, given({ server, graph }));
  if (profile !== undefined) return await profiled(context, profile, graph);
  const fallback = settings.variable("OMNIGRAPH_STORE");
  if (fallback !== undefined) return storeAt(fallback, graph);
  const { defaults } = await settings.configuration();
  if (defaults.profile !== undefined) return await profiled(context, defaults.profile, graph);
  if (defaults.server !== undefined || defaults.store !== undefined)
    return await placeAt(context, { ...defaults, ...given({ graph }) });
  throw new OmnigraphError(
    "usage",
    "no graph named: give its address as an argument (./my.omni) or with --store <uri>, or --server and --graph, or set OMNIGRAPH_STORE, " +
      `or defaults.store in ${settings.path}`,
  );
}

/** As `placeOf`, for what only the store of a graph can do. Errors: `not_on_server` too. */
export async function storeOf(
  context: Context,
  options: GlobalOptions,
  positional?: string,
): Promise<string> {
  const place = await placeOf(context, options, positional);
  if (place.kind === "store") return place.uri;
  throw new OmnigraphError(
    "not_on_server",
    `this command works on the store of a graph, and not on the server ${place.server.address}; nothing was done`,
  );
}

/** A graph that is open for a command: in its store, or on a server. */
export interface OpenGraph extends AsyncDisposable {
  readonly graph: GraphCalls;
  /** Null on a server. */
  readonly local: Omnigraph | null;
  /** Null in a store. */
  readonly remote: RemoteGraph | null;
}

/** Opens the graph of a command. Nothing is sent to a server. Errors: those of opening a graph, and of its token. */
export async function openAt(
  context: Context,
  place: Place,
  options: Pick<OpenOptions, "readOnly" | "maintenance"> = {},
): Promise<OpenGraph> {
  if (place.kind === "store") {
    const { Omnigraph: Library } = await import("omnigraph");
    const local = await Library.open(place.uri, options);
    return { graph: local, local, remote: null, [Symbol.asyncDispose]: () => local.close() };
  }
  const client = await clientOf(context, place.server);
  const remote = client.graph(place.graph);
  return { graph: remote, local: null, remote, [Symbol.asyncDispose]: async () => undefined };
}

/** The library's graph, for what only that can do. Errors: `not_on_server`. */
export function localOf({ local }: OpenGraph, what: string): Omnigraph {
  if (local !== null) return local;
  throw new OmnigraphError("not_on_server", `a server cannot do ${what}; nothing was sent`);
}

/** The server's graph, for the queries that are stored there: whoever asks has looked that it is one. */
export function storedIn({ remote }: OpenGraph): RemoteGraph {
  return present(remote, "graph of a server");
}

/** A client of a server, with the token that is for it. Errors: `config_invalid`, `file_unreadable`, `usage`. */
export async function clientOf({ settings }: Context, server: NamedServer): Promise<OmnigraphClient> {
  const { tokenFor } = await import("./credentials.ts");
  const token = await tokenFor(settings, server);
  const { OmnigraphClient: Client } = await import("@omnigraph/client");
  return new Client(server.address, given({ token }));
}

function storeAt(uri: string, graph: string | undefined): Place {
  if (graph === undefined) return { kind: "store", uri };
  throw new OmnigraphError(
    "usage",
    `--graph names a graph of a server, and ${uri} is a store; leave one out`,
  );
}

async function profiled(context: Context, name: string, graph: string | undefined): Promise<Place> {
  return placeAt(context, { ...(await profileOf(context, name)), ...given({ graph }) });
}

/** A profile of the configuration file. Errors: `usage`. */
export async function profileOf({ settings }: Context, name: string): Promise<NamedPlace> {
  const { profiles } = await settings.configuration();
  const found = profiles.get(name);
  if (found !== undefined) return found;
  const names = [...profiles.keys()].join(", ");
  throw new OmnigraphError(
    "usage",
    `there is no profile ${name} in ${settings.path}${names === "" ? "" : `: ${names}`}`,
  );
}

function placeAt(context: Context, place: NamedPlace): Promise<Place> | Place {
  const { store, server, graph } = place;
  if (store !== undefined && server === undefined) return storeAt(store, undefined);
  if (server !== undefined && store === undefined) return servedAt(context, given({ server, graph }));
  throw new OmnigraphError(
    "usage",
    `${context.settings.path} must name a store, or a server and a graph of it, and not both`,
  );
}

async function servedAt(
  { settings }: Context,
  { server: named, graph }: { readonly server: string; readonly graph?: string },
): Promise<Place> {
  const server = await settings.server(named);
  const id = graph ?? (await settings.configuration()).defaults.graph;
  if (id === undefined)
    throw new OmnigraphError("usage", `name a graph of the server ${named}: --graph <id>`);
  const uri = `${server.address.replace(/\/+$/u, "")}/graphs/${encodeURIComponent(id)}`;
  return { kind: "server", uri, server, graph: id };
}
