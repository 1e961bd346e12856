import { LIMITS, OmnigraphError } from "@omnigraph/base";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createSecureContext } from "node:tls";
import type { TlsFiles } from "../boot/configuration.ts";

/** As long as fastify keeps connections that are idle. */
const KEEP_ALIVE_MS = 72_000;

/** What listens, over TLS or not. */
export interface Listener {
  readonly scheme: "http" | "https";
  readonly make: (handler: RequestListener) => Server;
  /** Errors: `config_invalid`. */
  readonly check: (tls: TlsFiles) => void;
  /** Gives new connections another certificate. */
  readonly renew: (tls: TlsFiles) => void;
}

/** Errors: `config_invalid` for a certificate and a key that are none, or do not belong together. */
export function listenerOf(tls: TlsFiles | null): Listener {
  // Every stream has a limit of its own: a large load takes as long as it takes.
  // Node would take no limit for the headers either, where there is none for the whole.
  const limits = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: 0,
    headersTimeout: LIMITS.httpBodyMs.value,
  };
  if (tls === null)
    return {
      scheme: "http",
      make: (handler) => createServer(limits, handler),
      check: () => undefined,
      renew: () => undefined,
    };
  checkTls(tls);
  const server = createSecureServer({ ...limits, ...tls });
  return {
    scheme: "https",
    make: (handler) => server.on("request", handler),
    check: checkTls,
    renew: (renewed) => server.setSecureContext({ ...renewed }),
  };
}

/** Neither is told in what is thrown. */
function checkTls(tls: TlsFiles): void {
  try {
    createSecureContext({ ...tls });
  } catch {
    throw new OmnigraphError(
      "config_invalid",
      "the certificate and the key of the server are no PEM, or do not belong together",
    );
  }
}
