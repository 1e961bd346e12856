/** Edits of a schema that clients make, by their positions. What comes and goes has no entity and no value, so that the graph is what it was. */
export type SchemaEdit = number;

/** Declarations that come and go: nodes with and without a key, and edges. */
const TYPES = [0, 1].flatMap((i) => [
  `node Note${i} { text: String? }`,
  `node Tag${i} { label: String @key  weight: F64? }`,
  `edge Beside${i}: Place -> Place { metres: I32? }`,
]);

/** Types of the history that get a property, lose it, and have it renamed. */
const HOSTS = ["node Person", "node Place", "edge Knows", "edge LivesIn"];

const EXTRA = /(abode|accent): String\?(?: @rename_from\("\w+"\))? {2}/;

const EDITS: readonly ((source: string) => string)[] = [
  ...TYPES.map((text) => (source: string) => {
    const lines = source.split("\n");
    return (lines.includes(text) ? lines.filter((line) => line !== text) : [...lines, text]).join("\n");
  }),
  ...HOSTS.map((host) => (source: string) => {
    const inside = bodyOf(host, source);
    return EXTRA.test(inside.line)
      ? inside.replaced(inside.line.replace(EXTRA, ""))
      : inside.replaced(inside.line.replace("{", "{ abode: String?  "));
  }),
  ...HOSTS.map((host) => (source: string) => {
    const inside = bodyOf(host, source);
    const renamed = inside.line.replace(EXTRA, (_, name: string) => {
      const now = name === "abode" ? "accent" : "abode";
      return `${now}: String? @rename_from("${name}")  `;
    });
    return inside.replaced(renamed);
  }),
];

export const SCHEMA_EDITS = EDITS.length;

/** The schema after an edit; as it was where a property is to be renamed that is not there. */
export function editedSchema(source: string, edit: SchemaEdit): string {
  return EDITS[edit]?.(source) ?? source;
}

/** The text of an entity without what edits of the schema give it. Their names come first, so that a property of the history follows. */
export function withoutExtras(text: string): string {
  return text.replaceAll(
    /\["(?:abode|accent)",null\],|"(?:abode|accent)":null,|,"(?:abode|accent)":null/g,
    "",
  );
}

/** The line that begins a declaration. */
function bodyOf(
  host: string,
  source: string,
): { readonly line: string; readonly replaced: (line: string) => string } {
  const lines = source.split("\n");
  const at = lines.findIndex((line) => line.startsWith(`${host} `) || line.startsWith(`${host}:`));
  return {
    line: lines[at] ?? "",
    replaced: (line) => lines.map((old, i) => (i === at ? line : old)).join("\n"),
  };
}
