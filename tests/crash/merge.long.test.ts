import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Omnigraph } from "omnigraph";
import { expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { type Image, MergedHistory, naiveMerge, type Recorded } from "./merge-history.ts";
import { MARK, SCHEMA, SHARED } from "./merge-schema.mjs";
import { oneLife } from "./process.ts";

const SECONDS = Number(process.env["OMNIGRAPH_KILL_SECONDS"] ?? 15);
const SEATS = ["ann", "bob", "cyd", "dan"];
const BRANCHES = ["main", ...SEATS];
/** Milliseconds that a process lives after it has opened the graph. */
const LIFE = { least: 200, spread: 5000 };
const READ_SHARED = "query read() { match { $s: Shared } return { $s.key as key, $s.a as a, $s.b as b } }";
const READ_MARKERS = "query read() { match { $m: Marker } return { $m.key as key } }";
/** Merges whose images are read again at the commits themselves. */
const READ_AGAIN = 40;

/** A line of `merger.mjs`: an acknowledged commit, or a refusal. */
interface Line {
  readonly commit?: string;
  readonly refused?: string;
  readonly marker?: string;
  readonly shared?: string;
  readonly merge?: string;
  readonly into?: string;
  readonly strategy?: "ours" | "theirs" | null;
  readonly outcome?: string;
  readonly conflicts?: readonly { readonly ours: unknown; readonly theirs: unknown }[];
}

/** Appends to `lines` what is told by one process after another on a branch, each killed at a random moment of its life. Answers how many there were. */
async function seat(uri: string, branch: string, lines: Line[], isOver: () => boolean): Promise<number> {
  const others = SEATS.filter((other) => other !== branch);
  let kills = 0;
  while (!isOver()) {
    const milliseconds = LIFE.least + Math.random() * LIFE.spread;
    const args = [uri, `${branch}${kills}`, branch, ...others];
    const printed = (output: string): boolean => output.includes("ready");
    lines.push(...((await oneLife("merger.mjs", args, { printed, milliseconds })) as Line[]));
    kills++;
  }
  return kills;
}

/** Whether merges of every kind were told of, however slow the machine is. */
function isEnough(lines: readonly Line[]): boolean {
  const merges = lines.filter(({ merge, commit }) => merge !== undefined && commit !== undefined);
  const decided = merges.filter(({ strategy }) => strategy !== null);
  return decided.length > 2 && merges.filter(({ outcome }) => outcome === "merged").length > 5;
}

/** Every commit that was acknowledged is there, as what it was acknowledged as. */
function checkAcknowledged(history: MergedHistory, lines: readonly Line[], main: string): void {
  const inserters = new Map<string, string>();
  for (const id of history.order) {
    const { parents, inserted } = history.get(id);
    if (parents.length === 2) continue;
    for (const marker of inserted) {
      expect(inserters.has(marker), `marker ${marker} is inserted by one commit`).toBe(false);
      inserters.set(marker, id);
    }
  }
  for (const { commit, marker, merge, into, strategy } of lines) {
    if (commit === undefined) continue;
    expect(history.has(commit), `acknowledged ${commit}`).toBe(true);
    const { summary, parents, inserted } = history.get(commit);
    if (marker !== undefined) expect(inserters.get(inserted[0] ?? ""), marker).toBe(commit);
    if (merge === undefined) continue;
    expect(summary).toMatchObject({ kind: "merge", branch: into, message: strategy ?? "refuse" });
    expect(parents).toHaveLength(2);
    if (into === "main") expect(history.isAncestor(parents[1] ?? "", main), `merge ${commit}`).toBe(true);
  }
  // Conflicts that were told of are some: both sides differ.
  for (const { conflicts = [] } of lines)
    for (const { ours, theirs } of conflicts) expect(ours).not.toEqual(theirs);
}

interface Outcomes {
  forward: number;
  merged: number;
  resolved: number;
  crissCross: number;
}

/** Every merge of the history came to what its rules make of its parents and their newest common ancestors. */
function checkMerges(history: MergedHistory): Outcomes {
  const outcomes: Outcomes = { forward: 0, merged: 0, resolved: 0, crissCross: 0 };
  for (const merge of history.merges) {
    const [ours, theirs] = merge.parents.map((id) => history.get(id)) as [Recorded, Recorded];
    const bases = history.bases(ours, theirs);
    const { id, message } = merge.summary;
    expect(bases.includes(theirs), `${id} merges something new`).toBe(false);
    expect([...merge.inserted].toSorted()).toEqual([...history.markersSince(ours, theirs)].toSorted());
    const images = (key: string): readonly [Image[], Image, Image] => [
      bases.map(({ shared }) => shared.get(key)),
      ours.shared.get(key),
      theirs.shared.get(key),
    ];
    let hasConflict = false;
    for (const key of SHARED) {
      const { image, isConflict } = naiveMerge(...images(key), message === "theirs" ? "theirs" : "ours");
      hasConflict ||= isConflict;
      if (isConflict)
        expect(["ours", "theirs"], `conflict of ${key} in ${id} was decided`).toContain(message);
      if (!isDeepStrictEqual(merge.shared.get(key), image))
        expect.fail(
          `${key} in ${id} (${String(message)}): ${JSON.stringify([images(key), merge.shared.get(key)])}`,
        );
    }
    if (bases.includes(ours)) outcomes.forward++;
    else outcomes.merged++;
    if (bases.length > 1) outcomes.crissCross++;
    if (hasConflict) outcomes.resolved++;
  }
  return outcomes;
}

/** What replay makes of commits is what reading at them shows. */
async function checkState(graph: Omnigraph, history: MergedHistory, commit: string): Promise<void> {
  const recorded = history.get(commit);
  const { rows } = await graph.query(READ_SHARED, {}, { at: commit });
  const shown = new Map(rows.map((row) => [String(row["key"]), row]));
  expect(shown, `shared entities at ${commit}`).toEqual(recorded.shared);
  const markers = await graph.query(READ_MARKERS, {}, { at: commit });
  const keys = markers.rows.map((row) => String(row["key"])).toSorted();
  expect(keys).toEqual([...history.markersSince(null, recorded)].toSorted());
}

/** A process that was not there before writes, merges every branch both ways, and lists. */
async function checkGoesOn(uri: string): Promise<void> {
  await using graph = await Omnigraph.open(uri, { inlineRows: 50 });
  for (const branch of SEATS) {
    const written = await graph.mutate(MARK, { k: `last-${branch}` }, { branch });
    expect(written.commit).not.toBeNull();
    const merged = await graph.branches.merge(branch, { strategy: "theirs" });
    expect(merged.commit?.mergedParent).toBe(written.commit?.id);
    await graph.branches.merge("main", { into: branch, strategy: "ours" });
  }
  expect((await graph.branches.list()).map(({ name }) => name).toSorted()).toEqual(BRANCHES.toSorted());
  expect((await graph.commits.list({ limit: 1 }))[0]?.kind).toBe("merge");
}

it(
  `no commit and no conflict is lost where four processes merge their branches for ${SECONDS} s and are killed`,
  { timeout: SECONDS * 10_000 + 60_000 },
  async () => {
    const uri = join(testFolder("merges"), "graph.omni");
    {
      await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
      const lines = SHARED.map((key) => JSON.stringify({ type: "Shared", data: { key } }));
      await graph.load(lines.join("\n"), { mode: "append" });
      for (const branch of SEATS) await graph.branches.create(branch);
    }
    const until = performance.now() + SECONDS * 1000;
    const lines: Line[] = [];
    const isOver = (): boolean => performance.now() > until && isEnough(lines);
    const kills = await Promise.all(SEATS.map((branch) => seat(uri, branch, lines, isOver)));
    let figures: object;
    {
      await using graph = await Omnigraph.open(uri, { readOnly: true });
      const history = await MergedHistory.read(graph, BRANCHES);
      const main = (await graph.commits.list({ limit: 1 }))[0]?.id ?? "";
      checkAcknowledged(history, lines, main);
      const outcomes = checkMerges(history);
      await checkState(graph, history, main);
      const merges = history.merges.slice(-READ_AGAIN);
      for (const { summary, parents } of merges)
        for (const id of [summary.id, ...parents]) await checkState(graph, history, id);
      const refused = (reason: string): number => lines.filter((line) => line.refused === reason).length;
      figures = {
        seconds: SECONDS,
        kills: kills.reduce((sum, one) => sum + one, 0),
        commits: history.order.length,
        acknowledged: lines.filter(({ commit }) => commit !== undefined).length,
        ...outcomes,
        conflicts: refused("merge_conflict"),
        overtaken: refused("read_set_conflict"),
      };
      expect(outcomes.resolved).toBeGreaterThan(0);
      expect(outcomes.merged).toBeGreaterThan(3);
    }
    await checkGoesOn(uri);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  },
);
