import { isError, type JsonValue, parseJson, type Value } from "@omnigraph/base";
import { didYouMean, type EntityType, FINER_THAN_MILLIS } from "@omnigraph/language";
import { blobProblem } from "../blob.ts";
import { storedValue, valueProblem } from "../constraints/values.ts";
import { isWellFormed } from "../text.ts";
import { show } from "../problem.ts";
import { fromJson, timesCut } from "./json-value.ts";
import type { LinePlans, SlotPlan, TypePlan } from "./plan.ts";
import type { LoadProblem, LoadProblems } from "./problems.ts";
import { FROM_SLOT, ID_SLOT, type Slots, TO_SLOT } from "./slots.ts";

type Members = Readonly<Record<string, JsonValue>>;

/**
 * The complete reader of a line: it reads any JSON and reports everything that is wrong with a line. It is about ten times slower than the scanner, and
 * reads the lines that the scanner leaves to it.
 */
export class CarefulReader {
  /** How many times were cut to the millisecond, in lines without a problem. */
  timesCut = 0;
  private readonly plans: LinePlans;
  private readonly slots: Slots;
  private readonly problems: LoadProblems;
  private cutOnLine = 0;

  constructor(plans: LinePlans, slots: Slots, problems: LoadProblems) {
    this.plans = plans;
    this.slots = slots;
    this.problems = problems;
  }

  /** The plan of the line with its slots filled, or null after reporting why not. */
  read(text: string, line: number): TypePlan | null {
    let json: JsonValue;
    try {
      json = parseJson(text);
    } catch (error) {
      if (!isError(error, "json_invalid")) throw error;
      this.problems.add({
        line,
        reason: "json_invalid",
        message: error.message.replace("JSON, line 1", "not JSON"),
        type: null,
        id: null,
        property: null,
      });
      return null;
    }
    if (!isObject(json)) {
      this.report(line, null, null, null, "a line is an object with a member type or edge");
      return null;
    }
    const plan = this.planOf(json, line);
    if (plan === null) return null;
    const before = this.problems.count;
    this.slots.clear(plan.size);
    this.cutOnLine = 0;
    this.envelope(json, plan, line);
    if (this.problems.count > before) return null;
    this.timesCut += this.cutOnLine;
    return plan;
  }

  private report(
    line: number,
    type: EntityType | null,
    id: string | null,
    property: string | null,
    message: string,
  ): void {
    const problem: LoadProblem = { line, reason: "value_invalid", message, type, id, property };
    this.problems.add(problem);
  }

  private planOf(json: Members, line: number): TypePlan | null {
    const { type, edge } = json;
    if ((type === undefined) === (edge === undefined)) {
      this.report(
        line,
        null,
        null,
        null,
        type === undefined
          ? `neither type nor edge is given; a line is ${NODE_LINE} or ${EDGE_LINE}`
          : "both type and edge are given; a node has a type, an edge an edge",
      );
      return null;
    }
    const name = type ?? edge;
    if (typeof name !== "string") {
      this.report(
        line,
        null,
        null,
        null,
        `${type === undefined ? "edge" : "type"} is the name of a type, not ${show(plain(name ?? null))}`,
      );
      return null;
    }
    const plan =
      (edge === undefined ? this.plans.nodes.get(name) : this.plans.edges.get(name.toLowerCase())) ?? null;
    if (plan === null) this.report(line, null, null, null, this.unknownType(name, edge === undefined));
    return plan;
  }

  private unknownType(name: string, asNode: boolean): string {
    const { nodes, edges } = this.plans;
    const message = `the schema has no ${asNode ? "node" : "edge"} type ${short(name)}`;
    if (asNode && edges.has(name.toLowerCase())) return `${message}; it is an edge: ${EDGE_LINE}`;
    if (!asNode && nodes.has(name)) return `${message}; it is a node: ${NODE_LINE}`;
    const known = [...(asNode ? nodes : edges).values()].map(({ type }) => type.name);
    return `${message}. ${didYouMean(name, known, `${asNode ? "node" : "edge"} type`)}`;
  }

  private envelope(json: Members, plan: TypePlan, line: number): void {
    const { type } = plan;
    const data = json["data"] ?? {};
    const inside = isObject(data) ? data["id"] : undefined;
    const given = json["id"] ?? inside;
    const id = typeof given === "string" ? given : null;
    for (const member of Object.keys(json)) {
      if (MEMBERS[type.kind].includes(member)) continue;
      const message = `${type.name}: a line has no member ${short(member)}`;
      this.report(line, type, id, member, `${message}${memberRemedy(member, plan)}`);
    }
    if (json["id"] !== undefined) {
      const message = "the id is given twice, beside data and in it; leave one of them out";
      if (inside === undefined) this.id(json["id"], type, id, line);
      else this.report(line, type, id, "id", `${type.name}: ${message}`);
    }
    if (type.kind === "edge") {
      this.end(json["from"], "from", FROM_SLOT, type, id, line);
      this.end(json["to"], "to", TO_SLOT, type, id, line);
    }
    if (isObject(data) && json["data"] !== null) this.data(data, plan, id, line);
    else this.report(line, type, id, "data", `${type.name}: data is an object`);
  }

