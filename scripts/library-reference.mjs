// The page docs/reference/library.md of what `publicDocs` read.

const INTRO = `What a program can name of the package \`omnigraph\`, from the sources' own words; [library.api.md](library.api.md) has the bare declarations.
Reasons of failures are those of [errors](errors.md), defaults called limits are in [limits](limits.md), and how values are written is in [values](values.md).
Generated from the declarations; \`node scripts/generate-reference.mjs\` writes it anew.`;

/** How a program comes to an object of a class, for the headings of its calls. */
const REACHED = { Omnigraph: "graph", PreparedQuery: "prepared", Diff: "diff", OmnigraphError: "error" };

/** Classes whose static calls programs make by the class that extends them. */
const INHERITED_BY = { ClosedGraph: "Omnigraph" };

/** The page, of exports as `publicDocs` has them. */
export function libraryReference(exported) {
  const types = exported.filter(({ kind }) => kind === "interface" || kind === "type");
  const called = exported
    .filter(({ kind, members }) => kind === "class" || members.some((each) => each.kind === "method"))
    .toSorted((a, b) => Number(b.name === "Omnigraph") - Number(a.name === "Omnigraph") || byName(a, b));
  const plain = types.filter((each) => !called.includes(each)).toSorted(byName);
  const isOption = ({ name }) => name.endsWith("Options");
  const names = new Set([...called, ...plain].map(({ name }) => name));
  const page = [
    "# The library",
    INTRO,
    ...called.flatMap((each) => callsOf(each, reachOf(each, called), names)),
    ...titled(
      "Functions and constants",
      exported.filter(({ kind }) => kind === "function" || kind === "const").toSorted(byName),
      names,
    ),
    ...titled("Options", plain.filter(isOption), names),
    ...titled(
      "Answers and other types",
      plain.filter((each) => !isOption(each)),
      names,
    ),
  ];
  return `${page.filter((part) => part !== "").join("\n\n")}\n`;
}

function byName(a, b) {
  return a.name < b.name ? -1 : 1;
}

/** `graph.commits` for the class whose object is the property `commits` of a graph. */
function reachOf({ name }, called) {
  for (const owner of called) {
    const holder = owner.members.find(({ kind, type }) => kind === "property" && type === name);
    if (holder !== undefined) return `${REACHED[owner.name]}.${holder.name}`;
  }
  return REACHED[name];
}

function callsOf({ name, doc, members, heritage }, reached, names) {
  const calls = members.filter(({ kind }) => kind === "method");
  return [
    `## ${name}`,
    ...wordsOf(doc, heritage, names),
    tableOf(
      members.filter((each) => !calls.includes(each)),
      names,
    ),
    ...calls.flatMap((call) => [
      `### ${headingOf(call, name, reached)}`,
      `\`\`\`ts\n${call.text}\n\`\`\``,
      ...wordsOf(call.doc, [], names),
    ]),
  ];
}

function headingOf({ name, isStatic }, owner, reached) {
  if (name === "constructor") return `new ${owner}`;
  return name.startsWith("[")
    ? `${reached}${name}`
    : `${isStatic ? (INHERITED_BY[owner] ?? owner) : reached}.${name}`;
}

function titled(title, entries, names) {
  return [
    `## ${title}`,
    ...entries.flatMap(({ name, doc, members, heritage, text }) => [
      `### ${name}`,
      text === "" ? "" : `\`\`\`ts\n${text}\n\`\`\``,
      ...wordsOf(doc, heritage, names),
      tableOf(members, names),
    ]),
  ];
}

function wordsOf({ text, throws, examples }, heritage, names) {
  return [
    text,
    heritage.length === 0
      ? ""
      : `With what is in ${heritage.map((each) => linked(each, names)).join(" and ")}.`,
    throws.length === 0 ? "" : `Throws:\n\n${throws.map((each) => `- ${oneLine(each)}`).join("\n")}`,
    ...examples.map((code) => `\`\`\`ts\n${code}\n\`\`\``),
  ];
}

function tableOf(members, names) {
  if (members.length === 0) return "";
  const rows = members.map(
    ({ name, optional, type, doc }) =>
      `| \`${name}${optional ? "?" : ""}\` | ${linked(type, names)} | ${oneLine(doc.text).replaceAll("|", "\\|")} |`,
  );
  return ["| name | type | meaning |", "|---|---|---|", ...rows].join("\n");
}

function oneLine(text) {
  return text.replaceAll(/\s*\n\s*/g, " ");
}

/** A type as code, in which the names of exported types lead to their texts. */
function linked(type, names) {
  return type
    .split(/\b(?<name>[A-Z]\w+)\b/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      const code = `\`${piece.replaceAll("|", "\\|")}\``;
      return names.has(piece) ? `[${code}](#${piece.toLowerCase()})` : code;
    })
    .join("")
    .replaceAll(/``(?!\])/g, "");
}
