// Writes tests/golden/log-v1: a small graph in the first format. Run once per format (after `npm run build`, by Node 22.18 or later, which runs TypeScript); the folder is opened by a test for ever.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ulidFactory } from "@omnigraph/base";
import { GraphLog } from "@omnigraph/log";
import { columnOf, idColumn, LocalObjects, NOTHING } from "@omnigraph/storage";
import { SeededRandom } from "../tests/support/simulation/seeded-random.ts";

const root = fileURLToPath(new URL("../tests/golden/log-v1", import.meta.url));
if (existsSync(root)) throw new Error(`${root} is there: a format's golden files are written once`);

const NODE = "01JD0000000000000000000001";
const EDGE = "01JD0000000000000000000002";
const NAME = "01JD0000000000000000000003";
const TEXT = { scalar: "String", list: false, dimension: null };

let micros = 1_795_407_381_000_000;
const environment = {
  clock: { nowMicros: () => (micros += 1_000), monotonicMs: () => micros / 1_000, sleep: async () => {} },
  random: new SeededRandom(1),
};
const mint = ulidFactory(environment);

const nodes = (rows) => ({
  length: rows.length,
  columns: new Map([
    ["id", idColumn(rows.map(([id]) => id))],
    [
      NAME,
      columnOf(
        TEXT,
        rows.map(([, name]) => name),
      ),
    ],
  ]),
});
const edges = (rows) => ({
  length: rows.length,
  columns: new Map(["id", "src", "dst"].map((key, i) => [key, idColumn(rows.map((row) => row[i]))])),
});
const nodeChanges = (updated, before, after) => ({
  type: NODE,
  updated,
  before: nodes(before),
  after: nodes(after),
});
const edgeChanges = (before, after) => ({
  type: EDGE,
  updated: 0,
  before: edges(before),
  after: edges(after),
});

const store = new LocalObjects(root);
const schema = (text) => Buffer.from(JSON.stringify({ source: text }));
const log = await GraphLog.init(store, environment, {
  schema: schema("node Person"),
  actor: "ann",
  message: "begin",
});
const main = await log.branch("main");
const writer = log.writer(main);

const submit = (rows, counts, { write = {}, draft = {} } = {}) =>
  writer.submit({
    kind: "mutation",
    op: mint(),
    content: null,
    actor: null,
    message: null,
    ifCommit: null,
    durability: "durable",
    evaluate: () => ({
      ...NOTHING,
      changes: { kind: "rows", rows, replaced: [] },
      counts: new Map(counts),
      commits: true,
      ...draft,
    }),
    rowsOf: async () => null,
    ...write,
  });

await submit(
  [
    nodeChanges(
      0,
      [],
      [
        ["ann", "Ann"],
        ["bob", "Bøb"],
      ],
    ),
  ],
  [[NODE, 2]],
  { write: { actor: "ann", message: "two ✓" } },
);
await Promise.all([
  submit([edgeChanges([], [["e1", "ann", "bob"]])], [[EDGE, 1]]),
  submit([nodeChanges(1, [["ann", "Ann"]], [["ann", null]])], []),
  submit([], [], { write: { content: "c0ffee", op: "01JD0000000000000000000009" } }),
]);
const second = await log.schemas.put(schema("node Person // renamed"));
await submit([], [], { write: { kind: "schema" }, draft: { schema: second } });
const entry = {
  staging: "01JD000000000000000000000A",
  type: NODE,
  version: 1,
  rows: 2,
  tombstones: 1,
  columns: { [NAME]: "name" },
};
await submit([], [[NODE, 1]], {
  write: { kind: "load" },
  draft: { changes: { kind: "layers", layers: [entry], replaced: [] } },
});
await submit(
  [edgeChanges([["e1", "ann", "bob"]], []), nodeChanges(0, [["bob", "Bøb"]], [])],
  [
    [NODE, -1],
    [EDGE, -1],
  ],
  {
    write: { durability: "relaxed" },
  },
);
await submit([nodeChanges(0, [], [["cyd", "Cyd"]])], [[NODE, -1]], {
  write: { kind: "load" },
  draft: { changes: { kind: "rows", rows: [nodeChanges(0, [], [["cyd", "Cyd"]])], replaced: [NODE] } },
});
await submit([nodeChanges(0, [], [["dee", "Dee"]])], [[NODE, 1]]);
await log.close();
await store.close();
console.log(`wrote ${root}`);
