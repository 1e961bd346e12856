import { OmnigraphError, systemEnvironment } from "@omnigraph/base";
import { MemoryObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { GRAPH } from "../../../../tests/support/log/log-world.ts";
import { branchNames } from "../../../../tests/support/log/log-writes.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { GraphLog } from "../graph-log.ts";

test.each([
  ["the pin of a new branch still stands", "/pins/", true],
  ["what a new branch was made at is condemned", "/horizon/", false],
] as const)(
  "where the store does not say whether %s, nobody is told that nothing was made",
  async (_, part, pinned) => {
    const objects = new MemoryObjects(`pinned-fork-${part}`);
    let isSilent = false;
    const silent = <T>(key: string, answer: () => Promise<T>): Promise<T> =>
      isSilent && key.includes(part)
        ? Promise.reject(new OmnigraphError("store_transient", "no answer"))
        : answer();
    const store = overridden(objects, {
      exists: (key) => silent(key, () => objects.exists(key)),
      list: (prefix, options) => silent(prefix, () => objects.list(prefix, options)),
    });
    const log = await GraphLog.init(store, systemEnvironment, GRAPH);
    const fork = await log.fork("draft", await log.head("main"), null, pinned);
    isSilent = true;
    const unknown = { reason: "outcome_unknown", details: { branch: "draft" } };
    await expect(fork.publish()).rejects.toMatchObject(unknown);
    expect(await branchNames(log)).toEqual(["draft", "main"]);
    await log.close();
  },
);
