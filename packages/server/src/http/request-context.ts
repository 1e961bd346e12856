import type { OmnigraphError } from "@omnigraph/base";
import type { Caller } from "../boot/served-graph.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who calls, once that is known. */
    caller: Caller;
    /** The graph that is called, for the log. */
    graphId: string | null;
    /** Why the call failed, for the log. */
    failure: OmnigraphError | null;
    /** Aborts when whoever called has left. */
    left: AbortSignal;
  }
}
