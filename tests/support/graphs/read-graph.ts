import type { AnswerValue } from "@omnigraph/language";
import { bindParameters, compileQuery, type ReadQuery } from "@omnigraph/language";
import { compilePlan, execute, type Plan, type QueryResult, type RunLimits } from "@omnigraph/engine";
import { WriteGraph } from "./write-graph.ts";

/** Harbours, ships and sailors: every scalar type, nulls, a self loop, parallel edges, a type without a key. */
export const HARBOUR_SCHEMA = `
node Ship {
  name: String @key
  launched: Date?
  docked: DateTime?
  crew: I32
  cargo: I64?
  serial: U64?
  speed: F64?
  draught: F32?
  berths: U32?
  steam: Bool
  class: enum(tug, ferry, three-mast)?
  ports: [String]?
  depths: [I32]?
}
node Sailor { name: String @key  born: Date?  height: F64?  sober: Bool?  nickname: String? }
node Harbour { code: String @key  city: String? }
node Leg { from: String  number: U32  label: String?  @key(from, number) }
node Note { text: String  stars: I32? }
edge Commands: Sailor -> Ship
edge SailsOn: Sailor -> Ship { rank: String?  watch: I32  pay: I64?  since: Date? }
edge Knows: Sailor -> Sailor { trust: F64? }
edge Tows: Ship -> Ship
edge HomePort: Ship -> Harbour
`;

const SHIPS = [
  {
    name: "aurora",
    launched: "1901-05-01",
    docked: "1950-01-02T03:04:05.006Z",
    crew: 132,
    cargo: "9007199254740993",
    serial: "18446744073709551615",
    speed: 8.5,
    berths: 4294967295,
    steam: true,
    class: "ferry",
    ports: ["oslo", "a%b"],
    depths: [],
  },
  {
    name: "aurora-2",
    launched: "1911-05-01",
    crew: 127,
    cargo: -5,
    speed: 8.5,
    steam: true,
    class: "ferry",
    ports: [],
  },
  {
    name: "brig",
    launched: "1851-03-02",
    docked: "1901-03-02T19:30:00Z",
    crew: 94,
    cargo: 1200000,
    serial: 5400000,
    speed: 7.5,
    draught: 0.5,
    berths: 1200,
    steam: false,
    class: "three-mast",
    ports: ["oslo", "porto"],
    depths: [7, 8, 9],
  },
  {
    name: "clipper",
    launched: "1854-11-20",
    docked: "1905-11-20T21:00:00.250Z",
    crew: 101,
    cargo: 2500000,
    serial: 9100000,
    speed: 6.25,
    draught: 0.25,
    berths: 800,
    steam: false,
    class: "three-mast",
    ports: ["oslo"],
    depths: [6, 6],
  },
  {
    name: "dinghy",
    launched: "1862-07-14",
    docked: "1912-07-13T22:00:00Z",
    crew: 88,
    speed: 0,
    steam: false,
    class: "tug",
    ports: ["Oslo", "🙂"],
  },
  { name: "étoile 100%_", crew: 0, steam: false },
  {
    name: "gig",
    launched: "1862-07-14",
    crew: 88,
    speed: 6.25,
    steam: true,
    class: "tug",
    ports: ["quay", "oslo"],
  },
];
const SAILORS = [
  { name: "Ada", born: "1948-03-01", height: 1.74, sober: true, nickname: "" },
  { name: "Bo", born: "1950-01-01", sober: true, nickname: 'Bo "the" Knot\\' },
  { name: "Cleo" },
  { name: "Ines", born: "1919-05-08", height: 1.62, sober: false, nickname: "Vee" },
  { name: "Tom", born: "1922-01-01", height: 1.8, sober: false },
  { name: "Zed" },
];
const KNOWS: readonly (readonly [string, string, number | null])[] = [
  ["Tom", "Ada", 0.2],
  ["Tom", "Ines", 0.4],
  ["Ada", "Bo", 0.8],
  ["Ines", "Tom", 0.9],
  ["Cleo", "Cleo", 1],
  ["Bo", "Cleo", null],
  ["Cleo", "Ines", null],
];
const SAILS: readonly (readonly [string, string, string | null, number, number | null])[] = [
  ["Tom", "clipper", "Mate", 1, 12000],
  ["Ada", "aurora", "Pilot", 1, 400000],
  ["Bo", "aurora-2", "Pilot", 1, 550000],
  ["Tom", "brig", "Mate", 1, 9000],
  ["Cleo", "gig", "Cook", 1, null],
  ["Ines", "brig", "Hand", 2, 7000],
  ["Bo", "aurora", null, 2, null],
  ["Tom", "clipper", "Twin", 3, null],
];
const COMMANDS = [
  ["Ada", "aurora"],
  ["Ada", "aurora-2"],
  ["Bo", "aurora-2"],
  ["Cleo", "gig"],
  ["Ines", "clipper"],
  ["Ines", "brig"],
];
const HOME = [
  ["clipper", "NORTH"],
  ["brig", "NORTH"],
  ["aurora", "SOUTH"],
  ["gig", "SOUTH"],
];

