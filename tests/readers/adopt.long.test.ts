import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { expect, test } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { pythonOf } from "./readers.mjs";

const PEOPLE = 100_000;
const folder = testFolder("adopt-workers");

test("tables that several processes wrote piece by piece are adopted, and found in the graph as they were written", async () => {
  const script = join(import.meta.dirname, "write_workers.py");
  const ran = spawnSync(pythonOf("pylance-14.0.2"), [script, folder], { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(ran.error?.message ?? ran.stderr);
  expect(ran.stdout).toBe(`${PEOPLE} 12\n`);
  const schema =
    "node Person { name: String @key  age: I32?  seen: DateTime? }\nedge Knows: Person -> Person";
  await using graph = await Omnigraph.init(join(folder, "g.omni"), { schema, maintenance: "off" });
  await graph.tables.adopt(join(folder, "people.lance"), { type: "Person" });
  await graph.tables.adopt(join(folder, "knows.lance"), { type: "Knows" });
  const { rows } = await graph.query(
    'match { $p: Person { name: "p77777" } $p knows $q } return { $p.age as age, $p.seen as seen, $q.name as to }',
  );
  expect(rows).toEqual([
    { age: 77777 % 90, seen: "1970-01-01T00:01:17.777Z", to: `p${(77777 * 7) % PEOPLE}` },
  ]);
  const { datasets } = await graph.snapshot();
  expect(datasets.map(({ typeName, count }) => [typeName, count])).toEqual([
    ["Knows", PEOPLE],
    ["Person", PEOPLE],
  ]);
  expect((await graph.maintenance.fsck()).findings).toEqual([]);
});
