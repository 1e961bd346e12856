import { isError, OmnigraphError, type Reason } from "@omnigraph/base";

/** What is known of a call that failed on its way. */
export interface Sent {
  readonly call: string;
  /** Whether it may have had an effect. */
  readonly isWrite: boolean;
  /** Whether its answer had begun. */
  readonly hasAnswer: boolean;
}

/** Failures of a server that say that the call did nothing, and may go well a moment later. */
const REFUSALS: readonly Reason[] = [
  "too_many_requests",
  "server_stopping",
  "graph_unavailable",
  "server_unreachable",
];

/** Failures after which a call that has no effect may be repeated as well. */
const OF_READS: readonly Reason[] = ["answer_cut_off", "store_transient"];

/** Whether a call is known to have done nothing, and may be repeated. */
export function isRefusal(thrown: unknown, isWrite: boolean): boolean {
  if (!isError(thrown)) return false;
  return REFUSALS.includes(thrown.reason) || (!isWrite && OF_READS.includes(thrown.reason));
}

/** Codes of Node, Deno and Bun for what failed before a byte of a call was sent. */
const UNSENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
  "FailedToOpenSocket",
]);

/** A call that the network failed. A write whose answer is lost may have been done. */
export function networkFailure(cause: unknown, { call, isWrite, hasAnswer }: Sent): OmnigraphError {
  const why = reasonIn(cause);
  if (!hasAnswer && isUnsent(cause))
    return new OmnigraphError("server_unreachable", `${call}: the server cannot be reached: ${why}`, {
      cause,
    });
  if (isWrite)
    return new OmnigraphError(
      "outcome_unknown",
      `${call}: the server's answer was lost (${why}), so it may have been done: look whether it was, or repeat it under the same op`,
      { cause },
    );
  return hasAnswer
    ? new OmnigraphError("answer_cut_off", `${call}: the answer of the server ended early: ${why}`, { cause })
    : new OmnigraphError("server_unreachable", `${call}: the server did not answer: ${why}`, { cause });
}

/** The names that a server gives to the sources of calls. */
const NAMES = { query: "<query>", schema: "schema.pg" } as const;

/** Runs a call about a source that has a name: what is wrong with it is told by that. */
export async function namingSource<T>(
  kind: keyof typeof NAMES,
  file: string | undefined,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw file === undefined || !isError(thrown) ? thrown : renamed(thrown, NAMES[kind], file);
  }
}

function renamed(error: OmnigraphError, from: string, to: string): OmnigraphError {
  const { diagnostics, ...others } = error.details;
  const named = Array.isArray(diagnostics)
    ? {
        diagnostics: diagnostics.map((one: object) =>
          "file" in one && one.file === from ? { ...one, file: to } : one,
        ),
      }
    : {};
  const details = { ...others, ...named };
  return new OmnigraphError(error.reason, error.message.replaceAll(from, to), { details, cause: error });
}

function isUnsent(cause: unknown): boolean {
  return [...causesOf(cause)].some((each) => "code" in each && UNSENT.has(String(each.code)));
}

function reasonIn(cause: unknown): string {
  const [last] = [...causesOf(cause)].toReversed();
  const code = last !== undefined && "code" in last ? String(last.code) : "";
  return last === undefined ? String(cause) : last.message || code;
}

function* causesOf(thrown: unknown): Generator<Error> {
  if (!(thrown instanceof Error)) return;
  yield thrown;
  yield* causesOf(thrown.cause);
  // A host with several addresses fails once for each.
  if (thrown instanceof AggregateError) for (const each of thrown.errors) yield* causesOf(each);
}
