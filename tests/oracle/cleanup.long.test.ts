import { MemoryObjects, ObjectLayers, Omnigraph } from "omnigraph";
import { expect, it } from "vitest";
import { cases } from "../support/running/cases.ts";
import { textIn } from "../support/models/feed-model.ts";
import { reasonOf } from "../support/running/reason-of.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";

const SCHEMA = "node P { k: String @key  n: I32? }\nedge E: P -> P { w: I32? }\n";
const CASES = 20;
const STEPS = 25;

/** A commit as it was made: the rows of the graph at it, and what of it must still be readable. */
interface Made {
  readonly id: string;
  readonly branch: string;
  readonly rows: string;
  /** False once a cleanup was free to give it up. */
  isKept: boolean;
}

/** A naive model beside a graph: every commit with a copy of the whole graph at it. */
class History {
  readonly random: SeededRandom;
  readonly #store: MemoryObjects;
  #graph: Omnigraph;
  /** By name the commits of living branches, the first being the one that it was made at where that is another's. */
  readonly #branches = new Map<string, { readonly own: Made[]; readonly fork: Made | null }>();
  readonly #all: Made[] = [];
  #names = 0;
  readonly tally = { readable: 0, gone: 0, reclaimed: 0 };

  private constructor(seed: number, store: MemoryObjects, graph: Omnigraph) {
    this.random = new SeededRandom(seed);
    this.#store = store;
    this.#graph = graph;
  }

  static async begin(seed: number): Promise<History> {
    const store = new MemoryObjects(`oracle-cleanup-${seed}`);
    const parts = { objects: store, tables: new ObjectLayers(store) };
    const graph = await Omnigraph.initWith(parts, { schema: SCHEMA, inlineRows: 4 });
    const history = new History(seed, store, graph);
    history.#branches.set("main", { own: [], fork: null });
    await history.#noted("main");
    return history;
  }

