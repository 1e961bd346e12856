import { expect, test } from "vitest";
import { readCluster } from "./description.ts";

const COMPANY = `version: 1
metadata: { name: company }
state: { backend: cluster, lock: true }
graphs:
  team: { schema: team.pg, queries: queries/ }
  films: { schema: /schemas/films.pg, embedding_provider: local }
policies:
  team: { file: policies/team.yaml, applies_to: [team] }
  server: { file: policies/server.yaml, applies_to: [cluster, films] }
providers: { embedding: { local: {} } }
`;

test("the description of a cluster names its graphs and policies, from its folder on", () => {
  expect(readCluster("/co", COMPANY)).toEqual({
    name: "company",
    storage: "/co",
    graphs: [
      { id: "team", schema: "/co/team.pg", queries: "/co/queries/", embeddings: null },
      { id: "films", schema: "/schemas/films.pg", queries: null, embeddings: "local" },
    ],
    policies: [
      { name: "team", file: "/co/policies/team.yaml", graphs: ["team"], server: false },
      { name: "server", file: "/co/policies/server.yaml", graphs: ["films"], server: true },
    ],
  });
});

test.each([
  ["data", "/co/data"],
  ["/data/", "/data"],
  ["s3://bucket/x/", "s3://bucket/x"],
])("the storage %s is from the folder on", (storage, uri) => {
  expect(readCluster("/co", `${COMPANY}storage: ${storage}\n`).storage).toBe(uri);
});

test.each([
  ["version: 7", "/co/cluster.yaml:1:1: version must be 1"],
  [`${COMPANY}surprise: 1`, "/co/cluster.yaml:11:1: surprise is not known"],
  ["version: 1\ngraphs: { team: {} }", "graphs.team must have schema"],
  ["version: 1\ngraphs: { '../x': { schema: a.pg } }", "../x cannot name a graph"],
  [
    "version: 1\npolicies: { p: { file: p.yaml, applies_to: [ghost] } }",
    "policy p applies to ghost, which is no graph",
  ],
  [
    "version: 1\ngraphs: { a: { schema: a.pg, embedding_provider: ghost } }",
    "there is no provider ghost of embeddings",
  ],
])("%j is refused with its place", (text, message) => {
  expect(() => readCluster("/co", text)).toThrow(message);
});
