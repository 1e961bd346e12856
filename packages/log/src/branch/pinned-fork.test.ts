import { OmnigraphError, systemEnvironment } from "@omnigraph/base";
import { MemoryObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { GRAPH } from "../../../../tests/support/log/log-world.ts";
import { branchNames } from "../../../../tests/support/log/log-writes.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { GraphLog } from "../graph-log.ts";

test("where the store does not say whether the pin of a new branch still stands, nobody is told that nothing was made", async () => {
  const objects = new MemoryObjects("pinned-fork");
  const store = overridden(objects, {
    exists: (key) => {
      if (!key.includes("/pins/")) return objects.exists(key);
      return Promise.reject(new OmnigraphError("store_transient", "no answer"));
    },
  });
  const log = await GraphLog.init(store, systemEnvironment, GRAPH);
  const made = log.createBranch("draft", await log.head("main"), null);
  await expect(made).rejects.toMatchObject({ reason: "outcome_unknown", details: { branch: "draft" } });
  expect(await branchNames(log)).toEqual(["draft", "main"]);
  await log.close();
});
