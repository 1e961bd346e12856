import { systemEnvironment } from "@omnigraph/base";
import {
  applyCluster,
  approveInCluster,
  clusterStatus,
  lookAtCluster,
  planCluster,
  type Surroundings,
  validateCluster,
} from "@omnigraph/cluster";
import { Omnigraph } from "omnigraph";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type FolderOf, writeCluster } from "../support/cluster/folder.ts";
import { reasonOf } from "../support/running/reason-of.ts";
import { testFolder } from "../support/running/folders.ts";

const folder = testFolder("cluster-refusals");
const around: Surroundings = { environment: systemEnvironment, s3: {} };
const apply = (): ReturnType<typeof applyCluster> => applyCluster(folder, around, { actor: null });

const TEAM = {
  schema: "node Person { slug: String @key  age: I32? }",
  queries: "query all() { match { $p: Person } return { $p.slug } }",
};
const FILMS = { schema: "node Film { slug: String @key }" };
const WHOLE: FolderOf = {
  graphs: { films: FILMS, team: TEAM },
  policies: { read: { actions: "read", appliesTo: "team, films" } },
};
const LESS: FolderOf = {
  graphs: { team: TEAM },
  policies: { read: { actions: "read", appliesTo: "team" } },
};

let count = 0;
let storage = "";
const write = (described: FolderOf): void => writeCluster(folder, { ...described, storage });
beforeEach(async () => {
  storage = `memory://refusals-${count++}`;
  write(WHOLE);
  await lookAtCluster(folder, "import", around);
  expect(await apply()).toMatchObject({ converged: true });
});

const QUERIES = "queries/team/all.gq";

describe("a folder with a mistake is refused by validate, plan and apply, and changes nothing", () => {
  it.each<readonly [what: string, path: string, text: string, code: string]>([
    [
      "a query that does not fit",
      QUERIES,
      "query q() { match { $p: X } return { $p.y } }",
      "query_typecheck_error",
    ],
    ["a query that cannot be read", QUERIES, "query (", "query_parse_error"],
    ["a query of two files", "queries/team/more.gq", TEAM.queries, "duplicate_query_name"],
    ["a schema that is wrong", "schemas/films.pg", "node Film { slug: Sting @key }", "schema_invalid"],
    ["a policy that cannot be read", "policies/read.yaml", "version: 1\nrules: fly", "policy_invalid"],
    [
      "an id that no server takes",
      "cluster.yaml",
      "version: 1\ngraphs: { 'a/b': { schema: a.pg } }",
      "invalid_cluster_yaml",
    ],
    ["no schema", "cluster.yaml", "version: 1\ngraphs: { a: { schema: none.pg } }", "schema_file_missing"],
    [
      "no queries",
      "cluster.yaml",
      "version: 1\ngraphs: { a: { schema: schemas/team.pg, queries: none } }",
      "query_folder_missing",
    ],
    [
      "no policy",
      "cluster.yaml",
      "version: 1\npolicies: { a: { file: none.yaml, applies_to: [cluster] } }",
      "policy_file_missing",
    ],
    [
      "no graph of a policy",
      "cluster.yaml",
      "version: 1\npolicies: { a: { file: policies/read.yaml, applies_to: [x] } }",
      "dangling_graph_reference",
    ],
    ["another version", "cluster.yaml", "version: 7", "unsupported_cluster_config_version"],
  ])("%s", async (_, path, text, code) => {
    const before = await clusterStatus(folder, around);
    writeFileSync(join(folder, path), path === "cluster.yaml" ? `${text}\nstorage: ${storage}\n` : text);
    const refused = { ok: false, diagnostics: [{ code, severity: "error" }] };
    expect(await validateCluster(folder)).toMatchObject(refused);
    expect(await planCluster(folder, around)).toMatchObject({ ...refused, changes: [] });
    expect(await apply()).toMatchObject({ ...refused, state_written: false });
    expect(await approveInCluster(folder, "graph.films", "ann", around)).toMatchObject(refused);
    write(WHOLE);
    expect(await clusterStatus(folder, around)).toEqual(before);
  });

  it("no description at all", async () => {
    rmSync(join(folder, "cluster.yaml"));
    expect(await validateCluster(folder)).toMatchObject({
      diagnostics: [{ code: "cluster_config_missing" }],
    });
    expect(await clusterStatus(folder, around)).toMatchObject({ ok: false });
  });

  it("a migration that the rows do not allow, with its reason", async () => {
    {
      await using team = await Omnigraph.open(`${storage}/graphs/team.omni`);
      await team.mutate('query q() { insert Person { slug: "a" } }');
    }
    const required = { ...TEAM, schema: "node Person { slug: String @key  age: I32 }" };
    write({
      ...WHOLE,
      graphs: { films: { schema: `${FILMS.schema} node New { k: String @key }` }, team: required },
    });
    const refused = { ok: false, diagnostics: [{ code: "migration_unsupported", path: "schema.team" }] };
    expect(await planCluster(folder, around)).toMatchObject(refused);
    expect(await apply()).toMatchObject({ ...refused, state_written: false });
    await using films = await Omnigraph.open(`${storage}/graphs/films.omni`, { readOnly: true });
    expect(await films.schema.show()).toBe(FILMS.schema);
  });

  it("another schema for a graph that is gone, until refresh has said that it is", async () => {
    rmSync(join(folder, "data"), { recursive: true, force: true });
    storage = join(folder, "data");
    write(WHOLE);
    await lookAtCluster(folder, "import", around);
    await apply();
    rmSync(join(storage, "graphs/films.omni"), { recursive: true });
    write({
      ...WHOLE,
      graphs: { team: TEAM, films: { schema: "node Film { slug: String @key  n: I32? }" } },
    });
    expect(await apply()).toMatchObject({ ok: false, diagnostics: [{ code: "graph_missing" }] });
    expect(await lookAtCluster(folder, "refresh", around)).toMatchObject({
      resource_statuses: { "graph.films": { status: "drifted", conditions: ["graph_missing"] } },
    });
    expect(await apply()).toMatchObject({ converged: true, applied_count: 2 });
  });
});

