import { bindParameters, type Catalog, compileQuery } from "@omnigraph/language";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryMutation } from "../support/generators/arbitrary-mutation.ts";
import { arbitraryRead, type GeneratedQuery } from "../support/generators/arbitrary-query.ts";
import { schemaSource } from "../support/generators/arbitrary-schema.ts";
import { catalogOf, FILMS, PAPERS } from "../support/graphs/sample-schemas.ts";

/** A random schema, and queries for it. */
const worlds = fc
  .gen()
  .map((pick) => schemaSource(pick))
  .chain((schema) => {
    const catalog = catalogOf(schema);
    const some = { minLength: 5, maxLength: 5 };
    return fc.record({
      schema: fc.constant(schema),
      reads: fc.array(arbitraryRead(catalog), some),
      mutations: fc.array(arbitraryMutation(catalog), some),
    });
  });

const catalogs = { films: catalogOf(FILMS), papers: catalogOf(PAPERS) };

function check(catalog: Catalog, { text, parameters }: GeneratedQuery): string {
  const { query } = compileQuery({ file: "generated.gq", text }, catalog);
  bindParameters(query.parameters, parameters);
  return text;
}

describe.each(Object.entries(catalogs))("over %s", (_, catalog) => {
  test("every generated read compiles and its parameters fit", () => {
    const constructs = new Set<string>();
    fc.assert(
      fc.property(arbitraryRead(catalog), (query) => {
        const text = check(catalog, query);
        for (const construct of [
          "not {",
          ":<",
          "{1,",
          "contains",
          "limit",
          "count(",
          " desc",
          "now()",
          "$_",
        ]) {
          if (text.includes(construct)) constructs.add(construct);
        }
      }),
      { numRuns: 2000 },
    );
    expect(constructs.size).toBeGreaterThanOrEqual(8);
  });

  test("every generated mutation compiles and its parameters fit", () => {
    const verbs = new Set<string>();
    fc.assert(
      fc.property(arbitraryMutation(catalog), (query) => {
        for (const [verb] of check(catalog, query).matchAll(/insert|update|delete/gu)) verbs.add(verb);
      }),
      { numRuns: 1000 },
    );
    expect([...verbs].toSorted()).toEqual(["delete", "insert", "update"]);
  });
});

test("every generated query compiles over random schemas too", () => {
  fc.assert(
    fc.property(worlds, ({ schema, reads, mutations }) => {
      const catalog = catalogOf(schema);
      for (const query of [...reads, ...mutations]) check(catalog, query);
    }),
    { numRuns: 300 },
  );
});
