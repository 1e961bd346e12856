import type { TypeId } from "../catalog/catalog.ts";
import { formatSchema } from "../format/format.ts";
import type { DeclaredParts, Parts } from "./declared-parts.ts";

/** The text of each declaration, formatted: types by their ids, interfaces by their names. */
export function printDeclarations({ types, interfaces }: DeclaredParts): ReadonlyMap<string, string> {
  const typeName = nameIn(types);
  const texts = [
    ...interfaces,
    ...[...types].map(([id, parts]) => [id, printType(parts, typeName)] as const),
  ];
  return new Map(texts.map(([id, text]) => [id, formatSchema({ file: "schema.pg", text })]));
}

function nameIn(types: DeclaredParts["types"]): (id: string) => string {
  // Cast: the ends of edges are ids of types.
  return (id) => types.get(id as TypeId)?.get("name") ?? id;
}

/** The source of a schema that is made of parts, formatted. What stands beside the declarations, comments for example, is not among them. */
export function printParts({ types, interfaces }: DeclaredParts): string {
  const typeName = nameIn(types);
  const text = [...interfaces.values(), ...[...types.values()].map((parts) => printType(parts, typeName))];
  return formatSchema({ file: "schema.pg", text: text.join("\n") });
}

function printType(parts: Parts, typeName: (id: string) => string): string {
  const name = parts.get("name") ?? "";
  const ends = parts.get("ends")?.split(" ").map(typeName);
  const marks = [...parts].filter(([key]) => key.startsWith("@")).map(([, text]) => text);
  const named = [...parts].filter(([key]) => key.startsWith("implements ")).map(([, text]) => text);
  const clause = named.length === 0 ? "" : ` implements ${named.join(", ")}`;
  const card = parts.has("card") ? [parts.get("card")] : [];
  const head =
    ends === undefined
      ? [`node ${name}`, ...marks].join(" ") + clause
      : [`edge ${name}: ${ends.join(" -> ")}`, ...card, ...marks].join(" ");
  const members = [...properties(parts), ...constraints(parts)];
  return `${head} {\n${members.map((member) => `  ${member}\n`).join("")}}\n`;
}

function* properties(parts: Parts): Iterable<string> {
  for (const [key, id] of parts) {
    if (key !== `property ${id}`) continue;
    const marks = [...parts].filter(([other]) => other.startsWith(`${key} @`)).map(([, text]) => text);
    yield [`${parts.get(`${key} name`)}: ${parts.get(`${key} type`)}`, ...marks].join(" ");
  }
}

function* constraints(parts: Parts): Iterable<string> {
  const nameOf = (id: string): string => parts.get(`property ${id} name`) ?? id;
  for (const [key, text] of parts) {
    const [kind, id = ""] = key.split(" ");
    if (kind === "range") yield `@range(${nameOf(id)}, ${text})`;
    else if (kind === "check") yield `@check(${nameOf(id)}, ${text})`;
    else if (kind === "key" || kind === "unique" || kind === "index")
      yield `@${kind}(${text.split(" ").map(nameOf).join(", ")})`;
  }
}
