// Writes tests/golden/graphs/<release>: graphs as this release writes them, and what they answer. Run once for each release (`npm run build`, then
// `node scripts/write-golden-graph.mjs`); a test opens the graphs of every release for ever.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemEnvironment } from "@omnigraph/base";
import { openBackend } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { answersOf, packedFolder, rowsOf } from "../tests/support/graphs/recorded-graph.mjs";

const { version } = JSON.parse(
  readFileSync(new URL("../packages/cli/package.json", import.meta.url), "utf8"),
);
const golden = fileURLToPath(new URL(`../tests/golden/graphs/${version}/`, import.meta.url));
if (existsSync(golden)) throw new Error(`${golden} is there: the graphs of a release are written once`);
const scratch = mkdtempSync(join(tmpdir(), "omnigraph-golden-"));

const SCHEMA = `node Person {
  name: String @key
  role: enum(designer, engineer)?
  born: Date?
  seen: DateTime?
  age: I32?
  big: I64?
  serial: U64?
  score: F64?
  weight: F32?
  active: Bool?
  email: String? @unique
  tags: [String]?
  numbers: [I32]?
  place: Vector(3)?
}
node Team { slug: String @key }
node Scan { slug: String @key  bytes: Blob }
edge Knows: Person -> Person { since: Date?  trust: F64? }
edge In: Person -> Team @card(0..1)
edge Rates: Person -> Team { year: I32  stars: I32?  @key(@src, @dst, year) }
`;
/** More rows than so many are staged as tables. */
const INLINE_ROWS = 20;
/** Slots of a block: with so many commits a log has a digest. */
const BLOCK = 64;

const person = (name, data = {}) => ({ type: "Person", data: { name, ...data } });
const knows = (id, from, to, data = {}) => ({ edge: "Knows", from, to, data: { id, ...data } });
const full = (i) => ({
  role: i % 2 === 0 ? "engineer" : "designer",
  born: `19${50 + (i % 50)}-02-03`,
  seen: `2026-01-02T03:04:05.${String(i).padStart(3, "0")}Z`,
  age: -i,
  big: `-92233720368547757${String(i).padStart(2, "0")}`,
  serial: "18446744073709551615",
  score: i / 3,
  weight: i / 8,
  active: i % 3 === 0,
  email: `${i}@example.org`,
  tags: ["", "ä", `t${i}`],
  numbers: [i, -1],
  place: [i, 0.5, -1],
});
const row = (i) => person(`p${i}`, i % 4 === 3 ? {} : full(i));

/** All that a graph can hold: every way of writing, every type of value, branches in every state. */
async function writeWhole(root) {
  const graph = await Omnigraph.init(root, { schema: SCHEMA, actor: "ann", inlineRows: INLINE_ROWS });
  await writeMain(graph);
  await writeBranches(graph);
  await graph.close();
  const relaxed = await Omnigraph.open(root, { durability: "relaxed", actor: "ann" });
  await relaxed.branches.create("relaxed");
  await setAge(relaxed, "relaxed", "Ann", 11);
  await setAge(relaxed, "relaxed", "Bøb", 12);
  const answers = await answersOf(relaxed);
  await relaxed.close();
  spendName(root, answers.branches.torn.commits[0]);
  return answers;
}

const merge = (graph, branch, lines, options = {}) =>
  graph.load(lines, { mode: "merge", branch, ...options });
const setAge = (graph, branch, name, age) =>
  graph.mutate(`query q() { update Person set { age: ${age} } where name = "${name}" }`, {}, { branch });

/** Small commits, commits that share an object, tables, a revert, folds. */
async function writeMain(graph) {
  await merge(graph, "main", [
    person("Ann", full(99)),
    person("Bøb"),
    { type: "Team", data: { slug: "core" } },
  ]);
  // Content in its row, and content beside the tables.
  await merge(graph, "main", [
    { type: "Scan", data: { slug: "small", bytes: "base64:AAEC" } },
    { type: "Scan", data: { slug: "large", bytes: `base64:${Buffer.alloc(17_000, 1).toString("base64")}` } },
  ]);
  await merge(graph, "main", [
    knows("k1", "Ann", "Bøb", { since: "2020-02-29" }),
    { edge: "In", from: "Ann", to: "core", data: { id: "i1" } },
    { edge: "Rates", from: "Ann", to: "core", data: { year: 2020, stars: 3 } },
  ]);
  // Tables, and then more tables over some of the same rows.
  await merge(
    graph,
    "main",
    [
      ...Array.from({ length: 40 }, (_, i) => row(i)),
      ...Array.from({ length: 30 }, (_, i) => knows(`e${i}`, `p${i}`, `p${i + 1}`)),
    ],
    { mode: "append", message: "tables" },
  );
  await merge(
    graph,
    "main",
    Array.from({ length: 25 }, (_, i) => person(`p${i + 30}`, { age: i, place: null })),
  );
  await Promise.all(["Ann", "Bøb", "p1", "p2", "p3"].map((name, i) => setAge(graph, "main", name, 100 + i)));
  await graph.mutate(
    'query q() { delete Person where name = "p5" }',
    {},
    { message: "with its edges", actor: "bob" },
  );
  const { commit: taken } = await graph.mutate('query q() { delete Knows where from = "p20" }');
  await graph.commits.revert(taken.id);
  // A fold, one whose layer has deletions, and one of everything into one table a type.
  await graph.maintenance.optimize();
  await graph.mutate('query q() { delete Person where name = "p6" }');
  await graph.maintenance.optimize();
}

