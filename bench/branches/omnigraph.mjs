import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { SCHEMA } from "../generate.mjs";
import { floorPut } from "../measure.mjs";
import { COLUMNS, edited, handleOf, RAISE, rowOf, StateDigest } from "./rows.mjs";
import { serve } from "./serve.mjs";

/** About what the object of a one-row commit takes. */
const COMMIT_BYTES = 1300;
const PIECE = 4096;
const ALL =
  "query all() { match { $u: User } return { $u.handle as handle, $u.age as age, $u.score as score, $u.city as city, $u.joined as joined } order { handle } }";
const UPDATE = "query grow($h: String, $a: I32) { update User set { age: $a } where handle = $h }";

let graph;
let put;

const line = (i, raised) => {
  const row = rowOf(i, raised);
  return `${JSON.stringify({ type: "User", data: Object.fromEntries(COLUMNS.map((name, at) => [name, row[at]])) })}\n`;
};

function* base(rows) {
  for (let start = 0; start < rows; start += PIECE) {
    const numbers = Array.from({ length: Math.min(PIECE, rows - start) }, (_, i) => start + i);
    yield Buffer.from(numbers.map((i) => line(i, 0)).join(""));
  }
}

async function edit(branch, facts, side, round) {
  const text = edited(facts, side, round)
    .map((i) => line(i, RAISE[side]))
    .join("");
  return (await graph.load(text, { mode: "merge", branch })).commit;
}

async function stateOf(branch) {
  const state = new StateDigest();
  const { rows } = await graph.query(ALL, {}, { branch });
  for (const row of rows) state.add(COLUMNS.map((name) => row[name]));
  return state.answer();
}

const names = (round) => [`ours-${round}`, `theirs-${round}`];

const prepare = {
  async create({ others }, round) {
    const name = `made-beside-${others}-${round}`;
    return {
      floor: put,
      run: () => graph.branches.create(name),
      result: () => stateOf(name),
      end: () => graph.branches.delete(name),
    };
  },
  async firstWrite(facts, round) {
    const name = `written-${round}`;
    const [at] = edited(facts, 0, round);
    await graph.branches.create(name);
    return {
      floor: put,
      run: () => graph.mutate(UPDATE, { h: handleOf(at), a: 99 }, { branch: name }),
      result: () => stateOf(name),
      end: () => graph.branches.delete(name),
    };
  },
  async merge(facts, round) {
    const both = names(round);
    for (const name of both) await graph.branches.create(name);
    for (const [side, name] of both.entries()) await edit(name, facts, side, round);
    const floor = facts.n === 1 ? { floor: put } : {};
    return { ...floor, ...left(facts, round) };
  },
  async diff(facts, round) {
    const name = `differs-${round}`;
    await graph.branches.create(name);
    const { id, parent } = await edit(name, facts, 0, round);
    const found = { rows: 0, raised: 0 };
    return {
      async run() {
        const diff = await graph.branches.diff(parent, id);
        for await (const { before, after } of diff.changes()) {
          found.rows++;
          found.raised += after.properties.age - before.properties.age;
        }
      },
      result: () => found,
      end: () => graph.branches.delete(name),
    };
  },
  async revert(facts, round) {
    const name = `reverted-${round}`;
    await graph.branches.create(name);
    const { id } = await edit(name, facts, 0, round);
    return {
      run: () => graph.commits.revert(id, { branch: name }),
      result: () => stateOf(name),
      end: () => graph.branches.delete(name),
    };
  },
};

function left(_facts, round) {
  const [ours, theirs] = names(round);
  return {
    async run() {
      const { outcome } = await graph.branches.merge(theirs, { into: ours });
      if (outcome !== "merged") throw new Error(`merge came to ${outcome}`);
    },
    result: () => stateOf(ours),
    async end() {
      for (const name of [ours, theirs]) await graph.branches.delete(name);
    },
  };
}

serve({
  async open(folder, rows) {
    graph = await Omnigraph.init(join(folder, "graph.omni"), { schema: SCHEMA });
    put = floorPut(folder, COMMIT_BYTES);
    await graph.load(base(rows), { mode: "append" });
  },
  async reopen(folder) {
    graph = await Omnigraph.open(join(folder, "graph.omni"));
  },
  async crowd(count) {
    for (let i = 0; i < count; i++) await graph.branches.create(`other-${i}`);
    return null;
  },
  async disperse(count) {
    for (let i = 0; i < count; i++) await graph.branches.delete(`other-${i}`);
    return null;
  },
  prepare: (workload, facts, round) => prepare[workload](facts, round),
  left,
  close: () => graph.close(),
});
