import { checkSchema, compileQueries } from "@omnigraph/language";
import { expect, test } from "vitest";
import { EXAMPLE_READS, EXAMPLE_SCHEMA, EXAMPLE_WRITES } from "./guide.ts";

const { catalog } = checkSchema({ file: "schema.pg", text: EXAMPLE_SCHEMA });

test.each([...EXAMPLE_READS, ...EXAMPLE_WRITES])(
  "an agent is told nothing that does not compile: %s",
  (text) => {
    if (catalog === null) throw new Error("the schema of the examples is none");
    const { queries, diagnostics } = compileQueries({ file: "query.gq", text }, catalog);
    expect(
      [...diagnostics, ...queries.flatMap((query) => query.diagnostics)].map(({ message }) => message),
    ).toEqual([]);
    expect(queries).toHaveLength(1);
  },
);