describe("the deletion of a graph", () => {
  const films = `graph.films`;
  const isThere = async (): Promise<boolean> =>
    (await reasonOf(
      Omnigraph.open(`${storage}/graphs/films.omni`, { readOnly: true }).then((graph) => graph.close()),
    )) === "none";

  it("waits for an approval, and meanwhile the graph keeps its policies", async () => {
    write(LESS);
    const waiting = {
      ok: true,
      converged: false,
      deferred_count: 3,
      changes: [
        { resource: films, disposition: "blocked", reason: "approval_required" },
        {
          resource: "policy.read",
          binding_change: true,
          disposition: "deferred",
          reason: "dependency_blocked",
        },
        { resource: "schema.films", disposition: "blocked" },
      ],
    };
    expect(await apply()).toMatchObject({ ...waiting, state_written: true });
    expect(await apply()).toMatchObject({ ...waiting, state_written: false });
    expect(await isThere()).toBe(true);
    expect(await approveInCluster(folder, films, "ann", around)).toMatchObject({
      ok: true,
      approved_by: "ann",
    });
    expect(await apply()).toMatchObject({ converged: true, applied_count: 3 });
    expect(await isThere()).toBe(false);
  });

  it("is not approved by an approval for another folder, another graph, or one that was used", async () => {
    const required = async (): Promise<unknown> => (await planCluster(folder, around)).approvals_required;
    write(LESS);
    expect(await approveInCluster(folder, "graph.team", "ann", around)).toMatchObject({
      ok: false,
      diagnostics: [{ code: "approval_not_required" }],
    });
    await approveInCluster(folder, films, "ann", around);
    expect(await required()).toMatchObject([{ satisfied: true }]);
    write({ ...LESS, policies: {} });
    expect(await required()).toMatchObject([{ satisfied: false }]);
    write({ ...WHOLE, graphs: { team: TEAM, films: { schema: `${FILMS.schema} ` } } });
    await apply();
    write(LESS);
    expect(await required()).toMatchObject([{ satisfied: false }]);
    // Deleted and made anew, it is another graph, with a root of its own.
    await approveInCluster(folder, films, "ann", around);
    await apply();
    write({ ...WHOLE, graphs: { team: TEAM, films: { schema: `${FILMS.schema} ` } } });
    await apply();
    write(LESS);
    expect(await required()).toMatchObject([{ satisfied: false }]);
    expect(await isThere()).toBe(false);
  });
});
