import { cpSync } from "node:fs";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { COMPANY_DATA, COMPANY_SCHEMA } from "../support/graphs/company.ts";
import { testFolder } from "../support/running/folders.ts";

describe("a graph that was put back to an earlier state", () => {
  it("a graph that was put back has a gap in its feed, and the feed continues from a baseline", async () => {
    const folder = testFolder("gap");
    const [uri, copy] = [join(folder, "graph.omni"), join(folder, "copy.omni")];
    await using graph = await Omnigraph.init(uri, { schema: COMPANY_SCHEMA });
    await graph.load(COMPANY_DATA, { mode: "append" });
    cpSync(uri, copy, { recursive: true });
    const known = await graph.changes.poll({ start: "beginning" });
    await graph.mutate('query q() { insert Person { slug: "dee", name: "Dee" } }');
    const { cursor } = await graph.changes.poll({ cursor: known.cursor ?? "" });
    await using earlier = await Omnigraph.open(copy);
    await expect(earlier.changes.poll({ cursor: cursor ?? "" })).rejects.toMatchObject({
      reason: "change_feed_gap",
      details: { change_feed_gap: { first_unreadable_commit_id: (await graph.commits.list())[0]?.id } },
    });
    await earlier.mutate('query q() { insert Person { slug: "eve", name: "Eve" } }');
    await expect(earlier.changes.poll({ cursor: cursor ?? "" })).rejects.toMatchObject({
      reason: "change_feed_gap",
    });
    expect((await earlier.changes.poll({ cursor: known.cursor ?? "" })).blocks).toHaveLength(1);
    const baseline = earlier.changes.baseline();
    let end = await baseline.next();
    while (end.done !== true) end = await baseline.next();
    expect(await earlier.changes.poll({ cursor: end.value.cursor })).toMatchObject({
      blocks: [],
      caughtUp: true,
    });
  });
});
