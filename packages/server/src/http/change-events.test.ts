import type { FeedPage } from "omnigraph";
import { expect, test } from "vitest";
import { changeEvents, type EventPosition, positionOf } from "./change-events.ts";
import { OmnigraphError } from "@omnigraph/base";

const page = (cursor: string | null, blocks: FeedPage["blocks"] = []): FeedPage => ({
  blocks,
  cursor,
  caughtUp: cursor === null ? null : true,
  nextPageToken: cursor === null ? "inside" : null,
});

const BLOCK: FeedPage["blocks"][number] = {
  cause: {
    commit: "c",
    parent: null,
    mergedParent: null,
    branch: "main",
    actor: null,
    authoredAt: 1,
    createdAt: 1,
  },
  schemaSteps: [],
  changes: [],
};

interface Played {
  readonly text: string;
  readonly asked: readonly EventPosition[];
}

/** What is sent for some pages, until there are no more. */
async function played(pages: readonly (FeedPage | Error)[], heartbeatMs = 60_000): Promise<Played> {
  const asked: EventPosition[] = [];
  const left = [...pages];
  const stream = changeEvents({
    from: { start: "beginning" },
    poll: async (from) => {
      asked.push(from);
      const next = left.shift();
      if (next instanceof Error || next === undefined) throw next ?? new Error("asked too often");
      return next;
    },
    goesOn: () => left.length > 0,
    signal: new AbortController().signal,
    told: ({ reason }) => ({ reason }),
    pollMs: 1,
    heartbeatMs,
  });
  let text = "";
  for await (const piece of stream) text += Buffer.from(piece).toString();
  return { text, asked };
}

test("each page is an event whose id is where the next one begins, within a commit too", async () => {
  const { text, asked } = await played([page("a"), page(null, [BLOCK]), page("b", [BLOCK])]);
  expect(asked).toEqual([{ start: "beginning" }, { cursor: "a" }, { pageToken: "inside" }]);
  const [first, second, third, rest] = text.split("\n\n");
  expect(first).toBe("id: c.a");
  expect(second).toMatch(
    /^id: p\.inside\nevent: changes\ndata: \{"blocks":\[\{.*\}\],"next_page_token":"inside"\}$/,
  );
  expect(third).toMatch(/^id: c\.b\nevent: changes\ndata: \{.*"caught_up":true\}$/);
  expect(rest).toBe("");
});

test("where nothing happens it says now and then that it lives", async () => {
  expect((await played([page("a"), page("a"), page("a")])).text).toBe("id: c.a\n\n");
  expect((await played([page("a"), page("a"), page("a")], 0)).text).toBe("id: c.a\n\n".repeat(3));
});

test("a failure of the first page is that of the call, a later one is the last event", async () => {
  const gap = new OmnigraphError("change_feed_gap", "gone");
  await expect(played([gap])).rejects.toThrow("gone");
  const { text } = await played([page("a", [BLOCK]), gap, page("b")]);
  expect(text).toMatch(/event: failure\ndata: \{"reason":"change_feed_gap"\}\n\n$/);
});

test("whatever is no id of an event is refused", () => {
  expect(positionOf("c.token")).toEqual({ cursor: "token" });
  for (const wrong of ["", "token", "c.", "x.token"])
    expect(() => positionOf(wrong)).toThrow("no id of an event");
});
