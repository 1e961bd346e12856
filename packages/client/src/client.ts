import type { CallOptions } from "omnigraph";
import { RemoteGraph } from "./remote-graph.ts";
import { type ClientOptions, type Sending, Transport } from "./transport.ts";

/** A graph of a server, as its list shows it. */
export interface ServedGraphInfo {
  /** Its id. */
  readonly id: string;
  /** Its path on the server. */
  readonly uri: string;
}

/** What a server is. */
export interface ServerHealth {
  /** The contract that it speaks. */
  readonly contract: string;
  /** Version of its software; null where it does not tell. */
  readonly version: string | null;
}

/**
 * A server of Omnigraph, called by `fetch`: in Node, browsers, Deno and Bun. A call is repeated where it is known to have done nothing.
 *
 * @throws `usage` for an address that is none of a server
 * @throws as `RemoteGraph` by any call
 */
export class OmnigraphClient {
  readonly #transport: Transport;

  constructor(address: string, options: ClientOptions = {}) {
    this.#transport = new Transport(address, options);
  }

  /** One of its graphs. Nothing is sent. */
  graph(id: string): RemoteGraph {
    return new RemoteGraph(this.#transport, id);
  }

  /**
   * The graphs on which the caller may do anything, by id.
   *
   * @throws `permission_denied`
   */
  async graphs(options: CallOptions = {}): Promise<readonly ServedGraphInfo[]> {
    const json = await this.#transport.json(reading("graphs", options));
    return json.objects("graphs").map((graph) => ({ id: graph.text("graph_id"), uri: graph.text("uri") }));
  }

  /** That it runs. */
  async health(options: CallOptions = {}): Promise<ServerHealth> {
    const json = await this.#transport.json(reading("healthz", options));
    return { contract: json.text("version"), version: json.textOrNull("source_version") };
  }
}

function reading(name: string, limits: CallOptions): Sending {
  return { call: name, method: "GET", path: [name], isWrite: false, limits };
}
