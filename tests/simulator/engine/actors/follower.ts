import { isError, present } from "@omnigraph/base";
import { entitiesIn } from "../../../support/models/feed-model.ts";
import { CONSUMERS } from "../consumers.ts";
import { withoutExtras } from "../schemas.ts";
import { type Actor, limitsOf } from "./actor.ts";

/** Polls the change feed for one of the consumers of the run, and takes a baseline where its feed cannot go on. */
export const follower: Actor<"follow"> = {
  kind: "follow",
  weight: 10,
  draw: ({ random }) => {
    const consumer = random.integer(CONSUMERS.length);
    const branch = CONSUMERS[consumer]?.branch ?? "main";
    return { action: { kind: "follow", branch, consumer, limit: 1 + random.integer(6) }, isNamed: false };
  },
  perform: async ({ graph, consumers }, { branch, consumer: index, limit }, limits, call) => {
    const consumer = present(consumers.of(call.root)[index], "consumer");
    const asked = consumer.position;
    const options = { branch, ...limitsOf(limits) };
    if (asked === null) {
      const pieces = graph.changes.baseline(options);
      let text = "";
      let piece = await pieces.next();
      for (; piece.done !== true; piece = await pieces.next()) text += Buffer.from(piece.value).toString();
      consumer.begin(asked, piece.value, call.begunMs);
      return {
        kind: "done",
        commit: piece.value.commit,
        lines: entitiesIn(text.slice(0, text.lastIndexOf('{"baseline"'))).map(withoutExtras),
      };
    }
    call.sinceMs = asked.sinceMs;
    try {
      const page = await graph.changes.poll({ ...options, ...asked.next, limit });
      const isKept = consumer.keep(asked, page, call.begunMs);
      return { kind: "done", commit: consumer.last, caughtUp: isKept && page.caughtUp === true };
    } catch (error) {
      if (isError(error, "change_feed_gap") || isError(error, "cursor_invalid"))
        consumer.end(asked, error.reason);
      throw error;
    }
  },
};