  async step(): Promise<void> {
    const roll = this.random.next();
    const branch = this.random.pick([...this.#branches.keys()] as [string, ...string[]]);
    if (roll < 0.4) await this.#write(branch);
    else if (roll < 0.52) await this.#load(branch);
    else if (roll < 0.66) await this.#fork();
    else if (roll < 0.72) await this.#delete(branch);
    else if (roll < 0.8) await this.#merge(branch);
    else if (roll < 0.85) await this.#graph.maintenance.optimize({ branch }).then(() => this.#noted(branch));
    else if (roll < 0.9) await this.#reopen();
    else await this.#clean();
  }

  /** Every commit reads as it was made, or is said to be gone where that may be; every branch reads. */
  async check(): Promise<void> {
    await this.#reopen();
    for (const [name, { own, fork }] of this.#branches)
      expect(await this.#rows({ branch: name })).toBe((own.at(-1) ?? fork)?.rows);
    for (const made of this.#all) {
      const reason = await reasonOf(this.#graph.branches.create("probe", { from: made.id }));
      if (reason === "none") {
        this.tally.readable++;
        expect([made.id, await this.#rows({ at: made.id })]).toEqual([made.id, made.rows]);
        expect(await this.#rows({ branch: "probe" })).toBe(made.rows);
        await this.#graph.branches.delete("probe");
      } else {
        this.tally.gone++;
        expect([made, reason]).toEqual([{ ...made, isKept: false }, "history_reclaimed"]);
        const at = reasonOf(textIn(this.#graph.export({ at: made.id })));
        expect(await at).toBe("history_reclaimed");
      }
    }
    const { findings } = await this.#graph.maintenance.fsck();
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    await this.#graph.close();
  }

  async #write(branch: string): Promise<void> {
    const k = `k${this.random.integer(8)}`;
    const n = this.random.integer(100);
    const texts = [
      `query q() { update P set { n: ${n} } where k = "${k}" }`,
      `query q() { delete P where k = "${k}" }`,
      `query q() { insert P { k: "${k}-${this.#all.length}", n: ${n} } }`,
    ] as const;
    await this.#graph.mutate(this.random.pick([texts[0], texts[1], texts[2]]), null, { branch });
    await this.#noted(branch);
  }

  async #load(branch: string): Promise<void> {
    const nodes = Array.from({ length: 1 + this.random.integer(7) }, () => ({
      type: "P",
      data: { k: `k${this.random.integer(8)}`, n: this.random.integer(100) },
    }));
    const [a, b] = [nodes[0]?.data.k, nodes.at(-1)?.data.k];
    const lines = [
      ...new Map(nodes.map((node) => [node.data.k, node])).values(),
      { edge: "E", from: a, to: b, data: {} },
    ];
    const text = lines.map((line) => JSON.stringify(line)).join("\n");
    await this.#graph.load(text, { mode: this.random.chance(0.2) ? "overwrite" : "merge", branch });
    await this.#noted(branch);
  }

  async #fork(): Promise<void> {
    const from = this.random.pick(this.#all as [Made, ...Made[]]);
    const name = `b${this.#names++}`;
    const reason = await reasonOf(this.#graph.branches.create(name, { from: from.id }));
    if (reason === "none") this.#branches.set(name, { own: [], fork: from });
    else expect([from.isKept, reason]).toEqual([false, "history_reclaimed"]);
  }

  async #delete(branch: string): Promise<void> {
    if (branch === "main") return;
    await this.#graph.branches.delete(branch);
    for (const made of this.#branches.get(branch)?.own ?? []) made.isKept = false;
    this.#branches.delete(branch);
  }

  async #merge(branch: string): Promise<void> {
    const source = this.random.pick([...this.#branches.keys()] as [string, ...string[]]);
    if (source === branch) return;
    await this.#graph.branches
      .merge(source, { into: branch, strategy: "theirs" })
      .catch((thrown: unknown) => {
        // Some cannot be decided by a strategy; then nothing was written.
        expect(thrown).toMatchObject({ reason: "merge_conflict" });
      });
    await this.#noted(branch);
  }

  async #clean(): Promise<void> {
    const keep = 1 + this.random.integer(4);
    const { commits } = await this.#graph.maintenance.cleanup({ keep, confirm: true, graceMs: 0 });
    this.tally.reclaimed += commits;
    for (const name of this.#branches.keys()) {
      await this.#noted(name); // what was folded first
      const own = this.#branches.get(name)?.own ?? [];
      for (const made of own.slice(0, Math.max(0, own.length - keep))) made.isKept = false;
    }
  }

  async #reopen(): Promise<void> {
    await this.#graph.close();
    const parts = { objects: this.#store, tables: new ObjectLayers(this.#store) };
    this.#graph = await Omnigraph.openWith(parts, { inlineRows: 4 });
  }

  /** Keeps a copy of the graph at the head of a branch, if that is a new commit. */
  async #noted(branch: string): Promise<void> {
    const [head] = await this.#graph.commits.list({ branch, limit: 1 });
    const known = this.#branches.get(branch);
    if (head === undefined || known === undefined || this.#all.some(({ id }) => id === head.id)) return;
    const made = { id: head.id, branch, rows: await this.#rows({ branch }), isKept: true };
    known.own.push(made);
    this.#all.push(made);
  }

  async #rows(of: { readonly branch: string } | { readonly at: string }): Promise<string> {
    const text = await textIn(this.#graph.export(of));
    // Ids of edges are made anew by nobody here, so equal graphs have equal lines.
    return text.split("\n").toSorted().join("\n");
  }
}

it("whatever is written, branched, merged, folded and cleaned up: what is kept reads as it was made, and the rest is said to be gone", async () => {
  const sum = { readable: 0, gone: 0, reclaimed: 0 };
  for (let seed = 1; seed <= cases(CASES); seed++) {
    const history = await History.begin(seed);
    try {
      for (let step = 0; step < STEPS; step++) await history.step();
      await history.check();
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
    for (const key of ["readable", "gone", "reclaimed"] as const) sum[key] += history.tally[key];
  }
  expect(Math.min(sum.readable, sum.gone, sum.reclaimed)).toBeGreaterThan(CASES);
}, 600_000);
