import type { Tool as ListedTool } from "@modelcontextprotocol/sdk/types.js";
import { SHAPES } from "@omnigraph/wire/schemas";
import * as z from "zod";
import type { ShapeName } from "./tool.ts";

type OutputSchema = NonNullable<ListedTool["outputSchema"]>;
type Schema = Readonly<Record<string, unknown>>;

/** Rare parts of answers whose schemas would be as large as all the rest: they are told to be objects. */
const OPEN: ReadonlySet<string> = new Set(["BranchProblemJson", "MigrationStepJson"]);

/** What depends on nothing but the release. */
const made = new Map<ShapeName, OutputSchema>();

/**
 * The schema of an answer: that of its shape or that of a failure. Clients of several releases check the structured content of a failure too, and would hide
 * one that the schema does not allow.
 */
export function outputSchema(name: ShapeName): OutputSchema {
  const known = made.get(name);
  if (known !== undefined) return known;
  const names: readonly ShapeName[] = [name, "toolFailure"];
  const schemas = names.map((each) => z.toJSONSchema(SHAPES[each], { io: "input", unrepresentable: "any" }));
  const all = new Map(schemas.flatMap(({ $defs = {} }) => Object.entries($defs)));
  const anyOf = schemas.map(({ $ref }) => ({ $ref }));
  const $defs: Record<string, object> = {};
  const take = (schema: unknown): void => {
    for (const id of linksOf(schema)) {
      const part = all.get(id);
      if (part === undefined || Object.hasOwn($defs, id)) continue;
      $defs[id] = OPEN.has(id) ? { type: "object", description: part.description } : plainSchema(part);
      take($defs[id]);
    }
  };
  take(anyOf);
  const schema: OutputSchema = { type: "object", anyOf, $defs };
  made.set(name, schema);
  return schema;
}

function linksOf(schema: unknown): readonly string[] {
  return [...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/(\w+)"/g)].map(([, id = ""]) => id);
}

function plainSchema(schema: object): object {
  // Cast: a schema of an object is an object.
  return plain(schema) as object;
}

/**
 * A schema as all clients read it: without what only our reference is made of (ids, which some validators refuse, and examples), and with a choice in place of
 * several types at once, which some models' schemas do not have.
 */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const { type, ...others }: Schema = { ...value };
  const rest = Object.entries(others).filter(
    ([name, member]) =>
      !(name === "id" && typeof member === "string") && !(name === "examples" && Array.isArray(member)),
  );
  const members = Object.fromEntries(rest.map(([name, member]) => [name, plain(member)]));
  if (Array.isArray(type)) return { ...members, anyOf: type.map((each: unknown) => ({ type: each })) };
  return type === undefined ? members : { type: plain(type), ...members };
}
