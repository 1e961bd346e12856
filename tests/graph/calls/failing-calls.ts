import {
  type GraphParts,
  type LoadInput,
  type LoadOptions,
  MemoryObjects,
  ObjectLayers,
  Omnigraph,
  type Reason,
} from "omnigraph";
import { testFolder } from "../../support/running/folders.ts";

export const SCHEMA = `node Person { name: String @key  mail: String? @unique  age: I32?  total: I64?  @range(age, 0..150) }
node Note { text: String? }
node Scan { name: String @key  bytes: Blob }
edge Knows: Person -> Person @card(0..1) { since: Date? }`;
export const READ = "match { $p: Person } return { $p.name }";
export const SUM = "match { $p: Person } return { sum($p.total) as total }";
export const BOTH =
  "query a() { match { $p: Person } return { $p.name } } query b() { match { $p: Person } return { $p.age } }";
export const BOTH_PUT =
  'query a() { delete Person where name = "Ann" } query b() { delete Person where name = "Bob" }';
export const PUT = 'delete Person where name = "Ann"';
export const SCAN = { entity: "node", type: "Scan", id: "s", property: "bytes" } as const;
export const PERSON = '{"type":"Person","data":{"name":"Cyd"}}';

export interface Place {
  readonly uri: string;
  readonly graph: Omnigraph;
  readonly reader: Omnigraph;
  /** Digits that the ids of all commits begin with. */
  readonly digits: string;
  readonly folder: string;
}

type Failing = (place: Place) => Promise<unknown>;
export type Failures = Partial<Record<Reason, Failing>>;

export const folder = testFolder("reasons");
let graphs = 0;

/** A graph with two people, a branch where both sides changed the same, and one that is deleted. */
export async function place(): Promise<Place & AsyncDisposable> {
  const uri = `memory://reasons-${graphs++}`;
  const graph = await Omnigraph.init(uri, { schema: SCHEMA });
  const { commit } = await graph.load(
    [
      { type: "Person", data: { name: "Ann", mail: "a", age: 41, total: 2n ** 63n - 1n } },
      { type: "Person", data: { name: "Bob", mail: "b", total: 2n ** 63n - 1n } },
      { edge: "Knows", from: "Ann", to: "Bob" },
    ],
    { mode: "append" },
  );
  await graph.branches.create("draft");
  await graph.mutate('update Person set { age: 42 } where name = "Ann"', null, { branch: "draft" });
  await graph.mutate('update Person set { age: 43 } where name = "Ann"');
  const reader = await Omnigraph.open(uri, { readOnly: true });
  return {
    uri,
    graph,
    reader,
    digits: commit.id.slice(0, 6),
    folder,
    [Symbol.asyncDispose]: async () => {
      await reader.close();
      await graph.close();
    },
  };
}

/** Loads the scan, whose content lies beside the tables. */
export function scanned({ graph }: Place): Promise<unknown> {
  const bytes = `base64:${"A".repeat(40_000)}`;
  return graph.load([{ type: "Scan", data: { name: "s", bytes } }], { mode: "merge" });
}

/** A callback of a caller that fails. */
export function failing(): never {
  throw new Error("no");
}

export async function drained(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pieces);
}

/** The parts of a graph that is not there yet. */
export function parts(): GraphParts {
  const objects = new MemoryObjects(`reasons-parts-${graphs++}`);
  return { objects, tables: new ObjectLayers(objects) };
}

/** The parts of a graph with a file of somebody else where interrupted writes are. */
export async function foreign(): Promise<GraphParts> {
  const given = parts();
  await (await Omnigraph.initWith(given, { schema: SCHEMA })).close();
  await given.objects.put("__recovery/notes.txt", new Uint8Array(1));
  return given;
}

/** Makes a graph at an address. */
export async function copied(uri: string): Promise<void> {
  await (await Omnigraph.init(uri, { schema: SCHEMA })).close();
}

export const load =
  (input: LoadInput, options: Partial<LoadOptions> = {}): Failing =>
  ({ graph }) =>
    graph.load(input, { mode: "append", ...options });
export const mutate =
  (source: string, parameters = {}): Failing =>
  ({ graph }) =>
    graph.mutate(source, parameters);

export const analyzed =
  (source: string): Failing =>
  ({ graph }) =>
    graph.explain(source, null, { analyze: true });

type OfSource = (place: Place, text: string, options?: { name: string }) => Promise<unknown>;

/** Of a call that takes a source; `both` has two queries. */
export const ofSource = (call: OfSource, both: string): Failures => ({
  query_invalid: (at) => call(at, "nonsense"),
  query_not_found: (at) => call(at, both, { name: "c" }),
  query_name_required: (at) => call(at, both),
});
export const ofText = (call: OfSource, both: string, other: string): Failures => ({
  ...ofSource(call, both),
  query_kind_mismatch: (at) => call(at, other),
});
export const named = (call: (place: Place, name: string) => Promise<unknown>): Failures => ({
  commit_not_found: (at) => call(at, "main~9"),
  commit_ambiguous: (at) => call(at, at.digits),
});
export const ofWrite = (call: (graph: Omnigraph, op: string) => Promise<unknown>): Failures => ({
  read_only: ({ reader }) => call(reader, "other"),
  op_reused: async ({ graph }) => {
    await graph.mutate('insert Person { name: "Dee" }', null, { op: "known" });
    await call(graph, "known");
  },
});
