/** Words that no function or type of a module in strict mode can be called. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "any arguments as async await bigint boolean break case catch class const continue debugger default delete do else enum eval export extends false finally for " +
    "from function get if implements import in instanceof interface let new null number object of package private protected public return set static string super " +
    "switch symbol this throw true try type typeof undefined unknown var void while with yield"
  ).split(" "),
);

/** The names of a module: each is given once. */
export class Names {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  /** A name that is free, as like the wanted one as can be. */
  free(wanted: string): string {
    let name = wanted;
    while (RESERVED.has(name) || this.#taken.has(name)) name += "_";
    this.#taken.add(name);
    return name;
  }
}

/** `people_of` as the name of a type: `PeopleOf`. */
export function typeName(name: string): string {
  const parts = name.split("_").filter((part) => part !== "");
  const joined = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("");
  return /^\d/.test(joined) || joined === "" ? `Query${joined}` : joined;
}
