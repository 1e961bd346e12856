import { isError, LIMITS, OmnigraphError, writeJson } from "@omnigraph/base";
import { feedJson } from "@omnigraph/wire";
import type { FeedPage, PollOptions } from "omnigraph";
import { setTimeout as pause } from "node:timers/promises";

/** Where a stream of changes goes on. */
export type EventPosition = Pick<PollOptions, "start" | "cursor" | "pageToken">;

/** What a stream of changes is made of. */
export interface ChangeEvents {
  readonly from: EventPosition;
  readonly poll: (from: EventPosition) => Promise<FeedPage>;
  /** Whether it goes on: asked before each page. */
  readonly goesOn: () => boolean;
  /** Wakes it up to be asked whether it goes on. */
  readonly signal: AbortSignal;
  /** What is told of a failure in its midst. */
  readonly told: (failure: OmnigraphError) => object;
  readonly pollMs?: number;
  readonly heartbeatMs?: number;
}

/** A cursor, or a page token within a commit. */
const ID = /^(?<kind>[cp])\.(?<token>.+)$/s;

/** Where a client's header `Last-Event-ID` has it go on. Errors: `request_invalid`. */
export function positionOf(id: string): EventPosition {
  const { kind, token } = ID.exec(id)?.groups ?? {};
  if (token === undefined)
    throw new OmnigraphError(
      "request_invalid",
      "Last-Event-ID is no id of an event of this stream; leave it out to begin anew",
    );
  return kind === "c" ? { cursor: token } : { pageToken: token };
}

/**
 * Pages of a feed as server-sent events, for as long as somebody reads. The id of each tells where the next one begins. Where there is nothing to tell for a while,
 * an id alone is sent, which no client takes for an event. Errors: of the first page; a later failure is the last event.
 */
export async function* changeEvents(stream: ChangeEvents): AsyncGenerator<Uint8Array> {
  const { poll, signal, told, pollMs = LIMITS.httpPollMs.value } = stream;
  const { heartbeatMs = LIMITS.httpHeartbeatMs.value } = stream;
  let { from } = stream;
  let saidAt: number | null = null;
  while (stream.goesOn()) {
    let page: FeedPage;
    try {
      page = await poll(from);
    } catch (thrown) {
      if (saidAt === null || !isError(thrown)) throw thrown;
      yield Buffer.from(`event: failure\ndata: ${writeJson(told(thrown))}\n\n`);
      return;
    }
    const id = page.nextPageToken === null ? `c.${page.cursor ?? ""}` : `p.${page.nextPageToken}`;
    from = positionOf(id);
    const now = performance.now();
    const hasChanges = page.blocks.length > 0;
    if (hasChanges || saidAt === null || now - saidAt >= heartbeatMs) {
      yield Buffer.from(
        hasChanges ? `id: ${id}\nevent: changes\ndata: ${writeJson(feedJson(page))}\n\n` : `id: ${id}\n\n`,
      );
      saidAt = now;
    }
    if (page.caughtUp === true) await pause(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
