import { defineMember, OmnigraphError, ownMember, clipped } from "@omnigraph/base";
import * as z from "zod";
import type { MergeResolutions } from "../api/merge.ts";

// Loads zod, which takes long: import this module only where resolutions are given.

const SIDES = 'must be "ours" or "theirs"';
const CHOICES = 'must be "ours", "theirs" or {"value": …}';

const SIDE = z.enum(["ours", "theirs"], { error: SIDES });

const CHOICE = z
  .union([SIDE, z.strictObject({ value: z.unknown() })], { error: CHOICES })
  .describe("The value of a side, or a value as a load would have it.");

const ENTITY = z
  .strictObject({
    kind: z.enum(["node", "edge"], { error: 'must be "node" or "edge"' }),
    type: text("name of the type"),
    id: text("id of the entity"),
    take: SIDE.exactOptional().describe("The whole entity as that side has it, with its cascades."),
    strategy: SIDE.exactOptional().describe(
      "Decides by that side what is in conflict of the entity, and nothing else of it.",
    ),
    properties: z
      .record(z.string(), CHOICE, { error: `must be an object; each member ${CHOICES}` })
      .exactOptional()
      .describe("By property name; from and to are the ends of an edge."),
  })
  .refine(
    ({ take, strategy, properties }) =>
      [take, strategy, properties].filter((one) => one !== undefined).length === 1,
    { error: 'must have one of "take", "strategy" and "properties"' },
  )
  .meta({ oneOf: [{ required: ["take"] }, { required: ["strategy"] }, { required: ["properties"] }] });

const RESOLUTIONS: z.ZodType<MergeResolutions> = z
  .strictObject(
    {
      strategy: SIDE.exactOptional().describe(
        "Decides by that side what is in conflict, where the entities do not decide it; what does not conflict is merged.",
      ),
      strategyEntity: SIDE.exactOptional().describe(
        "As strategy, but takes whole entities from that side, with their cascades. Excludes strategy.",
      ),
      entities: z.array(ENTITY, { error: "must be an array of entities" }).exactOptional(),
    },
    { error: unfit('must be an object with "strategy" or "strategyEntity", "entities" or both') },
  )
  .refine(({ strategy, strategyEntity }) => strategy === undefined || strategyEntity === undefined, {
    error: 'must have one of "strategy" and "strategyEntity"',
  })
  .meta({
    title: "Resolutions of a merge",
    description: "Decisions on the conflicts of a merge or a revert.",
    not: { required: ["strategy", "strategyEntity"] },
  });

/** The JSON schema (draft 2020-12) of resolutions: the content of docs/merge/resolutions.schema.json. */
export function resolutionsSchema(): object {
  return z.toJSONSchema(RESOLUTIONS);
}

/**
 * Checks resolutions that come from outside. Values of properties are not converted, because only the merge knows the types of the properties.
 * Errors: `resolutions_invalid` with every place that is wrong and what is allowed there.
 */
export function parseResolutions(value: unknown): MergeResolutions {
  const read = RESOLUTIONS.safeParse(value);
  if (!read.success) {
    const places = read.error.issues.map((issue) => `${placeOf(issue.path)} ${problemOf(issue)}`);
    throw invalid(places);
  }
  const wrong = putBack(read.data, value);
  if (wrong.length > 0) throw invalid(wrong);
  const twice = repeated(read.data);
  if (twice.length > 0) throw invalid(twice);
  return read.data;
}

function invalid(places: readonly string[]): OmnigraphError {
  return new OmnigraphError("resolutions_invalid", `the resolutions are not valid: ${places.join("; ")}`, {
    details: { places },
  });
}

const LEFT_OUT = "__proto__";

/** A property may have this name, but records of zod drop it: the member is checked here and put back. Returns the places that are wrong. */
function putBack({ entities = [] }: MergeResolutions, given: unknown): readonly string[] {
  // Cast: zod has checked everything but the members that are checked here.
  const raw = (given as MergeResolutions).entities ?? [];
  return entities.flatMap(({ properties }, index) => {
    const choice = ownMember(raw[index]?.properties ?? {}, LEFT_OUT);
    if (properties === undefined || choice === undefined) return [];
    const read = CHOICE.safeParse(choice);
    if (!read.success) return [`${placeOf(["entities", index, "properties", LEFT_OUT])} ${CHOICES}`];
    defineMember(properties, LEFT_OUT, read.data);
    return [];
  });
}

/** Places of decisions on an entity that has an earlier decision. */
function repeated({ entities = [] }: MergeResolutions): readonly string[] {
  const first = new Map<string, number>();
  return entities.flatMap(({ kind, type, id }, index) => {
    const name = JSON.stringify([kind, type, id]);
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, index);
      return [];
    }
    const place = placeOf(["entities", index]);
    return [`${place} decides ${kind} ${type} ${clipped(id)} again, after ${placeOf(["entities", earlier])}`];
  });
}

function text(what: string): z.ZodString {
  return z.string({ error: `must be the ${what}, as text` });
}

/** A message for a value that is no object. Unknown members get the message of zod, which names them. */
function unfit(message: string): (issue: { readonly code?: string }) => string | undefined {
  return ({ code }) => (code === "unrecognized_keys" ? undefined : message);
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys") return issue.message;
  return `has no member ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
}

/** A place in the JSON, as `$.entities[0].id`. */
function placeOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) =>
    typeof step === "string" && /^[A-Za-z_]\w*$/.test(step)
      ? `.${step}`
      : `[${typeof step === "number" ? step : JSON.stringify(String(step))}]`,
  );
  return `$${steps.join("")}`;
}
