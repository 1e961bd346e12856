import { isError, LIMITS, OmnigraphError } from "@omnigraph/base";
import type { AddressInfo } from "node:net";
import { type Logger, pino } from "pino";
import type { Release } from "./boot/served.ts";
import { Served } from "./boot/served.ts";
import type { ServerSource } from "./boot/sources.ts";
import type { Tokens } from "./boot/tokens.ts";
import { appOf } from "./app.ts";

/** How a server is started. */
export interface ServeOptions {
  readonly source: ServerSource;
  /** Null: nobody is asked who they are, and everything is permitted. */
  readonly tokens: Tokens | null;
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
  /** Takes the tokens that are there now in place of the former ones. If they cannot be read, those stay, and the log says why. */
  renew(tokens: Promise<Tokens | null>): Promise<void>;
  /** Accepts nothing more, finishes what it has accepted, and closes the graphs. */
  stop(): Promise<void>;
}

/** Starts a server. Errors: `usage` for tokens without policies and the reverse, `policy_invalid`, `listen_failed`, those of opening a graph. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { source, tokens, host, port, release } = options;
  checkAccess(source, tokens);
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, options.log);
  const served = new Served(source, tokens, release, {
    onDecision: ({ actor, action, branch, target, query }, { isAllowed, rules, failures }) => {
      if (!isAllowed || failures.length > 0)
        log.info({ actor, action, branch, target, query, rules, failures }, "refused");
    },
    onFailure: (graph, err) => log.error({ graph, err }, "a graph cannot be opened"),
  });
  await openAll(served, options.requireAllGraphs);
  const app = appOf(served, log);
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await closeAll(served, true);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OmnigraphError("listen_failed", `cannot listen at ${host}:${port}: ${why}`, { cause });
  }
  // Cast: what listens at a port has an address of this kind.
  const { port: found } = app.server.address() as AddressInfo;
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${found}`;
  if (tokens === null) log.warn("nobody is asked who they are: everything is permitted to everybody");
  log.info({ address, graphs: [...served.graphs.keys()] }, "listening");
  let stopping: Promise<void> | null = null;
  return {
    address,
    renew: (renewed) => renew(served, renewed, log),
    stop: () => (stopping ??= stopped(served, () => app.close(), log)),
  };
}

async function renew(served: Served, tokens: Promise<Tokens | null>, log: Logger): Promise<void> {
  try {
    const renewed = await tokens;
    if (renewed !== null) served.renew(renewed);
    log.info({ tokens: renewed?.size ?? 0 }, "tokens read again");
  } catch (err) {
    log.error({ err }, "tokens cannot be read again; the former ones stay");
  }
}

async function stopped(served: Served, close: () => PromiseLike<unknown>, log: Logger): Promise<void> {
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
function checkAccess({ graphs, policies }: ServerSource, tokens: Tokens | null): void {
  const hasPolicy = policies.length > 0 || graphs.some((graph) => graph.policies.length > 0);
  if (tokens === null && hasPolicy)
    throw new OmnigraphError(
      "usage",
      "there are policies and no tokens, so nobody could be told from anybody: set OMNIGRAPH_SERVER_BEARER_TOKENS_FILE",
    );
}
