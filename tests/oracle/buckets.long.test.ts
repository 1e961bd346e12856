import { systemEnvironment, ulidFactory } from "@omnigraph/base";
import { compilePlan, execute, MemoryPool } from "@omnigraph/engine";
import { bindParameters, compileQuery } from "@omnigraph/language";
import { type Backend, openBackend } from "@omnigraph/storage";
import fc from "fast-check";
import { Omnigraph } from "omnigraph";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arbitraryRead } from "../support/generators/arbitrary-query.ts";
import { catalogOf } from "../support/graphs/write-graph.ts";
import { cases, checkCases, patience } from "../support/running/cases.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { s3Bucket } from "../support/stores/s3-environment.ts";
import { type MakeLayer, viewOf } from "./case-views.ts";
import { CLOCK, expectSame, naiveOutcome, outcomeOf } from "./query-case.ts";
import { arbitraryEntities, arbitrarySchema, modelOf } from "./random-graph.ts";

// What lies in a bucket and does not fit into memory is read by pages of copies on this machine, to the same answers.

const QUERIES = cases(120);
const PER_GRAPH = 6;
const MIB = 2 ** 20;
const bucket = s3Bucket("ministack");

const drawnCase = arbitrarySchema().chain((schema) =>
  fc.record({
    schema: fc.constant(schema),
    entities: arbitraryEntities(catalogOf(schema)),
    queries: fc.array(arbitraryRead(catalogOf(schema)), { minLength: PER_GRAPH, maxLength: PER_GRAPH }),
  }),
);

describe("column files in a bucket", () => {
  const mint = ulidFactory(systemEnvironment);
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend(`s3://${bucket()}/layers`, systemEnvironment, {
      writable: true,
      s3: { variables: process.env },
    });
  });
  afterAll(() => backend.objects.close());

  it(
    `${QUERIES} random queries answer what a naive reader does, with memory for nothing, 1 MiB and 64 MiB`,
    () =>
      checkCases(
        "buckets",
        drawnCase,
        Math.ceil(QUERIES / PER_GRAPH),
        async ({ schema, entities, queries }) => {
          const catalog = catalogOf(schema);
          const model = modelOf(catalog, entities);
          const layerOf: MakeLayer = async (type, rows) => {
            const { tables } = backend;
            return tables.open(await tables.stage(mint(), { type, rows, tombstones: null }));
          };
          const pools = [1, MIB, 64 * MIB].map((bytes) => new MemoryPool(bytes));
          const views = pools.map((pool) => [pool, viewOf(catalog, model, pool, "layer", layerOf)] as const);
          for (const { text, parameters } of queries) {
            const { query } = compileQuery({ file: "q.gq", text }, catalog);
            if (query.kind !== "read") throw new TypeError("a read is needed");
            const bound = bindParameters(query.parameters, parameters);
            const expected = naiveOutcome(catalog, model, query, bound);
            for (const [pool, view] of views) {
              const limits = { clock: CLOCK, rows: pool.pages };
              const run = async () => execute(compilePlan(query), view, bound, limits);
              expectSame(await outcomeOf(run, query), expected, query, `${pool.limit} bytes: ${text}`);
            }
          }
        },
      ),
    patience(QUERIES),
  );
});

describe("a graph in a bucket that does not fit into memory", () => {
  const SCHEMA = `node Person { name: String @key  bio: String  age: I32?  city: enum(oslo, rome, bonn)?  marks: [F64]? }
edge Knows: Person -> Person { since: Date?  weight: F64 }`;
  const PEOPLE = 30_000;
  const EDGES = 90_000;
  const READS = [
    "match { $p: Person } return { count($p) as n, sum($p.age) as ages, min($p.bio) as least, max($p.name) as most }",
    'match { $p: Person { name: "p77" }  $p knows{1,3} $q } return { $q.name, $q.age, $q.bio } order { $q.name }',
    'match { $p: Person { name: "p4242" }  $q knows $p } return { $q.name, $q.city, $q.marks } order { $q.name }',
    'match { $p: Person  $p.bio contains "9999" } return { $p.name, $p.bio } order { $p.name }',
    "match { $p: Person  $p.age > 88 } return { $p.name, $p.marks } order { $p.bio, $p.name } limit 50",
    "match { $p: Person } return { $p.city, count($p) as n, avg($p.age) as age } order { $p.city }",
    "match { $p knows $q  $p: Person } return { $q.name, count($p) as n } order { n desc, $q.name } limit 20",
    'match { $p $k: knows $q  $p: Person { name: "p9" } } return { $q.name, $k.since, $k.weight } order { $q.name, $k.weight }',
    "match { $p: Person  not { $_ knows $p } } return { count($p) as n }",
  ].map((body) => `query q() { ${body} }`);

  function* lines(): Generator<Uint8Array> {
    const random = new SeededRandom(7);
    const bio = "x".repeat(290);
    for (let i = 0; i < PEOPLE; i++) {
      const age = random.integer(9) === 0 ? null : random.integer(90);
      const city = random.pick(["oslo", "rome", "bonn", null]);
      const marks = random.integer(3) === 0 ? null : [random.integer(9), i / 4];
      const data = { name: `p${i}`, bio: `${random.integer(1e6)} ${bio}`, age, city, marks };
      yield Buffer.from(`${JSON.stringify({ type: "Person", data })}\n`);
    }
    for (let i = 0; i < EDGES; i++) {
      const data = { since: random.integer(2) === 0 ? null : "2020-02-03", weight: random.integer(1000) / 8 };
      const [from, to] = [`p${random.integer(PEOPLE)}`, `p${random.integer(PEOPLE)}`];
      yield Buffer.from(`${JSON.stringify({ edge: "Knows", from, to, data })}\n`);
    }
  }

  it("answers what it answers with room for everything, by budgets of 1 MiB and 64 MiB, also after changes", async () => {
    const uri = `s3://${bucket()}/large.omni`;
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA, maintenance: "off" });
    await graph.load(lines(), { mode: "append" });
    const open = (memory: number): Promise<Omnigraph> => Omnigraph.open(uri, { readOnly: true, memory });
    await using roomy = await open(2 ** 31);
    await using some = await open(64 * MIB);
    await using little = await open(MIB);
    for (const change of [
      null,
      'query q() { update Person set { age: 7, bio: "9999 new" } where name = "p4242" }',
      'query q() { delete Person where name = "p77" }',
      'query q() { insert Person { name: "p77", bio: "new" } insert Knows { from: "p77", to: "p9", weight: 1.5 } }',
    ]) {
      if (change !== null) await graph.mutate(change);
      for (const read of READS) {
        const { rows } = await roomy.query(read);
        expect((await some.query(read)).rows, `64 MiB: ${read}`).toEqual(rows);
        expect((await little.query(read)).rows, `1 MiB: ${read}`).toEqual(rows);
      }
    }
  }, 600_000);
});
