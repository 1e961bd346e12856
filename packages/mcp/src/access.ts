import type { OmnigraphError } from "@omnigraph/base";
import type { StoredQueryJson } from "@omnigraph/wire";
import type { Omnigraph } from "omnigraph";

/** A stored query as a tool: what is run is the source that it stands in, by its name. */
export interface StoredTool {
  readonly source: string;
  readonly json: StoredQueryJson;
}

/** A failure as the caller is told of it. */
export interface Told {
  readonly error: OmnigraphError;
  /** In place of the error's own message, which may name what is not for everybody. */
  readonly message: string;
}

/** What ends a call, as the library takes it. */
export interface AgentLimits {
  readonly signal: AbortSignal;
  readonly deadlineMs?: number;
}

/** One graph as one agent uses it. Whoever implements it puts its gate and its policy behind each member. */
export interface GraphAccess {
  /** How answers name the graph. */
  readonly address: string;
  /** Who writes; null if nobody is named. */
  readonly actor: string | null;
  /** The branch that a call means that names none. */
  readonly branch: string;
  /** Whether nothing is written, so that tools that write are not offered. */
  readonly isReadOnly: boolean;
  /** The graph as the agent's actor. */
  graph(): Promise<Omnigraph>;
  /** The same, for the run of a stored query. */
  stored(query: string): Promise<Omnigraph>;
  /** The stored queries that the actor may run, by name. */
  queries(): Promise<readonly StoredTool[]>;
  /** Admits a write; the function that it answers is called once it has ended. Errors: `too_many_requests`. */
  admit(): () => void;
  /** What the agent is told of anything that was thrown. */
  told(thrown: unknown): Told;
}
