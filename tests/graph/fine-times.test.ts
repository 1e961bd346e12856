import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isError } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ok } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";
import { catalogOf } from "../support/graphs/write-graph.ts";

const SCHEMA = `
node Event { at: DateTime @key  seen: DateTime?  slot: DateTime? @unique  log: [DateTime]? }
edge Next: Event -> Event { since: DateTime?  mark: DateTime?  @unique(src, mark) }
`;
const FINE = "2026-01-31T12:00:00.123456";
const BEYOND = /has digits of a second beyond the third/u;
const cwd = testFolder("fine-times");
const event = (data: object): string => JSON.stringify({ type: "Event", data });

describe("times finer than a millisecond", () => {
  let graph: Omnigraph;
  beforeAll(async () => {
    graph = await Omnigraph.init(join(cwd, "library.omni"), { schema: SCHEMA });
    await graph.load(event({ at: "2026-01-31T12:00:00.123Z" }), { mode: "append" });
  });
  afterAll(() => graph.close());

  it.each([
    ["a filter's literal", `match { $e: Event $e.seen = datetime("${FINE}Z") } return { $e }`],
    ["a literal in braces", `match { $e: Event { at: datetime("${FINE}Z") } } return { $e }`],
    ["an insert's literal", `insert Event { at: datetime("${FINE}+00:00") }`],
    ["a literal of where", `delete Event where seen = datetime("${FINE}")`],
    ["a literal in a list", `insert Event { at: now(), log: [datetime("${FINE}Z")] }`],
  ])("a time finer than a millisecond is an error in %s", async (_, body) => {
    const source = `query q() { ${body} }`;
    const call = body.startsWith("match") ? graph.query(source) : graph.mutate(source);
    await expect(call).rejects.toThrow(BEYOND);
  });

  it("a time finer than a millisecond is an error in parameters, and in their lists", async () => {
    const source =
      "query q($t: DateTime?, $l: [DateTime]?) { match { $e: Event $e.seen = $t } return { $e } }";
    for (const parameters of [{ t: `${FINE}Z` }, { l: ["2026-01-01", FINE] }])
      await expect(graph.query(source, parameters)).rejects.toThrow(BEYOND);
    expect((await graph.query(source, { t: "2026-01-31T12:00:00.123000Z" })).rows).toEqual([]);
  });

  it("a time finer than a millisecond is an error in the defaults of a schema", () => {
    expect(() => catalogOf(`node A { t: DateTime @default("${FINE}Z") }`)).toThrow(BEYOND);
    expect(() => catalogOf('node A { t: DateTime @default("2026-01-31T12:00:00.123000Z") }')).not.toThrow();
  });

  it.each([
    ["key", [event({ at: `${FINE}Z` })]],
    ["unique value", [event({ at: "2026-02-01", slot: FINE })]],
    [
      "unique tuple of edges",
      [JSON.stringify({ edge: "Next", from: "1769860800123", to: "1769860800123", data: { mark: FINE } })],
    ],
  ])("a time finer than a millisecond is an error in a load's %s", async (_, lines) => {
    const error: unknown = await graph
      .load(lines.join("\n"), { mode: "merge" })
      .catch((thrown: unknown) => thrown);
    expect(isError(error, "load_invalid") && error.message).toMatch(BEYOND);
  });

  it("what is no time at all is not said to be too fine", async () => {
    const error: unknown = await graph
      .load(event({ at: "noon.0009", seen: "noon.0009" }), { mode: "merge" })
      .catch((thrown: unknown) => thrown);
    const message = isError(error, "load_invalid") ? error.message : "";
    expect(message).toMatch(/is no DateTime/);
    expect(message).not.toMatch(BEYOND);
  });

  it("times finer than a millisecond are cut in a load's other properties, and counted", async () => {
    const lines = [
      event({
        at: "2026-03-01T00:00:00.100000Z",
        seen: `${FINE}+00:00`,
        log: [FINE, "2026-01-01T00:00:00.5Z", FINE],
      }),
      event({ at: "2026-03-02", seen: "2026-01-31T12:00:00.123000" }),
      JSON.stringify({ edge: "Next", from: "1769860800123", to: "1769860800123", data: { since: FINE } }),
    ];
    const answer = await graph.load(lines.join("\n"), { mode: "merge" });
    expect(answer.timesCut).toBe(4);
    const seen = await graph.query(
      "query q() { match { $e: Event } return { $e.seen as seen } order { $e.at desc } limit 2 }",
    );
    expect(seen.rows.map((row) => row["seen"])).toEqual([
      "2026-01-31T12:00:00.123Z",
      "2026-01-31T12:00:00.123Z",
    ]);
    expect((await graph.load(event({ at: "2026-03-03" }), { mode: "merge" })).timesCut).toBe(0);
  });

  it("the command reports, to people and as JSON, how many times were cut", async () => {
    writeFileSync(join(cwd, "schema.pg"), SCHEMA);
    writeFileSync(join(cwd, "fine.jsonl"), event({ at: "2026-03-01", seen: FINE }));
    writeFileSync(join(cwd, "plain.jsonl"), event({ at: "2026-03-02" }));
    await ok(["init", "--schema", "schema.pg", "c.omni"], { cwd });
    const load = (file: string, ...more: string[]): Promise<string> =>
      ok(["load", "--data", file, "--mode", "merge", "c.omni", ...more], { cwd });
    expect(await load("fine.jsonl")).toContain(
      "cut to the millisecond: 1 DateTime value with digits beyond it\n",
    );
    expect(await load("plain.jsonl")).not.toContain("cut");
    expect(JSON.parse(await load("fine.jsonl", "--json"))).toMatchObject({ datetimes_cut: 1 });
    expect(JSON.parse(await load("plain.jsonl", "--json"))).not.toHaveProperty("datetimes_cut");
  });

  it("a time finer than a millisecond is an error in the value of a resolution", async () => {
    const at = "2026-01-31T12:00:00.123Z";
    await graph.branches.create("draft");
    const set = "query q($at: DateTime, $t: DateTime) { update Event set { seen: $t } where at = $at }";
    await graph.mutate(set, { at, t: "2026-01-01" });
    await graph.mutate(set, { at, t: "2026-01-02" }, { branch: "draft" });
    const entities = [
      { kind: "node", type: "Event", id: "1769860800123", properties: { seen: { value: FINE } } },
    ] as const;
    await expect(graph.branches.merge("draft", { resolutions: { entities } })).rejects.toMatchObject({
      details: { merge_conflicts: [{ message: expect.stringMatching(BEYOND) as unknown }] },
    });
  });
});
