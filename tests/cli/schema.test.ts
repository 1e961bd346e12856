import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("schema-command");

beforeAll(async () => {
  writeFileSync(join(cwd, "old.pg"), "node P { k: String @key  a: I32?  b: String? }\nedge E: P -> P\n");
  writeFileSync(
    join(cwd, "new.pg"),
    'node P { k: String @key  a: I32  c: String? @rename_from("b") @index @description("\u001b[2J")\n @range(a, 0..9) }\nnode Q { k: I64 @key }\n',
  );
  await ok(["init", "--schema", "old.pg", "g.omni"], { cwd });
  await ok(["mutate", "--store", "g.omni", "-e", 'insert P { k: "one" }', "--quiet"], { cwd });
});

it("a plan is a line for each step, and says how many cannot be taken", async () => {
  expect(await ok(["schema", "plan", "--schema", "new.pg", "g.omni"], { cwd })).toBe(
    `- edge E (older commits can still read it)
~ node P: c, which was b
! P.a: entities lack it: "one": a is required [OG-MF-106]
~ node P: c: @description("\\u001b[2J")
+ node P: @index(c)
+ node P: @range(a, 0..9)
+ node Q
7 steps; 1 cannot be taken
`,
  );
  expect(await ok(["schema", "plan", "--schema", "old.pg", "g.omni"], { cwd })).toBe(
    "nothing to change: the schemas mean the same\n",
  );
});

it("a plan as JSON has the wire's steps, and its exit code is 0 whatever it says", async () => {
  const args = ["schema", "plan", "--schema", "new.pg", "--allow-data-loss", "g.omni", "--json"];
  const plan = JSON.parse(await ok(args, { cwd }));
  expect(plan).toMatchObject({ uri: "g.omni", supported: false, step_count: 7 });
  expect(plan.steps).toContainEqual({ kind: "drop_type", type_kind: "edge", name: "E", mode: "hard" });
  expect(plan.steps).toContainEqual({
    kind: "add_constraint",
    type_kind: "node",
    type_name: "P",
    constraint: { Range: { property: "a", min: 0, max: 9 } },
  });
  expect(plan.steps).toContainEqual({
    kind: "unsupported_change",
    entity: "P.a",
    reason: 'entities lack it: "one": a is required',
    code: "OG-MF-106",
  });
});

it("a schema that does not compile ends in exit code 1, with its place", async () => {
  const ran = await run(["schema", "plan", "--schema", "-", "g.omni"], { cwd, input: "node {" });
  expect(ran).toMatchObject({ status: 1, out: "" });
  expect(ran.err).toContain("<standard input>:1:");
});

it("a schema is applied by one commit, with a line for each step; a refused one ends in exit code 1 and changes nothing", async () => {
  const next = "node P { k: String @key  a: I64?  b: String?  c: String? }\nedge E: P -> P\n";
  writeFileSync(join(cwd, "next.pg"), next);
  await ok(["init", "--schema", "old.pg", "h.omni"], { cwd });
  const text = await ok(["schema", "apply", "--schema", "next.pg", "--as", "ann", "h.omni"], { cwd });
  expect(text).toMatch(
    /^\+ node P: c: String\?\n~ node P: a: I32\? becomes I64\?\nschema applied on main, commit \S+\n$/u,
  );
  expect(await ok(["schema", "show", "h.omni"], { cwd })).toBe(next);
  const again = JSON.parse(await ok(["schema", "apply", "--schema", "next.pg", "--json", "h.omni"], { cwd }));
  expect(again).toMatchObject({ applied: false, supported: true, step_count: 0, commit: null });
  const refused = await run(["schema", "apply", "--schema", "old.pg", "--json", "h.omni"], { cwd });
  expect(refused).toMatchObject({ status: 1, out: "" });
  expect(JSON.parse(refused.err)).toMatchObject({ reason: "migration_unsupported" });
  expect(refused.err).toContain("OG-MF-106");
  expect(await ok(["schema", "show", "h.omni"], { cwd })).toBe(next);
});

it("the schemas of two branches differ in steps, in declarations, and as JSON; a merge preview shows the steps too", async () => {
  await ok(["init", "--schema", "old.pg", "d.omni"], { cwd });
  await ok(["branch", "create", "draft", "d.omni"], { cwd });
  const next =
    'node P { k: String @key  a: I64?  about: String? @rename_from("b") }\nedge E: P -> P\nnode Q { k: I64 @key }\n';
  writeFileSync(join(cwd, "draft.pg"), next);
  await ok(["schema", "apply", "--schema", "draft.pg", "--branch", "draft", "d.omni"], { cwd });
  const steps = "~ node P: about, which was b\n~ node P: a: I32? becomes I64?\n+ node Q\n";
  expect(await ok(["schema", "diff", "main", "draft", "d.omni"], { cwd })).toBe(steps);
  expect(await ok(["schema", "diff", "draft", "main", "d.omni"], { cwd })).toBe(
    "- node Q (older commits can still read it)\n~ node P: b, which was about\n~ node P: a: I64? becomes I32?\n",
  );
  expect(await ok(["schema", "diff", "main", "draft", "d.omni", "--pg"], { cwd })).toBe(
    "  node P {\n    k: String @key\n-   a: I32?\n-   b: String?\n+   a: I64?\n+   about: String?\n  }\n" +
      "+ node Q {\n+   k: I64 @key\n+ }\n",
  );
  const diff = JSON.parse(await ok(["schema", "diff", "main", "draft", "d.omni", "--json"], { cwd }));
  expect(diff).toMatchObject({ step_count: 3, declarations: [{}, { before: null }] });
  expect(await ok(["schema", "diff", "main", "main", "d.omni"], { cwd })).toBe("the schemas mean the same\n");
  expect(await ok(["branch", "merge", "draft", "--dry-run", "d.omni"], { cwd })).toContain(`\n${steps}`);
});
