import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { applyCluster, lookAtCluster, type Surroundings } from "@omnigraph/cluster";
import { Omnigraph } from "omnigraph";
import { expect, it } from "vitest";
import { ended, run, start } from "../support/cli/cli.ts";
import { type FolderOf, writeCluster } from "../support/cluster/folder.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("cluster-processes");
const folder = join(cwd, "co");
const GRAPHS = 6;
const around: Surroundings = { environment: systemEnvironment, s3: {} };
const COMMAND = ["cluster", "apply", "--config", "co", "--json"];

/** Graphs whose schemas have so many properties. */
function folderOf(storage: string, properties: number): FolderOf {
  const more = Array.from({ length: properties }, (_, i) => ` p${i}: I32?`).join("");
  const graph = {
    schema: `node A { k: String @key${more} }`,
    queries: "query all() { match { $a: A } return { $a.k } }",
  };
  return {
    storage,
    graphs: Object.fromEntries(Array.from({ length: GRAPHS }, (_, i) => [`g${i}`, graph])),
  };
}

const apply = (): Promise<unknown> => applyCluster(folder, around, { actor: null });

it.each([0, 3])(
  "an apply whose process is killed after graph %i is brought to its end by another process",
  async (graph) => {
    const storage = `data-${graph}`;
    writeCluster(folder, folderOf(storage, 0));
    await lookAtCluster(folder, "import", around);
    const child = start(COMMAND, { cwd });
    const end = ended(child);
    const made = join(folder, storage, `graphs/g${graph}.omni/format.json`);
    while (!existsSync(made) && child.exitCode === null) await new Promise(setImmediate);
    child.kill("SIGKILL");
    await end;
    writeCluster(folder, folderOf(storage, 1));
    expect(await apply()).toMatchObject({ converged: true });
    expect(await apply()).toMatchObject({ changes: [], state_written: false });
    await using last = await Omnigraph.open(join(folder, storage, `graphs/g${GRAPHS - 1}.omni`), {
      readOnly: true,
    });
    expect(await last.schema.show()).toContain("p0: I32?");
  },
);

it("of several processes that apply at once one wins, and each of the others says so", async () => {
  writeCluster(folder, folderOf("raced", 0));
  await lookAtCluster(folder, "import", around);
  const ran = await Promise.all(Array.from({ length: 3 }, () => run(COMMAND, { cwd })));
  expect(ran.filter(({ status }) => status === 0).length).toBeGreaterThan(0);
  for (const { status, err } of ran)
    if (status !== 0) expect([status, JSON.parse(err)]).toMatchObject([4, { reason: "cluster_conflict" }]);
  expect(await apply()).toMatchObject({ converged: true });
});
