import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ended, ok, run, start } from "../support/cli/cli.ts";
import { type FolderOf, writeCluster } from "../support/cluster/folder.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("cluster-processes");
const GRAPHS = 6;

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

const apply = (): Promise<string> => ok(["cluster", "apply", "--config", "co", "--json"], { cwd });

it("an apply whose process is killed after any graph is brought to its end by another process", async () => {
  for (let graph = 0; graph < GRAPHS; graph++) {
    const storage = `data-${graph}`;
    writeCluster(join(cwd, "co"), folderOf(storage, 0));
    await ok(["cluster", "import", "--config", "co"], { cwd });
    const child = start(["cluster", "apply", "--config", "co"], { cwd });
    const end = ended(child);
    const made = join(cwd, "co", storage, `graphs/g${graph}.omni/format.json`);
    while (!existsSync(made) && child.exitCode === null) await new Promise(setImmediate);
    child.kill("SIGKILL");
    await end;
    writeCluster(join(cwd, "co"), folderOf(storage, 1));
    expect(JSON.parse(await apply())).toMatchObject({ converged: true });
    expect(JSON.parse(await apply())).toMatchObject({ changes: [], state_written: false });
    const shown = await ok(["schema", "show", `co/${storage}/graphs/g${GRAPHS - 1}.omni`], { cwd });
    expect(shown).toContain("p0: I32?");
  }
});

it("of several processes that apply at once one wins, and each of the others says so", async () => {
  writeCluster(join(cwd, "co"), folderOf("raced", 0));
  await ok(["cluster", "import", "--config", "co"], { cwd });
  const ran = await Promise.all(
    Array.from({ length: 4 }, () => run(["cluster", "apply", "--config", "co", "--json"], { cwd })),
  );
  expect(ran.filter(({ status }) => status === 0).length).toBeGreaterThan(0);
  for (const { status, err } of ran)
    if (status !== 0) expect([status, JSON.parse(err)]).toMatchObject([4, { reason: "cluster_conflict" }]);
  expect(JSON.parse(await apply())).toMatchObject({ converged: true });
});
