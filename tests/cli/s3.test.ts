import { Omnigraph } from "omnigraph";
import { beforeAll, describe, expect, it } from "vitest";
import { run } from "../support/cli/cli.ts";
import type { Ran } from "../support/cli/ran.ts";
import { testFolder } from "../support/running/folders.ts";
import { s3Bucket } from "../support/stores/s3-environment.ts";

const cwd = testFolder("s3");
const bucket = s3Bucket();
/** More than an event target takes listeners before Node warns. */
const COMMITS = 40;
const AGES = "query ages() { match { $p: Person } return { $p.age } }";

/** A graph on S3 of many commits on two branches. Answers its address. */
async function longGraph(): Promise<string> {
  const uri = `s3://${bucket()}/long.omni`;
  await using graph = await Omnigraph.init(uri, { schema: "node Person { name: String @key  age: I32? }" });
  await graph.mutate('query q() { insert Person { name: "ann", age: 0 } }');
  await graph.branches.create("work");
  for (let i = 1; i <= COMMITS; i++) {
    await graph.mutate('query q($i: I32) { update Person set { age: $i } where name = "ann" }', { i });
    await graph.mutate(
      "query q($n: String) { insert Person { name: $n } }",
      { n: `b${i}` },
      { branch: "work" },
    );
  }
  return uri;
}

describe("the command on S3", () => {
  let uri = "";
  beforeAll(async () => {
    uri = await longGraph();
  });

  const commands: readonly (readonly [string, (uri: string) => readonly string[]])[] = [
    ["commit list", (graph) => ["commit", "list", graph, "--limit", "100"]],
    ["history", (graph) => ["history", "--store", graph, "node", "Person", "ann"]],
    ["query", (graph) => ["query", "--store", graph, "-e", AGES]],
    ["branch diff", (graph) => ["branch", "diff", "main", "work", "--uri", graph, "--since-base"]],
    ["changes poll", (graph) => ["changes", "poll", "--store", graph, "--start", "beginning"]],
    ["snapshot", (graph) => ["snapshot", graph]],
    ["branch merge", (graph) => ["branch", "merge", "work", "--uri", graph]],
  ];

  it.each(commands)("%s on S3 prints one JSON object, and nothing on standard error", async (_name, argv) => {
    const ran: Ran = await run([...argv(uri), "--json"], { cwd });
    expect(ran.err).toBe("");
    expect(ran.status).toBe(0);
    expect(JSON.parse(ran.out)).toBeTypeOf("object");
  });
});
