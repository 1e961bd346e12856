import { join } from "node:path";
import { isError } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { expect, it } from "vitest";
import { patience } from "../support/running/cases.ts";
import { testFolder } from "../support/running/folders.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { textIn } from "../support/models/feed-model.ts";

const SCHEMA = `node Person { name: String @key  age: I32?  city: String? }
node Item { key: String @key  price: F64? }
edge Owns: Person -> Item { since: Date? }
edge Knows: Person -> Person
`;
const QUERIES = [
  "query q() { match { $p: Person } return { $p.city, count($p) as n, sum($p.age) as age } order { $p.city } }",
  "query q() { match { $p owns $i  $p: Person } return { $p.name, $i.key, $i.price } order { $p.name, $i.key } }",
  'query q() { match { $p: Person { name: "p1" }  $p knows{1,3} $q } return { $q.name } order { $q.name } }',
  "query q() { match { $p: Person  not { $p owns $_ } } return { $p.name } order { $p.name } }",
];
const STEPS = 25;

type Write = () => Promise<unknown>;

/** Refusals that are outcomes like any other: an end that is missing, say, or a commit of the other handle that came between. */
const REFUSALS: ReadonlySet<string> = new Set(["endpoint_missing", "load_invalid", "read_set_conflict"]);

/** One random write. */
async function write(graph: Omnigraph, random: SeededRandom): Promise<void> {
  const p = `p${random.integer(6)}`;
  const q = `p${random.integer(6)}`;
  const i = `i${random.integer(6)}`;
  const n = random.integer(90);
  const lines = [
    { type: "Person", data: { name: p, age: n } },
    { type: "Person", data: { name: q, city: "Oslo" } },
    { type: "Item", data: { key: i, price: n / 4 } },
    { edge: "Owns", from: p, to: i },
  ];
  const writes: [Write, ...Write[]] = [
    () => graph.mutate(`query q() { insert Person { name: "${p}", age: ${n}, city: "Rome" } }`),
    () =>
      graph.mutate(
        `query q() { insert Item { key: "${i}", price: ${n}.5 } insert Owns { from: "${p}", to: "${i}" } }`,
      ),
    () => graph.mutate(`query q() { insert Knows { from: "${p}", to: "${q}" } }`),
    () => graph.mutate(`query q() { update Person set { age: ${n} } where city = "Rome" }`),
    () => graph.mutate(`query q() { delete Person where name = "${p}" }`),
    () => graph.mutate("query q($city: String?) { update Person set { age: 1 } where city = $city }"),
    () => graph.mutate("query q($key: String?) { delete Item where key = $key }", { key: null }),
    () => graph.mutate("query q($to: String?) { delete Owns where to = $to }"),
    () => graph.mutate(`query q() { delete Owns where to = "${i}" }`),
    () => graph.maintenance.optimize({ full: random.integer(2) === 0 }),
    () =>
      graph.load((p === q ? lines.slice(1) : lines).map((line) => JSON.stringify(line)).join("\n"), {
        mode: "merge",
      }),
  ];
  try {
    await random.pick(writes)();
  } catch (error) {
    if (!isError(error) || !REFUSALS.has(error.reason)) throw error;
  }
}

async function seen(graph: Omnigraph): Promise<unknown> {
  const exported = await textIn(graph.export());
  const answers = [];
  for (const query of QUERIES) answers.push((await graph.query(query)).rows);
  return { exported, answers };
}

/** So many random histories, from a seed on. */
export function reopenSuite(first: number, count: number): void {
  it(
    `a graph answers alike in the handle that wrote, opened again, and with no room in memory, over ${count} random histories`,
    async () => {
      const folder = testFolder("reopen");
      for (let seed = first; seed < first + count; seed++) {
        const random = new SeededRandom(seed);
        const uri = join(folder, `${seed}.omni`);
        // Loads are staged as tables, mutations travel inside their commits.
        await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 3 });
        for (let step = 0; step < STEPS; step++) {
          // Some of the writes are those of a process that has read nothing, with no room in memory.
          await using cold =
            random.integer(4) === 0 ? await Omnigraph.open(uri, { memory: 1, inlineRows: 3 }) : null;
          await write(cold ?? graph, random);
        }
        const wanted = await seen(graph);
        await using again = await Omnigraph.open(uri, { readOnly: true });
        await using starved = await Omnigraph.open(uri, { readOnly: true, memory: 1 });
        expect(await seen(again), `seed ${seed}`).toEqual(wanted);
        expect(await seen(starved), `seed ${seed}, no memory`).toEqual(wanted);
        const { findings } = await Omnigraph.fsck(uri);
        expect(
          findings.filter(({ severity }) => severity !== "note"),
          `seed ${seed}`,
        ).toEqual([]);
      }
    },
    patience(count),
  );
}
