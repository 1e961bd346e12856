// Opens a graph after power loss, compares it with what was acknowledged, goes on writing, and reads that back: `node judge.mjs <graph> <file of lines>`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { BATCH_SIZE, batchLines, INSERT } from "../crash/schema.mjs";

const [uri, file, mark] = process.argv.slice(2);
/** `before`: said before the clone began; `after`: until it was surely done, so that what these began may be in it. */
const { before, after } = JSON.parse(readFileSync(file, "utf8"));
const faults = [];
const check = (holds, what) => holds || faults.push(what);

const ITEMS = "query q() { match { $i: Item } return { $i.key as key, $i.number as number } }";
const HELD = "query q() { match { $b: Batch  $b holds $i } return { $b.key as key, count($i) as n } }";
const BATCHES = "query q() { match { $b: Batch } return { $b.key as key, $b.size as size } }";

async function stateOf(graph, branch) {
  const read = async (text) => (await graph.query(text, {}, { branch })).rows;
  const items = new Map((await read(ITEMS)).map(({ key, number }) => [key, number]));
  const held = new Map((await read(HELD)).map(({ key, n }) => [key, n]));
  for (const { key } of await read(BATCHES)) {
    check(held.get(key) === BATCH_SIZE, `${branch}: batch ${key} has ${held.get(key)} items`);
    for (let i = 0; i < BATCH_SIZE; i++)
      check(items.get(`${key}/${i}`) === i, `${branch}: item ${key}/${i} of a batch`);
  }
  for (const key of items.keys()) {
    const batch = key.slice(0, key.lastIndexOf("/"));
    if (/batch\/\d+$/.test(key)) check(held.has(batch), `${branch}: item ${key} without its batch`);
  }
  return { items, held };
}

async function judge(graph) {
  const said = (name, list) => list.filter((line) => line[name] !== undefined).map((line) => line[name]);
  const [merged, deleted] = [new Set(said("merged", before)), new Set(said("deleted", before))];
  const mayBeDeleted = new Set(said("deleting", after));
  const living = new Set((await graph.branches.list()).map(({ name }) => name));
  const states = new Map();
  for (const name of living) states.set(name, await stateOf(graph, name));
  for (const branch of said("branch", before))
    check(mayBeDeleted.has(branch) || living.has(branch), `branch ${branch} is gone`);
  for (const branch of deleted) check(!living.has(branch), `branch ${branch} is back`);
  const touched = new Map(before.filter((line) => line.touched).map((line) => [line.touched, line.number]));
  for (const { item, batch, on } of before) {
    if (item === undefined && batch === undefined) continue;
    const places = on === undefined || merged.has(on) ? ["main"] : mayBeDeleted.has(on) ? [] : [on];
    if (on !== undefined && living.has(on)) places.push(on);
    for (const place of places) {
      const { items, held } = states.get(place) ?? { items: new Map(), held: new Map() };
      if (item !== undefined) check(items.has(item), `${place}: item ${item} is lost`);
      if (item !== undefined && touched.has(item))
        check(items.get(item) === touched.get(item), `${place}: item ${item} has lost its number`);
      if (batch !== undefined) check(held.has(batch), `${place}: batch ${batch} is lost`);
    }
  }
  const ids = (await graph.commits.list()).map(({ id }) => id);
  check(new Set(ids).size === ids.length, "a commit is in the history twice");
  const known = new Set(ids);
  for (const { commit } of before)
    if (commit !== undefined) check(known.has(commit), `commit ${commit} is lost`);
  return { checked: before.length, items: states.get("main").items.size, branches: living.size };
}

/** Everything that a writer does, after the power came back. */
async function goOn(graph) {
  for (let n = 0; n < 3; n++) await graph.mutate(INSERT, { k: `${mark}-${n}`, w: mark, n });
  await graph.branches.create(mark);
  await graph.load(batchLines(`${mark}-batch`), { mode: "append", branch: mark });
  await graph.mutate(INSERT, { k: `${mark}-3`, w: mark, n: 3 });
  await graph.branches.merge(mark);
  await graph.branches.delete(mark);
}

/** Commits and records of branches whose names lasted, and not their bytes. */
function spentNames() {
  let count = 0;
  for (const folder of ["log", "refs"].map((name) => join(uri, "__manifest", name)))
    for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
      if (entry.isFile() && (readFileSync(join(folder, entry.name))[0] ?? 0) === 0) count++;
  return count;
}

const spent = spentNames();
const graph = await Omnigraph.open(uri, { inlineRows: 50 });
const found = await judge(graph);
await goOn(graph);
await graph.close();
const again = await Omnigraph.open(uri, { readOnly: true });
const { items, held } = await stateOf(again, "main");
check(items.size === found.items + 4 + BATCH_SIZE, `${items.size} items after ${found.items} and 44 more`);
check(held.has(`${mark}-batch`), "the batch put afterwards is lost");
await again.close();
process.stdout.write(JSON.stringify({ ...found, spent, faults: faults.slice(0, 20) }));
