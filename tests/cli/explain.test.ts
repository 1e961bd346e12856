import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { jsonIn, ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";
import { ROOT } from "../support/running/markdown.ts";

const cwd = testFolder("explain-command");
const SAMPLE = `${ROOT}packages/cli/sample`;
const QUERIES = ["--store", "sample.omni", "--query", `${SAMPLE}/queries.gq`];
const BLAST = ["--params", '{"service": "identity-api"}'];
const json = jsonIn(cwd);

const PLANS = {
  blast_radius: `
blast_radius on branch main                                             expected
look up $down: Service                                                         1
  key = $service
expand $down DependsOn{1,3} in $s                                              4
top $s.name, $s.tier, $s.language                                              4
  order $s.tier asc, $s.name asc
  limit 8

input            | from
-----------------+------
Service (ids)    | store
Service (keys)   | store
Service.name     | store
Service.tier     | store
Service.language | store
DependsOn (in)   | store
`,
  noisiest_teams: `
noisiest_teams on branch main                                           expected
scan $t: Team                                                                 48
expand $t Owns out $s                                                        396
expand $s Affected in $i                                                    1020
group $t.name, count($i), sum($i.minutes), avg($i.minutes)                     5
  by $t.name
  order count($i) desc
  limit 5

input            | from
-----------------+------
Team.name        | store
Owns (out)       | store
Affected (in)    | store
Incident.minutes | store
`,
  top_resolvers: `
top_resolvers on branch main                                            expected
scan $t: Team                                                                 48
expand $t MemberOf in $p                                                     630
expand $p $r:Resolved out $i                                                1744
group $p.name, $t.name, count($i), avg($r.minutes)                             5
  by $p.name, $t.name
  order count($i) desc, $p.name asc
  limit 5

input            | from
-----------------+------
Team.name        | store
MemberOf (in)    | store
Person.name      | store
Resolved (out)   | store
Resolved.minutes | store
`,
  orphans: `
orphans on branch main                                                  expected
scan $s: Service                                                              63
  where $s.tier <= 2
  └ never
      └ count $s Owns in $t                                                   59
top $s.name, $s.tier, $s.since                                                 5
  order $s.tier asc, $s.name asc
  limit 5

input         | from
--------------+------
Service (ids) | store
Service.tier  | store
Service.name  | store
Service.since | store
Owns (in)     | store
`,
};

beforeAll(async () => {
  await ok(["init", "--schema", `${SAMPLE}/schema.pg`, "sample.omni"], { cwd });
  await ok(["load", "--data", `${SAMPLE}/data.jsonl`, "--mode", "append", "--quiet", "sample.omni"], { cwd });
});

/** A branch of the sample graph to write on. */
async function copy(): Promise<string> {
  await ok(["branch", "create", "copy", "--store", "sample.omni"], { cwd });
  return "copy";
}

describe("the command explain", () => {
  it.each(Object.entries(PLANS))("shows the plan of %s of the sample graph", async (name, plan) => {
    expect(`\n${await ok(["explain", name, ...QUERIES], { cwd })}`).toBe(plan);
  });

  it("with --analyze each step has its rows and its time, and the inputs are in memory", async () => {
    const text = await ok(["explain", "blast_radius", ...QUERIES, ...BLAST, "--analyze"], { cwd });
    const masked = text
      .replaceAll(/ +\d+\.\d\d$/gm, " #")
      .replaceAll(/\d+\.\d\d ms/g, "# ms")
      .replaceAll(/(?<=memory {2}\| ) *\d+$/gm, "#")
      .replaceAll(/(?<=-\+)-+$/gm, "-")
      .replaceAll(/\d+ bytes of memory/g, "# bytes of memory");
    expect(`\n${masked}`).toBe(`
blast_radius on branch main                         expected      rows        ms
look up $down: Service                                     1         1 #
  key = $service
expand $down DependsOn{1,3} in $s                          4       234 #
top $s.name, $s.tier, $s.language                          4         8 #
  order $s.tier asc, $s.name asc
  limit 8

input            | from  | then in | bytes
-----------------+-------+---------+-
Service (ids)    | store | memory  | #
Service (keys)   | store | memory  | #
Service.name     | store | memory  | #
Service.tier     | store | memory  | #
Service.language | store | memory  | #
DependsOn (in)   | store | memory  | #

rows: 8
time: # ms, of it reading inputs: # ms
rows under way: # bytes of memory, 0 bytes on disk
`);
  });

  it("answers the same as JSON, of the shape that the wire has for it", async () => {
    const { steps, totals, target } = await json(
      "explain",
      "blast_radius",
      ...QUERIES,
      ...BLAST,
      "--analyze",
    );
    expect(target).toEqual({ branch: "main", snapshot: null });
    expect(steps).toMatchObject([
      { operator: "look_up", estimated: { rows: 1 }, actual: { rows: 1, milliseconds: expect.any(Number) } },
      { operator: "expand", text: "$down DependsOn{1,3} in $s", actual: { rows: 234, matches: 234 } },
      { operator: "top", conditions: ["order $s.tier asc, $s.name asc", "limit 8"], actual: { rows: 8 } },
    ]);
    expect(totals).toMatchObject({ rows: 8, disk_bytes: 0 });
    expect(await json("explain", "blast_radius", ...QUERIES)).toMatchObject({ totals: null });
  });

  it("a mutation is evaluated and says what it would change, and nothing is written", async () => {
    const slug = ["--params", '{"slug": "identity-api", "tier": 2}'];
    const before = await json("commit", "list", "sample.omni");
    expect(`\n${await ok(["explain", "retier", ...QUERIES], { cwd })}`).toContain(`
retier on branch main                                                   expected
update Service                                                                 1
  tier = $tier
  └ look up Service                                                            1
      where slug = $slug
check

input                | from
---------------------+------
Service (ids)        | store
`);
    const text = await ok(["explain", "retier", ...QUERIES, ...slug, "--analyze"], { cwd });
    expect(text).toContain(`
kind | type    | inserted | updated | deleted
-----+---------+----------+---------+--------
node | Service |        0 |       1 |       0

would touch 1 entity; nothing is written
`);
    const erase = "delete Service where tier = 4";
    const analyzed = await json("explain", "sample.omni", "-e", erase, "--analyze");
    expect(analyzed).toMatchObject({ kind: "mutation", query_name: "mutation" });
    expect(await json("commit", "list", "sample.omni")).toEqual(before);
    const { affected_nodes, affected_edges } = await json(
      "mutate",
      "sample.omni",
      "--branch",
      await copy(),
      "-e",
      erase,
    );
    expect(analyzed["totals"]).toMatchObject({ rows: Number(affected_nodes) + Number(affected_edges) });
    const touched = analyzed["touches"] as readonly {
      readonly entity_kind: string;
      readonly deleted: number;
    }[];
    const deleted = (kind: string): number =>
      touched.reduce((sum, { entity_kind, deleted: gone }) => sum + (entity_kind === kind ? gone : 0), 0);
    expect([deleted("node"), deleted("edge")]).toEqual([affected_nodes, affected_edges]);
  });

  it("no line is wider than 80 columns, however long the names are", async () => {
    const name = "name_that_is_far_longer_than_anybody_would_like_to_read_in_a_plan_or_elsewhere";
    writeFileSync(
      join(cwd, "wide.pg"),
      `node T_${name} { k: String @key ${name}: String? }\nedge E_${name}: T_${name} -> T_${name}`,
    );
    await ok(["init", "--schema", "wide.pg", "wide.omni"], { cwd });
    const source = `match { $${name}: T_${name} { ${name}: "${"宽".repeat(80)}" } $${name} e_${name}{1,2} $b } return { $b.${name} }`;
    for (const more of [[], ["--analyze"]]) {
      const text = await ok(["explain", "wide.omni", "-e", source, ...more], { cwd });
      expect(text).toContain("…");
      const widths = text.split("\n").map((line) => line.length + (line.match(/宽/g)?.length ?? 0));
      expect(Math.max(...widths)).toBeLessThanOrEqual(80);
    }
  });

  it("takes what query takes, and says what is wrong with it", async () => {
    const failure = async (...args: readonly string[]): Promise<unknown> => {
      const { err } = await run(["explain", ...args, "--json"], { cwd });
      return (JSON.parse(err) as { readonly reason: string }).reason;
    };
    expect(await failure("blast_radius", ...QUERIES, "--analyze")).toBe("parameter_invalid");
    expect(await failure(...QUERIES)).toBe("query_name_required");
    const tier = ["--params", '{"slug": "identity-api", "tier": 9}'];
    expect(await failure("retier", ...QUERIES, ...tier, "--analyze")).toBe("value_invalid");
    expect(await failure("sample.omni", "-e", "match {")).toBe("query_invalid");
    expect(await failure("orphans", ...QUERIES, "--at", "main~7")).toBe("commit_not_found");
    const [head] = (await json("commit", "list", "sample.omni"))["commits"] as [{ graph_commit_id: string }];
    const at = await json("explain", "orphans", ...QUERIES, "--snapshot", head.graph_commit_id);
    expect(at["target"]).toEqual({ branch: null, snapshot: head.graph_commit_id });
  });
});
