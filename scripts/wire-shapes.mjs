// The shapes of the wire, from their schemas: as TypeScript without zod, and as the page of the reference. Needs the build.
import { namedSchemas } from "@omnigraph/wire/schemas";

/** Shapes whose types are declared elsewhere: where `packages/wire/src` has each from. */
const ELSEWHERE = {
  JsonObject: "@omnigraph/base",
  Reason: "@omnigraph/base",
  WireCode: "@omnigraph/base",
  ValuesByName: "./values.ts",
};

const REFERENCE = "#/$defs/";

/** `packages/wire/src/shapes.generated.ts`. */
export function wireTypes() {
  const all = [...namedSchemas()];
  const imports = [...new Set(Object.values(ELSEWHERE))].map((from) => {
    const ids = Object.keys(ELSEWHERE).filter((id) => ELSEWHERE[id] === from);
    return `import type { ${ids.join(", ")} } from "${from}";`;
  });
  const types = all
    .filter(([id]) => !(id in ELSEWHERE))
    .map(([id, schema]) => `${comment(schema, "")}export ${declaration(id, schema)}`);
  return `// Generated from src/schemas by scripts/generate-reference.mjs.\n${imports.join("\n")}\n\n${types.join("\n\n")}\n`;
}

/** `docs/reference/wire.md`, without its head: what stands by itself, then each shape. */
export function wirePage() {
  const wholes = [...namedSchemas()].filter(([, { examples }]) => examples !== undefined);
  const list = wholes.map(([id, { description }]) => `- [${id}](#${id.toLowerCase()}): ${description}`);
  const parts = [...namedSchemas()].map(([id, schema]) => {
    const code = id in ELSEWHERE ? [] : [`\`\`\`ts\n${declaration(id, schema)}\n\`\`\``];
    const examples = (schema.examples ?? []).map(
      (one) => `\`\`\`json\n${JSON.stringify(one, null, 2)}\n\`\`\``,
    );
    return [
      `## ${id}`,
      ...(schema.description === undefined ? [] : [schema.description]),
      ...code,
      ...examples,
    ].join("\n\n");
  });
  return [list.join("\n"), ...parts].join("\n\n");
}

function declaration(id, schema) {
  if (schema.type !== "object") return `type ${id} = ${typeOf(schema)};`;
  const members = Object.entries(schema.properties).map(([name, member]) => {
    const isOptional = !schema.required?.includes(name);
    return `${comment(member, "  ")}  readonly ${name}${isOptional ? "?" : ""}: ${typeOf(member)};`;
  });
  return `interface ${id} {\n${members.join("\n")}\n}`;
}

function comment({ description }, indent) {
  return description === undefined ? "" : `${indent}/** ${description} */\n`;
}

function typeOf(schema) {
  if (schema.$ref !== undefined) return schema.$ref.slice(REFERENCE.length);
  if (schema.allOf !== undefined) return schema.allOf.map(typeOf).join(" & ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  switch (schema.type) {
    case "array": {
      const item = typeOf(schema.items);
      return `readonly ${item.includes(" ") ? `(${item})` : item}[]`;
    }
    case "object":
      return `Readonly<Record<string, ${typeOf(schema.additionalProperties)}>>`;
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    default:
      throw new Error(`the wire has a shape without a name: ${JSON.stringify(schema)}`);
  }
}
