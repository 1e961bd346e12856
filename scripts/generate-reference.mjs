// Writes docs/reference/ from the registries (errors, limits, diagnostics, aggregates), from the declarations (the library) and from the schemas of the wire,
// whose types it writes too; and the schema of resolutions. Needs the build.
import { mkdirSync, writeFileSync } from "node:fs";
import { ERRORS, LIMITS } from "@omnigraph/base";
import { AGGREGATES, MIGRATION_CODES, QUERY_CODES, SCHEMA_CODES } from "@omnigraph/language";
import { libraryReference } from "./library-reference.mjs";
import { publicDocs } from "./public-docs.mjs";
import { resolutionsSchema } from "../packages/graph/dist/merge/resolutions.js";
import { wirePage, wireTypes } from "./wire-shapes.mjs";

const folder = new URL("../docs/reference/", import.meta.url);
mkdirSync(folder, { recursive: true });

const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
const table = (head, rows) =>
  [
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---").join("|")}|`,
    ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
  ].join("\n");
const page = (name, title, intro, body) =>
  writeFileSync(new URL(name, folder), `# ${title}\n\n${intro}\n\n${body}\n`);
const generated = "Generated from the registry; `node scripts/generate-reference.mjs` writes it anew.";

page(
  "errors.md",
  "Errors",
  `Every failure has a reason. It is an \`OmnigraphError\` in the library, \`{error, code, reason, …}\` with \`--json\`, and an exit code on the command line. ${generated}`,
  table(
    ["reason", "code", "HTTP", "exit", "meaning", "what to do"],
    Object.entries(ERRORS).map(([reason, e]) => [
      `\`${reason}\``,
      e.code,
      e.http,
      e.exit,
      e.meaning,
      e.remedy,
    ]),
  ),
);

const amount = ({ value, unit }) =>
  unit === "bytes" && value >= 1024 && value % 1024 === 0
    ? bytes(value)
    : `${value.toLocaleString("en")} ${unit}`;
const bytes = (n) =>
  n % 2 ** 30 === 0 ? `${n / 2 ** 30} GiB` : n % 2 ** 20 === 0 ? `${n / 2 ** 20} MiB` : `${n / 1024} KiB`;
page(
  "limits.md",
  "Limits and defaults",
  generated,
  table(
    ["name", "value", "meaning"],
    Object.entries(LIMITS).map(([name, limit]) => [`\`${name}\``, amount(limit), limit.meaning]),
  ),
);

page(
  "aggregates.md",
  "Aggregates",
  `What may be computed of the rows of a group. Nulls are left out; over nothing the answer is null, that of \`count\` 0. ${generated}`,
  table(
    ["name", "takes", "answers", "meaning"],
    Object.entries(AGGREGATES).map(([name, a]) => [`\`${name}\``, a.takes, a.answers, a.meaning]),
  ),
);

const codes = (entries) =>
  table(
    ["code", "meaning", "what to do"],
    Object.entries(entries).map(([code, e]) => [`\`${code}\``, e.meaning, e.remedy]),
  );
page(
  "diagnostics.md",
  "Diagnostics of the languages",
  `A diagnostic has a code, a place, the line with a marker, and a remedy. ${generated}`,
  `## Queries (.gq)\n\n${codes(QUERY_CODES)}\n\n## Schemas (.pg)\n\n${codes(SCHEMA_CODES)}\n\n## Migrations (\`schema plan\`)\n\n${codes(MIGRATION_CODES)}`,
);

writeFileSync(new URL("library.md", folder), libraryReference(publicDocs()));

page(
  "wire.md",
  "JSON",
  `What the command prints with \`--json\` and what goes over HTTP: names and nesting are what scripts rely on, and members are only ever added. The types \
are those of \`omnigraph/wire\`. A member with \`?\` is left out where it has no value; every other member is there, null where that is allowed. \
${generated.replace("the registry", "the schemas")}`,
  wirePage(),
);
writeFileSync(new URL("../packages/wire/src/shapes.generated.ts", import.meta.url), wireTypes());

writeFileSync(
  new URL("../docs/merge/resolutions.schema.json", import.meta.url),
  `${JSON.stringify(resolutionsSchema(), null, 2)}\n`,
);
