import { isError, OmnigraphError } from "@omnigraph/base";
import { type GraphAccess, serveAgent } from "@omnigraph/mcp";
import type { Readable, Writable } from "node:stream";
import { ServedGraph } from "../boot/served-graph.ts";
import type { GraphSource } from "../boot/sources.ts";
import { failureOf } from "../http/failures.ts";
import { accessOf } from "./access.ts";

/** How a graph is served to one agent. */
interface AgentOptions {
  readonly source: GraphSource;
  /** Who writes, and whom the policy is asked about; null for nobody. */
  readonly actor: string | null;
  /** The branch that a call means that names none. */
  readonly branch: string;
  readonly isReadOnly: boolean;
  /** Of the software. */
  readonly version: string;
  readonly input: Readable;
  readonly output: Writable;
  /** Ends it at once, and stops what runs. */
  readonly signal: AbortSignal;
}

/** Serves a graph to one agent until the input ends. Errors: `usage` for a policy without an actor, `policy_invalid`, those of opening the graph. */
export async function serveOneAgent(options: AgentOptions): Promise<void> {
  const { source, actor, branch, isReadOnly, version, input, output, signal } = options;
  const graph = new ServedGraph(
    source,
    () => undefined,
    () => undefined,
    { isTrusting: true, isReadOnly },
  );
  if (source.policies.length > 0 && actor === null)
    throw new OmnigraphError(
      "usage",
      "there is a policy, and nobody for whom it is asked: give --actor <name>",
    );
  const access: GraphAccess = accessOf(graph, {
    caller: actor === null ? null : { actor },
    address: source.uri,
    branch,
    isReadOnly,
    // One agent can crowd out nobody but itself.
    admit: () => () => undefined,
    told: (thrown) => {
      const error = failureOf(thrown);
      return { error, message: isError(thrown) ? thrown.message : String(thrown) };
    },
  });
  try {
    await orCause(graph.opened());
    await serveAgent(access, { input, output }, { version, stop: signal });
  } finally {
    await graph.close(signal.aborted);
  }
}

/** Why a graph cannot be opened, which who starts it may know. */
async function orCause<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (thrown) {
    throw isError(thrown) && isError(thrown.cause) ? thrown.cause : thrown;
  }
}