async function writeBranches(graph) {
  await graph.branches.create("folded");
  await graph.maintenance.optimize({ branch: "folded", full: true });
  await setAge(graph, "folded", "p9", 9);
  await graph.branches.create("forwarded");
  await setAge(graph, "forwarded", "Ann", 7);
  await graph.branches.merge("forwarded", { message: "forward" });
  await graph.branches.create("review/one");
  await merge(graph, "review/one", [person("Dee", { email: "d@x" }), knows("k2", "Dee", "Ann")]);
  await setAge(graph, "review/one", "Ann", 3);
  await setAge(graph, "main", "Ann", 4);
  await merge(graph, "main", [person("Eve", { email: "d@x" })]);
  await graph.branches.merge("review/one", {
    resolutions: {
      strategy: "ours",
      entities: [{ kind: "node", type: "Person", id: "Ann", take: "theirs" }],
    },
  });
  await setAge(graph, "review/one", "p7", 5);
  await merge(
    graph,
    "staged",
    Array.from({ length: 25 }, (_, i) => person(`s${i}`)),
    { from: "main" },
  );
  await graph.branches.create("gone");
  await setAge(graph, "gone", "Ann", 1);
  await graph.branches.delete("gone");
  await graph.branches.create("gone", { from: "review/one" });
  await graph.branches.create("long");
  for (let i = 0; i < BLOCK + 2; i++) await setAge(graph, "long", `p${i % 5}`, i);
  await graph.branches.create("torn");
  await setAge(graph, "torn", "Ann", 8);
}

/** As power loss leaves it: the name of the newest slot of a log is spent by an empty file, and the object that came then has the next name. */
function spendName(root, commit) {
  const logs = join(root, "__manifest", "log");
  const name = readdirSync(logs).find((each) => each.startsWith(commit.slice(10, 19).toLowerCase()));
  renameSync(join(logs, name), join(logs, `${name}~1`));
  writeFileSync(join(logs, name), "");
}

/** A graph whose process stood still for ever in two staged writes: one of them had written all of its tables, the other had not. */
async function writeInterrupted(root) {
  const lines = (prefix) => Array.from({ length: 3 }, (_, i) => person(`${prefix}${i}`));
  await (await Omnigraph.init(root, { schema: SCHEMA, actor: "ann" })).close();
  const stops = [(key) => key.startsWith("__manifest/log/"), (key) => key.endsWith(".staged.json")];
  for (const [i, isStop] of stops.entries()) {
    const graph = await stoppingAt(root, isStop);
    await Promise.race([
      graph.stopped,
      graph.opened.load(lines(`s${i}`), { mode: "append", message: `stopped ${i}` }),
    ]);
  }
  const graph = await Omnigraph.open(root, { actor: "ann" });
  await graph.load(lines("a"), { mode: "append" });
  const answers = await answersOf(graph);
  await graph.close();
  return {
    ...answers,
    pending: stops.map((_, i) => `stopped ${i}`),
    rows: answers.branches.main.rows.length,
  };
}

/** A graph whose first put of a chosen key never ends. */
async function stoppingAt(root, isStop) {
  const { objects, tables } = await openBackend(root, systemEnvironment);
  let stop;
  const stopped = new Promise((done) => (stop = done));
  const never = () => {
    stop();
    return new Promise(() => {});
  };
  const stopping = new Proxy(objects, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "put" && name !== "putIfAbsent") return value.bind(target);
      return (key, ...rest) => (isStop(key) ? never() : value.call(target, key, ...rest));
    },
  });
  return { opened: await Omnigraph.openWith({ objects: stopping, tables }, { inlineRows: 0 }), stopped };
}

/** JSON with a line for each branch, commit and difference. */
function linesOf(answers) {
  const members = (value, depth) =>
    depth === 0 || value === null || typeof value !== "object" || Array.isArray(value)
      ? JSON.stringify(value)
      : `{\n${Object.entries(value)
          .map(([key, each]) => `${JSON.stringify(key)}: ${members(each, depth - 1)}`)
          .join(",\n")}\n}`;
  return `${members(answers, 2)}\n`;
}

for (const [name, write] of Object.entries({ whole: writeWhole, interrupted: writeInterrupted })) {
  const root = join(scratch, `${name}.omni`);
  const answers = await write(root);
  mkdirSync(golden, { recursive: true });
  writeFileSync(join(golden, `${name}.graph`), packedFolder(root));
  writeFileSync(join(golden, `${name}.json`), linesOf(answers));
}
// What was read after the name was spent must be what was read before.
const check = await Omnigraph.open(join(scratch, "whole.omni"), { readOnly: true });
await rowsOf(check, { branch: "torn" });
rmSync(scratch, { recursive: true });
console.log(`wrote ${golden}`);
process.exit(0); // the writes that stand still keep the process alive
