import { isError, present } from "@omnigraph/base";
import { type Catalog, Omnigraph, type OpenOptions } from "omnigraph";
import { expect } from "vitest";
import { strategyOf } from "../support/graphs/graph-calls.ts";
import { exportedEntities } from "../support/models/feed-model.ts";
import { type Place, sideOf, type Strategy } from "../support/models/history-calls.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { ancestorsOf, mergeBasesOf } from "./ancestry.ts";
import { FIRST_TYPES, migrationOf } from "./migrations-changes.ts";
import { type Joined, naiveJoin, type Prefer } from "./migrations-merge.ts";
import {
  catalogLines,
  hasAll,
  type NaiveState,
  rowLines,
  schemaLines,
  sourceOf,
} from "./migrations-state.ts";
import { writeOf } from "./migrations-writes.ts";
import type { Migrations, MigrationStep } from "./random-migrations.ts";

interface NaiveCommit {
  readonly parents: readonly string[];
  readonly state: NaiveState;
}

type Step<Kind extends MigrationStep["kind"]> = Extract<MigrationStep, { readonly kind: Kind }>;

/** What a call was refused for; null where it was not. */
type Refused = string | null;

/** How often each kind of outcome was met. */
export type Tally = Map<string, number>;

let graphs = 0;

/** Replays a history of migrations on a graph and on the model, and compares whole graphs after every step. */
export async function replayMigrations(
  { steps, probe }: Migrations,
  tally: Tally = new Map(),
): Promise<void> {
  const run = await MigrationRun.begin(new SeededRandom(probe), tally);
  try {
    for (const step of steps) await run.step(step);
    await run.finish();
  } finally {
    await run.close();
  }
}

class MigrationRun {
  readonly #uri: string;
  readonly #random: SeededRandom;
  #graph: Omnigraph;
  readonly #commits = new Map<string, NaiveCommit>();
  readonly #heads = new Map<string, string>();
  readonly #reverts = new Set<string>();
  /** What the product calls the types and properties of the model. */
  readonly #idOf = new Map<string, string>();

  readonly #tally: Tally;
  /** The branch that the last step moved; null where it moved none. */
  #last: string | null = null;

  private constructor(uri: string, graph: Omnigraph, random: SeededRandom, tally: Tally) {
    this.#tally = tally;
    this.#uri = uri;
    this.#graph = graph;
    this.#random = random;
  }

  static async begin(random: SeededRandom, tally: Tally): Promise<MigrationRun> {
    const uri = `memory://migrations-${graphs++}`;
    const graph = await Omnigraph.init(uri, { schema: sourceOf(FIRST_TYPES), maintenance: "off" });
    const run = new MigrationRun(uri, graph, random, tally);
    const head = await run.#headOf("main");
    const state = { types: FIRST_TYPES, retired: new Set<string>(), rows: new Map() };
    run.#commits.set(head, { parents: [], state });
    run.#heads.set("main", head);
    for (const [type, row] of [0, 0, 1, 2].entries()) await run.#begins(type, row);
    return run;
  }

