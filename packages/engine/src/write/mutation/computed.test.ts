import { beforeEach, describe, expect, it } from "vitest";
import {
  exportText,
  failureOf,
  outcome,
  WriteGraph,
} from "../../../../../tests/support/graphs/write-graph.ts";

const SCHEMA = `
node Note { slug: String @key  stars: I32?  text: String  weight: F64? }
edge Cites: Note -> Note { times: I32? }
`;

const NOTES = ["a", "b", "c"].map((slug, at) =>
  JSON.stringify({ type: "Note", data: { slug, text: slug.toUpperCase(), stars: at === 2 ? null : at + 1 } }),
);

describe("assignments that are computed", () => {
  let graph: WriteGraph;
  beforeEach(async () => {
    graph = new WriteGraph(SCHEMA);
    await graph.load(NOTES.join("\n"), "overwrite");
  });

  const mutate = (body: string): ReturnType<WriteGraph["mutate"]> => graph.mutate(`query q() { ${body} }`);

  async function stars(): Promise<readonly unknown[]> {
    const lines = (await exportText(graph.view)).split("\n").filter((line) => line.includes('"Note"'));
    return lines.map((line) => /"stars":(-?\d+|null)/.exec(line)?.[1] ?? "null");
  }

  it("an update reads each entity as it is before the statement", async () => {
    expect(outcome(await mutate('update Note set { stars: stars + 1 } where slug != "x"'))).toEqual([
      3,
      0,
      true,
    ]);
    expect(await stars()).toEqual(["2", "3", "null"]);
    await mutate(
      'update Note set { stars: coalesce(stars, 0) * 2, weight: stars / 4 } where text matches "[AC]"',
    );
    expect(await stars()).toEqual(["4", "3", "0"]);
    expect(await exportText(graph.view)).toContain('"weight":0.5');
  });

  it("each statement sees what those before it did", async () => {
    await mutate(
      'update Note set { stars: stars + 1 } where slug = "a" update Note set { stars: stars * 10 } where slug = "a"',
    );
    expect(await stars()).toEqual(["20", "2", "null"]);
  });

  it("an edge that the mutation has inserted is read as well", async () => {
    await mutate(
      'insert Cites { from: "a", to: "b", times: 2 + 3 } update Cites set { times: times * times } where @src = "a"',
    );
    expect(await exportText(graph.view)).toContain('"times":25');
  });

  it("an insert computes constants", async () => {
    await mutate('insert Note { slug: lower("D"), text: upper("d"), stars: 7 - 2 * 3 }');
    expect(await stars()).toEqual(["1", "2", "null", "1"]);
  });

  it("what does not fit the property is refused, and nothing changes", async () => {
    const before = await exportText(graph.view);
    for (const [value, reason] of [
      ["stars * 2147483647 * 2", "value_invalid"],
      ["stars * 9223372036854775807 * 2", "number_overflow"],
    ] as const) {
      const failure = await failureOf(mutate(`update Note set { stars: ${value} } where slug = "b"`));
      expect(failure).toMatchObject({ reason });
    }
    expect(
      await failureOf(
        mutate('update Note set { text: coalesce(text, "") , slug: lower("B") } where slug = "a"'),
      ),
    ).toMatchObject({
      reason: "key_immutable",
    });
    expect(await exportText(graph.view)).toBe(before);
  });
});
