import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { answersOf, unpackFolder } from "../../support/graphs/recorded-graph.mjs";
import { testFolder } from "../../support/running/folders.ts";
import { backends } from "../../support/stores/backends.ts";

const GOLDEN = fileURLToPath(new URL("../../golden/graphs/0.1.0/", import.meta.url));
const whole = join(testFolder("backup-long"), "whole.omni");
unpackFolder(readFileSync(join(GOLDEN, "whole.graph")), whole);

async function answersAt(uri: string): Promise<Record<string, unknown>> {
  await using graph = await Omnigraph.open(uri, { readOnly: true });
  return await answersOf(graph);
}

describe.each(backends("backup-long-from"))("a graph in %s", (from, nextFrom) => {
  it.each(backends(`backup-long-${from.replaceAll(" ", "-")}`))(
    "a copy in %s answers all that the graph answers, and so does what is restored from it",
    { timeout: 900_000 },
    async (_to, nextTo) => {
      const expected = await answersAt(whole);
      const [uri, to, back] = [nextFrom(), nextTo(), nextFrom()];
      await Omnigraph.restore(whole, uri);
      await using graph = await Omnigraph.open(uri);
      await graph.maintenance.backup(to, { verify: true });
      expect(await answersAt(to)).toEqual(expected);
      await Omnigraph.restore(to, back, { verify: true });
      expect(await answersAt(back)).toEqual(expected);
    },
  );
});