  private end(
    value: JsonValue | undefined,
    name: string,
    slot: number,
    type: EntityType,
    id: string | null,
    line: number,
  ): void {
    if (typeof value === "string" && isWellFormed(value)) this.slots.setValue(slot, value);
    else
      this.report(
        line,
        type,
        id,
        name,
        `${type.name}: ${name} is the id of a node${value === undefined ? " and is missing" : ""}`,
      );
  }

  private id(value: JsonValue, type: EntityType, id: string | null, line: number): void {
    if (typeof value === "string" && isWellFormed(value)) this.slots.setValue(ID_SLOT, value);
    else this.report(line, type, id, "id", `${type.name}: id is a text`);
  }

  private data(data: Members, plan: TypePlan, id: string | null, line: number): void {
    const { type } = plan;
    for (const [name, json] of Object.entries(data)) {
      const slot = plan.bySlotName.get(name);
      if (slot !== undefined) this.property(slot, json, plan, id, line);
      else if (name === "id") this.id(json, type, id, line);
      else this.report(line, type, id, name, unknownProperty(name, plan));
    }
    for (const { property, required } of plan.slots) {
      if (required && !Object.hasOwn(data, property.name)) {
        this.report(line, type, id, property.name, `${type.name}: ${property.name} is required`);
      }
    }
  }

  private property(slot: SlotPlan, json: JsonValue, plan: TypePlan, id: string | null, line: number): void {
    const { property } = slot;
    const value = fromJson(json, property.type);
    const cut = timesCut(json, property.type);
    this.cutOnLine += cut;
    const problem =
      value === undefined
        ? `${property.name}: not a value of its type`
        : cut > 0 && slot.identifies
          ? `${property.name}: ${JSON.stringify(json)} ${FINER_THAN_MILLIS}`
          : propertyProblem(plan.type, slot, value);
    if (problem === null && value !== undefined) this.slots.setValue(slot.slot, storedValue(property, value));
    else this.report(line, plan.type, id, property.name, `${plan.type.name}: ${problem}`);
  }
}

const NODE_LINE = '{"type":"Type","data":{…}}';
const EDGE_LINE = '{"edge":"Type","from":"id","to":"id","data":{…}}';

/** The members of a line. */
const MEMBERS: Readonly<Record<EntityType["kind"], readonly string[]>> = {
  node: ["type", "id", "data"],
  edge: ["edge", "id", "from", "to", "data"],
};

/** What to do about an unknown member beside `data`. */
function memberRemedy(member: string, { type, bySlotName }: TypePlan): string {
  if (bySlotName.has(member))
    return `; put it under data: ${JSON.stringify({ [type.kind === "node" ? "type" : "edge"]: type.name }).slice(0, -1)},…,"data":{"${member}":…}}`;
  const ends = type.kind === "node" && (member === "from" || member === "to");
  if (ends) return `; only edges have ends: ${EDGE_LINE}`;
  return `. ${didYouMean(member, [...MEMBERS[type.kind], ...bySlotName.keys()], "member")}`;
}

function unknownProperty(name: string, { type, bySlotName }: TypePlan): string {
  const message = `${type.name} has no property ${short(name)}`;
  if (type.kind === "edge" && ["from", "to", "src", "dst"].includes(name)) {
    return `${message}; the ends stand beside data: ${EDGE_LINE}`;
  }
  return `${message}. ${didYouMean(name, [...bySlotName.keys()], "property")}`;
}

/** A name, quoted for a message. */
function short(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

/** Why a property may not have a value, or null; the text starts with its name. */
export function propertyProblem(
  type: EntityType,
  { property, externalBlobs }: SlotPlan,
  value: Value,
): string | null {
  const blob = property.type.scalar === "Blob" ? blobProblem(value, externalBlobs) : null;
  return blob === null ? valueProblem(type, property, value) : `${property.name}: ${blob}`;
}

function isObject(json: JsonValue): json is Members {
  return json !== null && typeof json === "object" && !Array.isArray(json);
}

function plain(json: JsonValue): Value {
  return json !== null && typeof json === "object" ? "an object or a list" : json;
}
