import type { LogFound } from "./logs.ts";

/** A span of virtual time, both ends included. */
export interface Span {
  readonly begunMs: number;
  readonly endedMs: number;
}

/** A commit that was the head of a log at some moment of a span. */
export interface Head {
  readonly log: LogFound;
  readonly commit: string;
}

/** The logs that a name led to at some moment of a span. */
export function logsOf(
  name: string,
  logs: readonly LogFound[],
  { begunMs, endedMs }: Span,
): readonly LogFound[] {
  return logs.filter((log) => log.name === name && log.namedMs <= endedMs && log.sealedMs >= begunMs);
}

/** The commits that were heads of a name at some moment of a span: what a call that took so long may have seen. */
export function headsOf(name: string, logs: readonly LogFound[], span: Span): readonly Head[] {
  return logsOf(name, logs, span).flatMap((log) => headsIn(log, span));
}

/** Whether a name led to a living log at every moment of a span. */
export function isThroughout(name: string, logs: readonly LogFound[], { begunMs, endedMs }: Span): boolean {
  return logs.some((log) => log.name === name && log.namedMs < begunMs && log.sealedMs > endedMs);
}

function headsIn(log: LogFound, { begunMs, endedMs }: Span): readonly Head[] {
  const states = log.commits.map(({ record, sinceMs }) => ({ commit: record.header.id as string, sinceMs }));
  if (log.fork !== null) states.unshift({ commit: log.fork, sinceMs: -Infinity });
  return states
    .filter(({ sinceMs }, i) => sinceMs <= endedMs && (states[i + 1]?.sinceMs ?? Infinity) >= begunMs)
    .map(({ commit }) => ({ log, commit }));
}
