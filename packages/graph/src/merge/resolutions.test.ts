import { readFileSync } from "node:fs";
import { isError } from "@omnigraph/base";
import { describe, expect, it } from "vitest";
import { readResolutions } from "./read-resolutions.ts";
import { parseResolutions, resolutionsSchema } from "./resolutions.ts";

const ANN = { kind: "node", type: "Person", id: "ann" };

/** The places named by the refusal of resolutions. */
function places(value: unknown): unknown {
  try {
    parseResolutions(value);
  } catch (thrown) {
    if (isError(thrown, "resolutions_invalid")) return thrown.details["places"];
    throw thrown;
  }
  throw new Error("accepted");
}

describe("resolutions", () => {
  it.each([
    {},
    { strategy: "ours" },
    { strategyEntity: "theirs" },
    { entities: [{ ...ANN, take: "theirs" }] },
    { entities: [{ ...ANN, strategy: "theirs" }] },
    { strategy: "theirs", entities: [{ ...ANN, properties: { age: "ours", name: { value: null } } }] },
    {
      entities: [
        { kind: "edge", type: "Knows", id: "ann", properties: { from: { value: "bob" } } },
        { ...ANN, take: "ours" },
      ],
    },
  ])("the resolutions %j are accepted unchanged", (value) => {
    expect(parseResolutions(value)).toStrictEqual(value);
  });

  it.each<[unknown, string[]]>([
    [[], ['$ must be an object with "strategy" or "strategyEntity", "entities" or both']],
    [{ strategy: "mine" }, ['$.strategy must be "ours" or "theirs"']],
    [{ strategy: "ours", strategyEntity: "ours" }, ['$ must have one of "strategy" and "strategyEntity"']],
    [
      { entities: [{ ...ANN, take: "ours", strategy: "ours" }] },
      ['$.entities[0] must have one of "take", "strategy" and "properties"'],
    ],
    [{ strategie: "ours" }, ['$ has no member "strategie"']],
    [{ entities: {} }, ["$.entities must be an array of entities"]],
    [{ entities: [{ ...ANN, take: null }] }, ['$.entities[0].take must be "ours" or "theirs"']],
    [{ entities: [ANN] }, ['$.entities[0] must have one of "take", "strategy" and "properties"']],
    [
      { entities: [{ ...ANN, take: "ours", properties: {} }] },
      ['$.entities[0] must have one of "take", "strategy" and "properties"'],
    ],
    [
      { entities: [{ ...ANN, id: 7, take: "ours" }] },
      ["$.entities[0].id must be the id of the entity, as text"],
    ],
    [
      { entities: [{ ...ANN, properties: { age: 42 } }] },
      ['$.entities[0].properties.age must be "ours", "theirs" or {"value": …}'],
    ],
    [
      { entities: [{ ...ANN, properties: { "a b": {} } }] },
      ['$.entities[0].properties["a b"] must be "ours", "theirs" or {"value": …}'],
    ],
    [
      {
        entities: [
          { ...ANN, take: "ours" },
          { ...ANN, take: "theirs" },
        ],
      },
      ["$.entities[1] decides node Person ann again, after $.entities[0]"],
    ],
    [
      { strategy: 1, entities: [{ kind: "thing", type: "Person", id: "x", take: "ours" }] },
      ['$.strategy must be "ours" or "theirs"', '$.entities[0].kind must be "node" or "edge"'],
    ],
  ])("the resolutions %j are refused with every place", (value, expected) => {
    expect(places(value)).toEqual(expected);
  });

  it("resolutions keep all digits of a number", async () => {
    const text =
      '{"entities":[{"kind":"node","type":"Person","id":"ann","properties":{"serial":{"value":9007199254740993}}}]}';
    expect(await readResolutions(text)).toEqual({
      entities: [{ ...ANN, properties: { serial: { value: 9007199254740993n } } }],
    });
    await expect(readResolutions('{"strategy": }')).rejects.toMatchObject({ reason: "json_invalid" });
  });

  it("resolutions have the published schema", () => {
    const published = new URL("../../../../docs/merge/resolutions.schema.json", import.meta.url);
    expect(JSON.parse(readFileSync(published, "utf8"))).toEqual(resolutionsSchema());
  });
});
