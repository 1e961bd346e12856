import { isError, LIMITS, OmnigraphError } from "@omnigraph/base";
import type { AddressInfo } from "node:net";
import { type Logger, pino } from "pino";
import { type Configuration, WatchedConfiguration } from "./boot/configuration.ts";
import type { Release, ServedEvents } from "./boot/served.ts";
import { Served } from "./boot/served.ts";
import { appOf } from "./app.ts";
import { endingUnused } from "./http/connections.ts";
import { checkOrigins } from "./http/cors.ts";
import { type Listener, listenerOf } from "./http/listener.ts";

/** How a server is started. */
export interface ServeOptions {
  /** Reads what the server is set up with: at the start, at each reload, and every `watchMs`. */
  readonly read: () => Promise<Configuration>;
  /** Default: the limit `httpWatchMs`. */
  readonly watchMs?: number;
  /** Origins whose pages may call: `https://app.example.org`, or `*`. */
  readonly origins?: readonly string[];
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly release: Release;
  /** Whether a graph that does not open ends the start. */
  readonly requireAllGraphs: boolean;
  /** Where the log goes, a JSON object a line. */
  readonly log: { write(line: string): void };
}

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Reads its configuration again, and has it count. If it cannot be understood, the former one stays, and the log says why. */
  reload(): Promise<void>;
  /** Accepts nothing more, finishes what it has accepted, and closes the graphs. */
  stop(): Promise<void>;
}

/**
 * Starts a server. Errors: `usage` for tokens without policies and the reverse, and for origins that are none, `policy_invalid`, `config_invalid`, `listen_failed`, those
 * of reading its configuration and of opening a graph.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { read, host, port, release, origins = [] } = options;
  const first = await read();
  checkAccess(first);
  checkOrigins(origins);
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, options.log);
  const listener = listenerOf(first.tls);
  const served = new Served(first.source, first.tokens, release, eventsOf(log));
  await openAll(served, options.requireAllGraphs);
  const app = appOf(served, log, listener, origins);
  const endUnused = endingUnused(app.server);
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await closeAll(served, true);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OmnigraphError("listen_failed", `cannot listen at ${host}:${port}: ${why}`, { cause });
  }
  const configuration = watched(first, options, { served, listener, log });
  // Cast: what listens at a port has an address of this kind.
  const { port: found } = app.server.address() as AddressInfo;
  const address = `${listener.scheme}://${host.includes(":") ? `[${host}]` : host}:${found}`;
  if (first.tokens === null) log.warn("nobody is asked who they are: everything is permitted to everybody");
  log.info({ address, deployment: served.deployment, graphs: [...served.graphs.keys()] }, "listening");
  let stopping: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    endUnused();
    await configuration.stop();
    await app.close();
  };
  const stop = (): Promise<void> => stopped(served, close, log);
  return { address, reload: () => configuration.reload(), stop: () => (stopping ??= stop()) };
}

function eventsOf(log: Logger): ServedEvents {
  return {
    onDecision: ({ actor, action, branch, target, query }, { isAllowed, rules, failures }) => {
      if (!isAllowed || failures.length > 0)
        log.info({ actor, action, branch, target, query, rules, failures }, "refused");
    },
    onFailure: (graph, err) => log.error({ graph, err }, "a graph cannot be opened"),
  };
}

interface Running {
  readonly served: Served;
  readonly listener: Listener;
  readonly log: Logger;
}

/** Has changes of the configuration count while the server runs. */
function watched(
  first: Configuration,
  { read, watchMs }: ServeOptions,
  { served, listener, log }: Running,
): WatchedConfiguration {
  const configuration = new WatchedConfiguration(first, read, {
    apply: async (renewed) => {
      checkAccess(renewed);
      // What can fail comes first, so that all of it counts or nothing.
      if (renewed.tls !== null) listener.check(renewed.tls);
      await served.replace(renewed.source, renewed.tokens);
      if (renewed.tls !== null) listener.renew(renewed.tls);
    },
    onApplied: ({ source, tokens }) =>
      log.info(
        { tokens: tokens?.size ?? 0, deployment: source.id, graphs: source.graphs.map(({ id }) => id) },
        "configuration read again",
      ),
    onFailed: (err) => log.error({ err }, "the configuration cannot be read again; the former one stays"),
    onStale: (isStale) => (served.isStale = isStale),
  });
  configuration.start(watchMs);
  return configuration;
}

async function stopped(served: Served, close: () => Promise<void>, log: Logger): Promise<void> {
  served.stop();
  log.info("stopping");
  const late = setTimeout(() => void closeAll(served, true), LIMITS.httpStopMs.value);
  try {
    await close();
  } finally {
    clearTimeout(late);
  }
  await closeAll(served, false);
  log.info("stopped");
}

/** Errors: with `requireAll` why a graph cannot be opened; then none is left open. */
async function openAll(served: Served, requireAll: boolean): Promise<void> {
  const opened = await Promise.allSettled([...served.graphs.values()].map((graph) => graph.opened()));
  const failed = opened.find((each) => each.status === "rejected");
  if (failed === undefined || !requireAll) return;
  await closeAll(served, true);
  const thrown: unknown = failed.reason;
  throw isError(thrown) && isError(thrown.cause) ? thrown.cause : thrown;
}

async function closeAll(served: Served, abort: boolean): Promise<void> {
  await Promise.all([...served.graphs.values()].map((graph) => graph.close(abort)));
}

/** A policy without tokens would refuse everybody, or nobody. Errors: `usage`. */
function checkAccess({ source: { graphs, policies }, tokens }: Configuration): void {
  const hasPolicy = policies.length > 0 || graphs.some((graph) => graph.policies.length > 0);
  if (tokens === null && hasPolicy)
    throw new OmnigraphError(
      "usage",
      "there are policies and no tokens, so nobody could be told from anybody: set OMNIGRAPH_SERVER_BEARER_TOKENS_FILE",
    );
}
