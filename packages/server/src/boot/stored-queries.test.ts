import { compileSchema, ulidMint } from "@omnigraph/language";
import { systemEnvironment } from "@omnigraph/base";
import { expect, test } from "vitest";
import { storedQueries } from "./stored-queries.ts";

const CATALOG = compileSchema(
  { file: "s.pg", text: "node Person { slug: String @key }" },
  ulidMint(systemEnvironment),
);
const file = (path: string, text: string): { path: string; text: string } => ({ path, text });

test("the queries of all files are there by name, with the source that each stands in", () => {
  const found = storedQueries(
    [
      file("b.gq", "query people() { match { $p: Person } return { $p.slug } }"),
      file("a.gq", "query add($s: String) { insert Person { slug: $s } }"),
    ],
    CATALOG,
  );
  expect([...found.values()].map(({ name, isMutation }) => [name, isMutation])).toEqual([
    ["add", true],
    ["people", false],
  ]);
});

test("every problem of every file is told, and a name that is there twice", () => {
  const ghost = file(
    "g.gq",
    "query g() { match { $p: Ghost } return { $p.x } }\nquery h() { match { $p: Gh } return { $p.x } }",
  );
  expect(() => storedQueries([ghost, file("x.gq", "query (")], CATALOG)).toThrow(
    /g\.gq:1[^]*g\.gq:2[^]*x\.gq:1/,
  );
  const people = "query people() { match { $p: Person } return { $p.slug } }";
  expect(() => storedQueries([file("a.gq", people), file("b.gq", people)], CATALOG)).toThrow(
    "b.gq: query people is in another file too",
  );
});
