import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { GraphLog } from "@omnigraph/log";
import { openBackend } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { testFolder } from "../../support/running/folders.ts";
import { fsckSuite, grown, people, putBehind } from "./fsck.suite.ts";

const folder = testFolder("fsck");

describe("a graph in a local folder", () => fsckSuite(() => join(folder, "g.omni")));
describe("a graph in memory", () => fsckSuite(() => "memory://fsck"));

it("a graph that was cleaned up has no findings: stubs and tables that are gone are as they have to be", async () => {
  const uri = "memory://fsck-cleaned";
  await grown(uri);
  const graph = await Omnigraph.open(uri, { inlineRows: 20 });
  await graph.branches.create("over");
  await graph.load(people(0, 40), { mode: "overwrite", branch: "over" });
  await graph.maintenance.optimize({ full: true, branch: "over" });
  await graph.branches.delete("over");
  await graph.maintenance.optimize({ full: true });
  await graph.close();
  const { objects } = await openBackend(uri, systemEnvironment);
  const log = await GraphLog.open(objects, systemEnvironment, { readOnly: false });
  const [retention, steps] = [
    { keep: 1, since: null },
    { graceMs: 0, actor: null },
  ];
  const cleaner = log.cleaner();
  await cleaner.condemn(retention, steps);
  const { slots, tables } = await cleaner.finish(steps);
  await log.close();
  expect(Math.min(slots, tables.size)).toBeGreaterThan(0);
  expect(await Omnigraph.fsck(uri)).toMatchObject({ isClean: true, findings: [] });
});

it("an old row that a commit carries wrong is found, also once a fold has come after it", async () => {
  const uri = "memory://fsck-old-rows";
  const graph = await Omnigraph.init(uri, {
    schema: "node Person { name: String @key  age: I32? }",
    maintenance: "off",
  });
  await graph.load('{"type":"Person","data":{"name":"ann","age":1}}', { mode: "append" });
  await graph.maintenance.optimize({ full: true });
  await graph.mutate('query q() { update Person set { age: 2 } where name = "ann" }');
  await graph.close();
  const { objects } = await openBackend(uri, systemEnvironment);
  const slots = await objects.list("__manifest/log/");
  // Once more from 1 to 2, where it is 2 already.
  const key = await putBehind(objects, slots.length - 1, (header) => header);
  const problem = 'Person: "ann" was another one before a commit than the commit says: age';
  expect((await Omnigraph.fsck(uri)).findings).toMatchObject([
    { class: "rows_wrong", place: "main", problem },
  ]);
  const again = await Omnigraph.open(uri);
  await again.maintenance.optimize({ full: true });
  await again.close();
  const { findings } = await Omnigraph.fsck(uri);
  expect(findings).toMatchObject([{ class: "rows_wrong", place: key, problem, branches: [] }]);
});
