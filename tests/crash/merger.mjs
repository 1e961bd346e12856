// Edits its branch, merges it into main and main back, until it is killed: `node merger.mjs <graph> <name> <branch> <other branches>`. A line is printed for each
// acknowledged commit and each refusal, before the next begins.
import { writeSync } from "node:fs";
import { Omnigraph } from "./library.mjs";
import { ADD_SHARED, CHANGE, DROP_SHARED, FIND_SHARED, markerLines, MARK, SHARED } from "./merge-schema.mjs";

const [uri, name, branch, ...others] = process.argv.slice(2);
// So small a limit that every batch is staged as tables, and so are merges of it.
const graph = await Omnigraph.open(uri, { actor: name, inlineRows: 50 });
const say = (what) => writeSync(1, `${JSON.stringify(what)}\n`);
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** Says what became of a commit; a refusal for a reason that another process may be the cause of is said as well. */
async function told(what, write) {
  try {
    const answer = await write();
    const { commit } = answer;
    if (commit !== null) say({ ...what, commit: commit.id, outcome: answer.outcome });
    return true;
  } catch (error) {
    if (!["merge_conflict", "read_set_conflict", "too_contended", "key_conflict"].includes(error.reason))
      throw error;
    const conflicts = error.details.merge_conflicts?.map(({ ours, theirs }) => ({ ours, theirs }));
    say({ ...what, refused: error.reason, conflicts });
    return error.reason !== "merge_conflict";
  }
}

/** Without a strategy first: only a conflict that was seen is decided by one, which the commit's message keeps. */
async function merge(source, into) {
  const options = { into, message: "refuse" };
  if (await told({ merge: source, into, strategy: null }, () => graph.branches.merge(source, options)))
    return;
  const strategy = pick(["ours", "theirs"]);
  await told({ merge: source, into, strategy }, () =>
    graph.branches.merge(source, { into, strategy, message: strategy }),
  );
}

/** Changes one property of a shared entity, or deletes or adds the whole. */
async function editShared(on, n) {
  const k = pick(SHARED);
  const v = `${name}-${n}`;
  const write = (text, parameters) =>
    told({ shared: k }, () => graph.mutate(text, parameters, { branch: on }));
  const { rows } = await graph.query(FIND_SHARED, { k }, { branch: on });
  if (rows.length === 0) await write(ADD_SHARED, { k, v });
  else if (Math.random() < 0.1) await write(DROP_SHARED, { k });
  else await write(CHANGE[pick(["a", "b"])], { k, v });
}

/** What is done, with its share of all. */
const STEPS = [
  [40, (n) => told({ marker: `${name}-${n}` }, () => graph.mutate(MARK, { k: `${name}-${n}` }, { branch }))],
  [25, (n) => editShared(branch, n)],
  [10, () => merge(branch, "main")],
  [8, () => merge("main", branch)],
  // The other process does the same at the same time: histories cross.
  [5, () => merge(branch, pick(others))],
  [5, (n) => told({ marker: `${name}-${n}` }, () => graph.mutate(MARK, { k: `${name}-${n}` }))],
  [5, (n) => editShared("main", n)],
  [
    2,
    (n) =>
      told({ marker: `${name}-${n}` }, () =>
        graph.load(markerLines(`${name}-${n}`), { mode: "append", branch }),
      ),
  ],
];
const WHEEL = STEPS.flatMap(([share, step]) => Array.from({ length: share }, () => step));

say({ ready: true });
for (let n = 0; ; n++) await pick(WHEEL)(n);
