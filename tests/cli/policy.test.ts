import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { jsonIn, ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("policy-command");
const json = jsonIn(cwd);

const RULES = `rules:
  - id: read-all
    allow: { actors: { group: readers }, actions: [read] }
  - id: edit-drafts
    allow: { actors: { group: readers }, actions: [change], branch_scope: unprotected }
`;

beforeAll(() => {
  mkdirSync(join(cwd, "company"));
  const head = "version: 1\ngroups: { readers: [ann] }\nprotected_branches: [main]\n";
  writeFileSync(join(cwd, "company/team.yaml"), head + RULES);
  writeFileSync(
    join(cwd, "company/server.yaml"),
    "version: 1\ngroups: { admins: [root] }\nrules: [{ id: list, allow: { actors: { group: admins }, actions: [graph_list] } }]\n",
  );
  writeFileSync(
    join(cwd, "company/cluster.yaml"),
    "version: 1\ngraphs: { team: { schema: team.pg } }\npolicies:\n" +
      "  team: { file: team.yaml, applies_to: [team] }\n  server: { file: server.yaml, applies_to: [cluster] }\n",
  );
  writeFileSync(
    join(cwd, "cases.yaml"),
    "version: 1\ncases:\n  - { id: a, actor: ann, action: change, branch: draft, expect: allow }\n" +
      "  - { id: b, actor: ann, action: change, branch: main, expect: allow }\n",
  );
});

it("a policy is checked, and its rules are told", async () => {
  expect(await ok(["policy", "validate", "company/team.yaml"], { cwd })).toBe("company/team.yaml: 2 rules\n");
  expect(await json("policy", "validate", "company/team.yaml")).toEqual({
    files: ["company/team.yaml"],
    rules: ["read-all", "edit-drafts"],
  });
});

it("a policy that is wrong ends in exit code 1, with its place", async () => {
  writeFileSync(join(cwd, "wrong.yaml"), `version: 1\n${RULES}`);
  const ran = await run(["policy", "validate", "wrong.yaml", "--json"], { cwd });
  expect(ran).toMatchObject({ status: 1, out: "" });
  expect(JSON.parse(ran.err)).toMatchObject({
    reason: "policy_invalid",
    path: "wrong.yaml",
    line: 4,
    error: "wrong.yaml:4:24: rule read-all is about group readers, which the file does not declare",
  });
});

it("a decision names its rule, or says what keeps each rule from allowing it", async () => {
  const ask = ["policy", "explain", "company/team.yaml", "--actor", "ann", "--action", "change"];
  expect(await ok([...ask, "--branch", "draft"], { cwd })).toBe("allow: edit-drafts\n");
  expect(await json(...ask, "--branch", "main")).toMatchObject({
    decision: "deny",
    rules: [],
    missed: [{ rule: "edit-drafts", place: "company/team.yaml:7:5" }],
  });
});

it("the policies of a cluster are those of a graph, or of the server as a whole", async () => {
  const of = (...args: string[]) => json("policy", "explain", "--cluster", "company", ...args);
  expect(await of("--graph", "team", "--actor", "ann", "--action", "read")).toMatchObject({
    rules: ["read-all"],
  });
  expect(await of("--actor", "root", "--action", "graph_list")).toMatchObject({ rules: ["list"] });
  const unknown = await run(["policy", "validate", "--cluster", "company", "--graph", "none"], { cwd });
  expect(unknown).toMatchObject({ status: 2 });
  expect(unknown.err).toContain("the cluster has no graph none");
  expect((await run(["policy", "validate"], { cwd })).status).toBe(2);
});

it("declared cases that fail end in exit code 1, and are told with their place and why", async () => {
  const ran = await run(["policy", "test", "company/team.yaml", "--tests", "cases.yaml"], { cwd });
  expect(ran).toMatchObject({ status: 1, err: "" });
  expect(ran.out).toBe(`cases.yaml:4:5: case b expects allow
deny: no rule allows it
  not by edit-drafts (company/team.yaml:7:5): it is for unprotected branches, and branch main is protected
1 passed, 1 failed
`);
  const told = await run(["policy", "test", "company/team.yaml", "--tests", "cases.yaml", "--json"], { cwd });
  expect(JSON.parse(told.out)).toMatchObject({ passed: 1, failed: 1, cases: [{ id: "a" }, { id: "b" }] });
});