  async #begins(n: number, type: number): Promise<void> {
    const values = [n, n, n, n];
    await this.#write({
      kind: "write",
      branch: 0,
      write: { write: "put", type, row: n % 2, ends: [0, 0], values },
    });
  }

  async close(): Promise<void> {
    await this.#graph.close();
  }

  async step(step: MigrationStep): Promise<void> {
    this.#last = null;
    switch (step.kind) {
      case "migrate":
        await this.#migrate(step);
        break;
      case "write":
        await this.#write(step);
        break;
      case "create":
        await this.#create(step);
        break;
      case "merge":
        await this.#merge(step);
        break;
      case "revert":
        await this.#revert(step);
        break;
      case "optimize": {
        const branch = this.#branch(step.branch);
        await this.#graph.maintenance.optimize({ branch, full: step.full });
        await this.#moved(branch, this.#stateOf(branch));
        break;
      }
      case "reopen":
        await this.#graph.close();
        this.#graph = await this.#opened(step.isStaged ? { inlineRows: 2 } : {});
    }
    if (this.#last !== null || step.kind === "reopen") await this.#compare();
  }

  async finish(): Promise<void> {
    await this.#withFresh((fresh) =>
      this.#compareOn(fresh, [...this.#heads.keys()], "a handle opened at the end"),
    );
    await this.#checkSound();
  }

  async #checkSound(): Promise<void> {
    const { findings } = await this.#graph.maintenance.fsck();
    expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  }

  #met(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
  }

  #metJoin(what: string, joined: Joined, ours: string, theirs: string): void {
    const [one, other] = [ours, theirs].map((id) => schemaText(this.#commit(id).state));
    this.#met(
      `${what} of ${one === other ? "rows" : "schemas"}: ${typeof joined === "string" ? joined : "done"}`,
    );
  }

  async #migrate({ branch: at, changes }: Step<"migrate">): Promise<void> {
    const branch = this.#branch(at);
    const migration = migrationOf(this.#stateOf(branch), changes);
    if (migration === null) return;
    const { source, after } = migration;
    const isCloser = this.#random.integer(3) === 0;
    const { supported } = isCloser
      ? await this.#graph.schema.plan(source, { branch })
      : { supported: after !== null };
    expect(supported, `a plan of\n${source}`).toBe(after !== null);
    const refused = await refusal(this.#graph.schema.apply(source, { branch }));
    expect(refused).toBe(after === null ? "migration_unsupported" : null);
    this.#met(after === null ? "migration refused" : "migration");
    if (after === null) return;
    await this.#moved(branch, after);
    if (isCloser) expect((await this.#graph.schema.apply(source, { branch })).applied, "again").toBe(false);
  }

  async #write({ branch: at, write }: Step<"write">): Promise<void> {
    const branch = this.#branch(at);
    const asked = writeOf(this.#stateOf(branch), write);
    if (asked === null) return;
    const { kind, text, after } = asked;
    const call =
      kind === "load"
        ? this.#graph.load(text, { mode: "merge", branch })
        : this.#graph.mutate(text, text.includes("$v") ? { v: null } : null, { branch });
    const refused = await refusal(call);
    expect(refused === null, `${text}: ${refused}`).toBe(after !== null);
    if (after !== null) await this.#moved(branch, after);
  }

  async #create({ name, from, back }: Step<"create">): Promise<void> {
    if (this.#heads.has(name)) return;
    const start = this.#commitBefore(this.#branch(from), back ?? 0);
    await this.#graph.branches.create(name, { from: start });
    this.#heads.set(name, start);
    this.#last = name;
  }

  async #merge({ source: from, target: into, strategy }: Step<"merge">): Promise<void> {
    if (this.#heads.size < 2) return;
    const target = this.#branch(into);
    const source = this.#branch(from) === target ? this.#branch(from + 1) : this.#branch(from);
    const [ours, theirs] = [this.#head(target), this.#head(source)];
    const bases = mergeBasesOf(this.#commits, ours, theirs);
    if (bases.includes(theirs) || bases.includes(ours)) {
      expect(await refusal(this.#graph.branches.merge(source, { into: target }))).toBe(null);
      if (!bases.includes(theirs)) await this.#moved(target, this.#commit(theirs).state, theirs);
      return;
    }
    await this.#tryBothWays(ours, theirs, strategy);
    const [base, more] = bases.map((id) => this.#commit(id).state);
    if (base === undefined || more !== undefined) return;
    const states = { base, ours: this.#commit(ours).state, theirs: this.#commit(theirs).state };
    const joined = naiveJoin(states, { isRevert: false, prefer: preferred(strategy) });
    this.#metJoin("merge", joined, ours, theirs);
    if (joined === "open") return;
    const refused = await refusal(
      this.#graph.branches.merge(source, { into: target, ...strategyOf(strategy) }),
    );
    expect(refused, `merge of ${source} into ${target}`).toBe(
      joined === "conflict" ? "merge_conflict" : null,
    );
    if (joined !== "conflict") await this.#moved(target, joined, theirs);
  }

  /** Laws of a merge whatever it comes to: it is refused or sound, done once, and the same from the other side. */
  async #tryBothWays(ours: string, theirs: string, strategy: Strategy | null): Promise<void> {
    const one = await this.#tried(ours, theirs, strategy);
    if (strategy !== null) return;
    expect(await this.#tried(theirs, ours, null), "from the other side").toEqual(one);
  }

  /** What a merge of two commits comes to, on branches that are gone afterwards; null where it is refused. */
  async #tried(ours: string, theirs: string, strategy: Strategy | null): Promise<readonly string[] | null> {
    const { branches, schema } = this.#graph;
    await branches.create("ours", { from: ours });
    await branches.create("theirs", { from: theirs });
    const merged = (): Promise<unknown> =>
      branches.merge("theirs", { into: "ours", ...strategyOf(strategy) });
    const refused = await refusal(merged());
    let result: readonly string[] | null = null;
    if (refused === null) {
      expect(await branches.merge("theirs", { into: "ours" })).toMatchObject({
        outcome: "already_up_to_date",
      });
      const catalog = await schema.catalog({ branch: "ours" });
      result = [...catalogLines(catalog), ...(await exportedEntities(this.#graph, { branch: "ours" }))];
      if (this.#random.integer(8) === 0) await this.#checkSound();
    } else expect(refused).toBe("merge_conflict");
    for (const branch of ["ours", "theirs"]) await branches.delete(branch);
    return result;
  }

  async #revert({ branch: at, back, strategy }: Step<"revert">): Promise<void> {
    const branch = this.#branch(at);
    const id = this.#commitBefore(branch, back);
    const { parents, state: base } = this.#commit(id);
    if (parents[0] === undefined) return;
    const [ours, theirs] = [this.#stateOf(branch), this.#commit(parents[0]).state];
    const joined = naiveJoin({ base, ours, theirs }, { isRevert: true, prefer: preferred(strategy) });
    const refused = await this.#triedRevert(id, this.#head(branch), strategy);
    // What comes back where a merge or a revert had changed both a schema and rows is not said.
    const isPure = parents.length === 1 && !this.#reverts.has(id);
    if (!isPure && schemaText(base) !== schemaText(theirs)) return;
    this.#metJoin("revert", joined, id, parents[0]);
    // What the commit changed of what was dropped since is left out.
    if (joined === "conflict" && hasAll(ours, base)) expect(refused).toBe("merge_conflict");
    // Where rows are in its way a revert may be refused; what it makes must be right.
    if (typeof joined === "string" || refused !== null) return;
    await this.#graph.commits.revert(id, { branch, ...strategyOf(strategy) });
    await this.#moved(branch, joined);
    this.#reverts.add(this.#head(branch));
  }

  /** What keeps a commit from being reverted, tried on a branch that is gone afterwards; null where it leaves a sound graph. */
  async #triedRevert(commit: string, head: string, strategy: Strategy | null): Promise<Refused> {
    const { branches, commits } = this.#graph;
    await branches.create("ours", { from: head });
    const refused = await refusal(commits.revert(commit, { branch: "ours", ...strategyOf(strategy) }));
    if (refused === null) await this.#checkSound();
    else expect(refused).toBe("merge_conflict");
    await branches.delete("ours");
    return refused;
  }

  /** Notes the commit that a step made, if it made one. */
  async #moved(branch: string, state: NaiveState, merged?: string): Promise<void> {
    const [former, head] = [this.#head(branch), await this.#headOf(branch)];
    if (head === former) {
      expect(rowLines(state)).toEqual(rowLines(this.#stateOf(branch)));
      return;
    }
    this.#commits.set(head, { parents: [former, ...(merged === undefined ? [] : [merged])], state });
    this.#heads.set(branch, head);
    this.#last = branch;
  }

  /** Every branch on the handle that made all of it, and now and then what moved on one that is opened for it; each time an old commit too. */
  async #compare(): Promise<void> {
    const branches = [...this.#heads.keys()];
    await this.#compareOn(this.#graph, branches, "the handle");
    if (this.#random.integer(3) > 0) return;
    await this.#withFresh((fresh) =>
      this.#compareOn(fresh, [this.#last ?? "main"], "a handle opened afresh"),
    );
  }

  async #compareOn(graph: Omnigraph, branches: readonly string[], who: string): Promise<void> {
    for (const branch of branches) await this.#compareAt(graph, { branch }, this.#head(branch), who);
    const old = present([...this.#commits.keys()][this.#random.integer(this.#commits.size)], "a commit");
    await this.#compareAt(graph, { at: old }, old, who);
  }

  async #compareAt(graph: Omnigraph, place: Place, commit: string, who: string): Promise<void> {
    const { state } = this.#commit(commit);
    const what = `${JSON.stringify(place)} on ${who}`;
    expectLines(await exportedEntities(graph, place), rowLines(state), what);
    const catalog = await graph.schema.catalog(place);
    expectLines(catalogLines(catalog), schemaLines(state), what);
    this.#compareIds(catalog, state);
  }

  /** That the product takes the same things for the same. */
  #compareIds(catalog: Catalog, state: NaiveState): void {
    for (const { id, name, ends, properties } of state.types) {
      const type = present((ends === null ? catalog.nodes : catalog.edges).get(name), name);
      this.#expectSame(id, type.id);
      for (const property of properties)
        this.#expectSame(property.id, present(type.propertyByName.get(property.name), property.name).id);
    }
  }

  #expectSame(id: string, actual: string): void {
    if (this.#idOf.get(id) === actual) return;
    expect(this.#idOf.get(id), `the id of ${id}`).toBe(undefined);
    expect([...this.#idOf.values()], `the id of ${id} is that of another`).not.toContain(actual);
    this.#idOf.set(id, actual);
  }

  async #withFresh(use: (graph: Omnigraph) => Promise<void>): Promise<void> {
    const fresh = await this.#opened({});
    try {
      await use(fresh);
    } finally {
      await fresh.close();
    }
  }

  #opened(options: OpenOptions): Promise<Omnigraph> {
    return Omnigraph.open(this.#uri, { ...options, maintenance: "off" });
  }

  async #headOf(branch: string): Promise<string> {
    return present((await this.#graph.commits.list({ branch, limit: 1 }))[0], "a commit").id;
  }

  #branch(position: number): string {
    const names = [...this.#heads.keys()];
    return present(names[position % names.length], "a branch");
  }

  #head(branch: string): string {
    return present(this.#heads.get(branch), branch);
  }

  #stateOf(branch: string): NaiveState {
    return this.#commit(this.#head(branch)).state;
  }

  #commit(id: string): NaiveCommit {
    return present(this.#commits.get(id), id);
  }

  #commitBefore(branch: string, back: number): string {
    const commits = ancestorsOf(this.#commits, this.#head(branch));
    return present(commits.at(-1 - (back % commits.length)), "a commit");
  }
}

/** Texts are compared first, as that is fast. */
function expectLines(actual: readonly string[], expected: readonly string[], what: string): void {
  if (actual.join("\n") !== expected.join("\n")) expect(actual, what).toEqual(expected);
}

function schemaText(state: NaiveState): string {
  return schemaLines(state).join("\n");
}

function preferred(strategy: Strategy | null): Prefer {
  return strategy === null ? null : sideOf(strategy);
}

async function refusal(call: Promise<unknown>): Promise<Refused> {
  try {
    await call;
    return null;
  } catch (error) {
    if (isError(error) && error.reason !== "internal") return error.reason;
    throw error;
  }
}
