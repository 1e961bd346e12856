import { type Catalog, compileQuery, type MutationQuery, type ReadQuery } from "@omnigraph/language";
import { catalogOf, FILMS } from "./sample-schemas.ts";

/** The catalog of the sample of films. */
export const films: Catalog = catalogOf(FILMS);

/** A query of a text, over films unless told otherwise. */
export function compile(text: string, catalog: Catalog = films): ReadQuery | MutationQuery {
  return compileQuery({ file: "q.gq", text }, catalog).query;
}

/** The read of a pattern, which returns as little as it can. */
export function read(
  match: string,
  rest = "return { 1 as one }",
  parameters = "",
  catalog: Catalog = films,
): ReadQuery {
  const query = compile(`query a(${parameters}) { match { ${match} } ${rest} }`, catalog);
  if (query.kind !== "read") throw new Error("not a read");
  return query;
}

/** The mutation of some statements. */
export function mutation(body: string, parameters = "", catalog: Catalog = films): MutationQuery {
  const query = compile(`query a(${parameters}) { ${body} }`, catalog);
  if (query.kind !== "mutation") throw new Error("not a mutation");
  return query;
}