export const HARBOUR_DATA: string = [
  ...SHIPS.map((data) => ({ type: "Ship", data })),
  ...SAILORS.map((data) => ({ type: "Sailor", data })),
  ...[{ code: "NORTH", city: "Oslo" }, { code: "SOUTH", city: "Porto" }, { code: "EMPTY" }].map((data) => ({
    type: "Harbour",
    data,
  })),
  { type: "Leg", data: { from: "NORTH", number: 1, label: "out" } },
  { type: "Leg", data: { from: "NORTH", number: 2, label: "back" } },
  { type: "Note", data: { id: "n1", text: "restored sail", stars: 4 } },
  { type: "Note", data: { id: "n2", text: "lost anchor" } },
  ...KNOWS.map(([from, to, trust]) => ({ edge: "Knows", from, to, data: { trust } })),
  ...SAILS.map(([from, to, rank, watch, pay]) => ({ edge: "SailsOn", from, to, data: { rank, watch, pay } })),
  ...COMMANDS.map(([from, to]) => ({ edge: "Commands", from, to })),
  ...HOME.map(([from, to]) => ({ edge: "HomePort", from, to })),
  { edge: "Tows", from: "clipper", to: "brig" },
  { edge: "Tows", from: "aurora-2", to: "aurora" },
]
  .map((line) => JSON.stringify(line))
  .join("\n");

/** A graph in memory that answers reads. */
export class ReadGraph extends WriteGraph {
  static async harbour(): Promise<ReadGraph> {
    const graph = new ReadGraph(HARBOUR_SCHEMA);
    await graph.load(HARBOUR_DATA, "overwrite");
    return graph;
  }

  /** `text` stands behind `query q(…)`, or starts with parameters in parentheses. */
  query(text: string): ReadQuery {
    const source = text.startsWith("(") ? `query q${text}` : `query q() ${text}`;
    const { query } = compileQuery({ file: "q.gq", text: source }, this.catalog);
    if (query.kind !== "read") throw new TypeError("a read is needed");
    return query;
  }

  plan(text: string): Plan {
    return compilePlan(this.query(text));
  }

  async run(
    plan: Plan,
    parameters: Record<string, unknown> = {},
    limits: Partial<RunLimits> = {},
  ): Promise<QueryResult> {
    const bound = bindParameters(plan.query.parameters, parameters);
    return execute(plan, this.view, bound, { clock: this.environment.clock, ...limits });
  }

  /** Rows as arrays of values; of one column, the values alone. */
  async rows(text: string, parameters: Record<string, unknown> = {}): Promise<readonly unknown[]> {
    const result = await this.run(this.plan(text), parameters);
    const rows: readonly (readonly AnswerValue[])[] = result.rows().map((row) => Object.values(row));
    return result.columns.length === 1 ? rows.flat() : rows;
  }

  /** Rows as lines, sorted: for what has no order. */
  async lines(text: string): Promise<readonly string[]> {
    return linesOf(await this.rows(text));
  }
}

/** Rows as lines, sorted. */
export function linesOf(rows: readonly unknown[]): readonly string[] {
  return rows.map((row) => (Array.isArray(row) ? row.join(" ") : String(row))).toSorted();
}
