import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { type FolderOf, writeCluster } from "../support/cluster/folder.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("cluster-command");
const CONFIG = ["--config", "co"] as const;
const co = join(cwd, "co");

const FILMS = { films: { schema: "node Film { slug: String @key }" } };
const COMPANY: FolderOf = {
  graphs: {
    team: {
      schema: "node Person { slug: String @key  age: I32? }",
      queries: "query all() { match { $p: Person } return { $p.slug } }",
    },
  },
  policies: { read: { actions: "read", appliesTo: "team" } },
};

const said = async (...args: string[]): Promise<string> => ok(["cluster", ...args, ...CONFIG], { cwd });

/** What a command says that fails with exit code 1; its report is on standard output. */
async function refused(...args: string[]): Promise<string> {
  const ran = await run(["cluster", ...args, ...CONFIG], { cwd });
  expect([ran.status, ran.err]).toEqual([1, ""]);
  return ran.out;
}

it("the life of a cluster is told step by step", async () => {
  writeCluster(co, { ...COMPANY, graphs: { ...FILMS, ...COMPANY.graphs } });
  expect(await refused("apply")).toContain("cluster import makes it");
  expect(await said("import")).toContain("graph.films: drifted, derived graph root is missing");
  expect(await said("apply", "--as", "ann")).toMatch(
    /\+ graph\.films\n[^]*the cluster is as its folder describes it, deployment \w{26}\n$/,
  );
  writeCluster(co, COMPANY);
  writeFileSync(join(co, "schemas/team.pg"), "node Person { slug: String @key  age: I64?  nick: String? }");
  expect(await said("plan")).toMatch(
    /~ schema\.team\n {4}add_property node Person nick\n {4}change_property_type node Person age\n/,
  );
  expect(JSON.parse(await said("apply", "--json"))).toMatchObject({ converged: false, deferred_count: 2 });
  expect((await run(["cluster", "approve", "graph.films", ...CONFIG], { cwd })).status).toBe(2);
  const told = await refused("approve", "graph.team", "--as", "ann", "--json");
  expect(JSON.parse(told)).toMatchObject({ approval_id: null, approved_by: "ann" });
  expect(await refused("force-unlock", "01ARZ3NDEKTSV4RRFFQ69G5FAV")).toContain("there is no lock");
});
