import { present } from "@omnigraph/base";
import { type Catalog, checkSchema } from "@omnigraph/language";

/** Properties of a film: every scalar type, optional ones, an enum and a list. */
const FILM_PROPERTIES = `slug: String @key
  released: Date?
  premiere: DateTime?
  minutes: I32
  budget: I64?
  gross: U64?
  rating: F64?
  score32: F32?
  votes: U32?
  colour: Bool
  genre: enum(drama, comedy, sci-fi, noir)? @index
  scores: [I32]?`;

/** What there is around films: a type without a key, and edges with and without properties. */
const AROUND_FILMS = `node Person { name: String @key  born: Date?  height: F64?  alive: Bool?  nickname: String? }
node Studio { code: String @key  city: String? }
node Note { text: String  stars: I32? }
edge Directed: Person -> Film
edge ActedIn: Person -> Film { role: String?  billing: I32  paid: I64?  since: Date? }
edge Knows: Person -> Person { closeness: F64? }
edge Follows: Film -> Film
edge MadeBy: Film -> Studio @card(0..1)`;

/** Films, their people and studios, with an interface. */
export const FILMS = `
interface Titled { title: String @index  tags: [String]? }
node Film implements Titled {
  ${FILM_PROPERTIES}
}
${AROUND_FILMS}
`;

/** Films without an interface, and with a vector. */
export const PLAIN_FILMS = `
node Film {
  title: String
  tags: [String]?
  ${FILM_PROPERTIES}
  poster: Vector(3)?
}
${AROUND_FILMS}
`;

/** Papers with texts, vectors and blobs: what search and ranking need. */
export const PAPERS = `
node Paper {
  slug: String @key
  title: String @index
  abstract: String @index
  year: I32 @index
  status: enum(draft, published) @default("draft")
  keywords: [String]?
  vec: Vector(4) @index
  scan: Blob?
}
node Author { name: String @key  bio: String? @index }
edge Wrote: Author -> Paper
edge Cites: Paper -> Paper
edge Contains: Paper -> Paper
`;

/** The catalog of a schema that has no errors; ids are good for one process. */
export function catalogOf(text: string): Catalog {
  const { catalog, diagnostics } = checkSchema({ file: "schema.pg", text });
  return present(catalog, `catalog: ${diagnostics.map(({ message }) => message).join("; ")}`);
}
