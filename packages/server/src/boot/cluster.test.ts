import { expect, test } from "vitest";
import { readCluster } from "./cluster.ts";

const COMPANY = `version: 1
metadata: { name: company }
state: { backend: cluster, lock: true }
graphs:
  team: { schema: team.pg, queries: queries/ }
  films: { schema: /schemas/films.pg }
policies:
  team: { file: policies/team.yaml, applies_to: [team] }
  server: { file: policies/server.yaml, applies_to: [cluster, films] }
`;

test("the description of a cluster names its graphs and policies, from its folder on", () => {
  expect(readCluster("/co", COMPANY)).toEqual({
    name: "company",
    graphs: [
      { id: "team", schema: "/co/team.pg", queries: "/co/queries/", uri: "/co/graphs/team.omni" },
      { id: "films", schema: "/schemas/films.pg", queries: null, uri: "/co/graphs/films.omni" },
    ],
    policies: [
      { name: "team", file: "/co/policies/team.yaml", graphs: ["team"], server: false },
      { name: "server", file: "/co/policies/server.yaml", graphs: ["films"], server: true },
    ],
  });
});

test.each([
  ["data", "/co/data/graphs/team.omni"],
  ["/data/", "/data/graphs/team.omni"],
  ["s3://bucket/x", "s3://bucket/x/graphs/team.omni"],
])("with the storage %s its graphs are there", (storage, uri) => {
  expect(readCluster("/co", `${COMPANY}storage: ${storage}\n`).graphs[0]?.uri).toBe(uri);
});

test.each([
  ["version: 7", "/co/cluster.yaml:1:1: version must be 1"],
  [`${COMPANY}surprise: 1`, "/co/cluster.yaml:10:1: surprise is not known"],
  ["version: 1\ngraphs: { team: {} }", "graphs.team must have schema"],
  ["version: 1\ngraphs: { '../x': { schema: a.pg } }", "../x cannot name a graph"],
  [
    "version: 1\npolicies: { p: { file: p.yaml, applies_to: [ghost] } }",
    "policy p applies to ghost, which is no graph",
  ],
])("%j is refused with its place", (text, message) => {
  expect(() => readCluster("/co", text)).toThrow(message);
});
