import type { OmnigraphError } from "@omnigraph/base";
import type { Caller, ServedGraph } from "../boot/served-graph.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who calls, once that is known. */
    caller: Caller;
    /** The graph that is called, once that is known. */
    graph: ServedGraph | null;
    /** Whether the call is a write, whose failures tell what became of it. */
    isWrite: boolean;
    /** Why the call failed, for the log. */
    failure: OmnigraphError | null;
    /** Aborts when whoever called has left. */
    left: AbortSignal;
  }
}
