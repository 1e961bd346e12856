import { present } from "@omnigraph/base";
import {
  allChangesBetweenViews,
  changesBetweenViews,
  groupByType,
  inverse,
  net,
  type View,
} from "@omnigraph/engine";
import type { Catalog, TypeId } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import { type ChangeSet, idTextIn, type TypeChanges } from "@omnigraph/storage";
import type { GraphContext } from "../open/context.ts";
import { NetCache } from "./net-cache.ts";
import { Chain } from "./chain.ts";
import { viewUnder } from "./view-at.ts";
import { isReclaimed } from "../open/reclaimed.ts";
import { CommitReader } from "./commit-reader.ts";

/** The graph at a commit, from resident views if possible. */
export type ViewAt = (commit: CommitRecord, signal?: AbortSignal) => Promise<View>;

/** Net changes between commits, computed from the changes of the commits: the cost depends on what they changed, not on the size of the graph. */
export class NetChanges {
  readonly #context: GraphContext;
  readonly #viewAt: ViewAt;
  readonly #cache = new NetCache();

  constructor(context: GraphContext, viewAt: ViewAt) {
    this.#context = context;
    this.#viewAt = viewAt;
  }

  /** Reads what a commit changed against its first parent. */
  reader(commit: CommitRecord): CommitReader {
    return new CommitReader(commit, this.#context, (forward, signal) => this.of(forward, signal));
  }

  /** What a commit changed against its first parent. */
  async of(commit: CommitRecord, signal?: AbortSignal): Promise<ChangeSet> {
    if (commit.changes.kind !== "fast_forward") return this.reader(commit).changes(signal);
    const [before, after] = await this.#parentsOf(commit, signal);
    return this.between(before, after, signal);
  }

  /**
   * The changes from the state of an ancestor, by any parents, to that of a commit. Where cleanup has reclaimed changes in between, the two states are
   * compared.
   */
  async between(ancestor: CommitRecord, commit: CommitRecord, signal?: AbortSignal): Promise<ChangeSet> {
    return this.#orByComparison(ancestor, commit, () => this.#between(ancestor, commit, signal), signal);
  }

  async #between(ancestor: CommitRecord, commit: CommitRecord, signal?: AbortSignal): Promise<ChangeSet> {
    const chain = await Chain.to(commit, this.#context.log, signal);
    if (!chain.has(ancestor.address)) return this.#byLookUp(ancestor, commit, signal);
    const begun = this.#cache.upTo(ancestor, commit, chain);
    const steps = new Steps();
    steps.add(begun.changes);
    let count = 0;
    for await (const one of chain.after(begun.commit.address, signal)) {
      // Rows of another schema do not tell what they had of a property that it lacks.
      if (one.header.schema !== ancestor.header.schema) return this.#byLookUp(ancestor, commit, signal);
      steps.add(await this.of(one, signal));
      count++;
    }
    const changes = steps.net(await this.#catalog(commit, signal));
    if (count > 1 || begun.commit !== ancestor) this.#cache.keep(ancestor, { commit, changes });
    return changes;
  }

  /** As `between`, but only from the rows of the commits on the chain of first parents; null if these are not enough. */
  async rowsBetween(
    ancestor: CommitRecord,
    commit: CommitRecord,
    signal?: AbortSignal,
  ): Promise<ChangeSet | null> {
    const chain = await Chain.to(commit, this.#context.log, signal);
    if (!chain.has(ancestor.address)) return null;
    const steps = new Steps();
    for await (const one of chain.after(ancestor.address, signal)) {
      if (one.header.schema !== ancestor.header.schema) return null;
      const step = await this.#rowsOf(one, signal);
      if (step === null) return null;
      steps.add(step);
    }
    return steps.net(await this.#catalog(commit, signal));
  }

  async #rowsOf(commit: CommitRecord, signal: AbortSignal | undefined): Promise<ChangeSet | null> {
    const { changes } = commit;
    if (changes.kind === "rows" && changes.replaced.length === 0) return this.of(commit, signal);
    if (changes.kind === "fold") return [];
    if (changes.kind !== "fast_forward") return null;
    const [before, after] = await this.#parentsOf(commit, signal);
    return this.rowsBetween(before, after, signal);
  }

  /** The changes from the state of one commit to that of any other. */
  async diff(from: CommitRecord, to: CommitRecord, signal?: AbortSignal): Promise<ChangeSet> {
    return this.#orByComparison(from, to, () => this.#diff(from, to, signal), signal);
  }

  async #diff(from: CommitRecord, to: CommitRecord, signal?: AbortSignal): Promise<ChangeSet> {
    const base = present((await this.#context.log.mergeBases(from, to, signal))[0], "common ancestor");
    const [back, forth] = await Promise.all([
      this.between(base, from, signal),
      this.between(base, to, signal),
    ]);
    if ([from, base].some(({ header }) => header.schema !== to.header.schema))
      return this.#compared(from, to, [...back, ...forth], signal);
    const steps = new Steps();
    steps.add(back.map(inverse));
    steps.add(forth);
    return steps.net(await this.#catalog(to, signal));
  }

  /**
   * Compares, at the ancestor and at the commit, all entities that a commit in between changed or that a merge in between took from ours (`keptOurs`). All
   * other entities are the same at both.
   */
  async #byLookUp(
    ancestor: CommitRecord,
    commit: CommitRecord,
    signal: AbortSignal | undefined,
  ): Promise<ChangeSet> {
    const { log } = this.#context;
    const changes: TypeChanges[] = [];
    const kept = new Map<TypeId, Set<string>>();
    for (const one of await log.commitsSince(ancestor, commit, signal)) {
      for (const [type, ids] of one.header.keptOurs) addAll(kept, type, ids);
      // The commits that a fast-forward brought in are in the list themselves.
      if (one.changes.kind !== "fast_forward") changes.push(...(await this.of(one, signal)));
    }
    return this.#compared(ancestor, commit, changes, signal, kept);
  }

  /** What differs between two commits of the entities that some changes are about, and of others. */
  async #compared(
    from: CommitRecord,
    to: CommitRecord,
    about: ChangeSet,
    signal: AbortSignal | undefined,
    touched = new Map<TypeId, Set<string>>(),
  ): Promise<ChangeSet> {
    for (const { type, after, before } of about) {
      addAll(touched, type, idsIn(after));
      addAll(touched, type, idsIn(before));
    }
    const { catalog, before, after } = await this.#views(from, to, signal);
    const changes: TypeChanges[] = [];
    for (const [id, ids] of touched) {
      const type = catalog.typeById.get(id);
      if (type === undefined) continue;
      const found = await changesBetweenViews(type, [...ids], before, after, signal);
      if (found !== null) changes.push(found);
    }
    return changes;
  }

  /** What `bySteps` finds, or, where it needs what cleanup has reclaimed, what a comparison of all entities at two commits does. */
  async #orByComparison(
    from: CommitRecord,
    to: CommitRecord,
    bySteps: () => Promise<ChangeSet>,
    signal: AbortSignal | undefined,
  ): Promise<ChangeSet> {
    try {
      return await bySteps();
    } catch (thrown) {
      if (!(await isReclaimed(this.#context.log, thrown))) throw thrown;
    }
    const { catalog, before, after } = await this.#views(from, to, signal);
    const changes: TypeChanges[] = [];
    for (const type of catalog.typeById.values()) {
      const found = await allChangesBetweenViews(type, before, after, signal);
      if (found !== null) changes.push(found);
    }
    return changes;
  }

  /** The graph at two commits, both under the schema of the second. */
  async #views(
    from: CommitRecord,
    to: CommitRecord,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly catalog: Catalog; readonly before: View; readonly after: View }> {
    const [before, after] = await Promise.all([this.#viewAt(from, signal), this.#viewAt(to, signal)]);
    const { catalog } = after;
    return {
      catalog,
      before: await viewUnder({ commit: from, view: before }, catalog, this.#context, signal),
      after,
    };
  }

  async #parentsOf(
    { header: { parents } }: CommitRecord,
    signal: AbortSignal | undefined,
  ): Promise<readonly [CommitRecord, CommitRecord]> {
    const { log } = this.#context;
    return Promise.all([
      log.commit(present(parents[0], "first parent"), signal),
      log.commit(present(parents[1], "second parent"), signal),
    ]);
  }

  #catalog({ header }: CommitRecord, signal: AbortSignal | undefined): Promise<Catalog> {
    return this.#context.catalogs.read(header.schema, signal);
  }
}

/** Successive changes, combined by type. */
class Steps {
  readonly #changes: TypeChanges[] = [];

  add(changes: ChangeSet): void {
    this.#changes.push(...changes);
  }

  /** The changes together; each is under the schema that is given. */
  net(catalog: Catalog): ChangeSet {
    return [...groupByType(this.#changes)].flatMap(([id, steps]) => {
      const [only] = steps;
      // The changes of one commit are net changes already: no commit has an update between equal rows.
      if (steps.length === 1 && only !== undefined) return [only];
      return net(present(catalog.typeById.get(id), `type ${id}`), steps) ?? [];
    });
  }
}

function addAll(touched: Map<TypeId, Set<string>>, type: TypeId, ids: Iterable<string>): void {
  const there = touched.get(type) ?? new Set<string>();
  touched.set(type, there);
  for (const id of ids) there.add(id);
}

/** The ids of rows. */
export function* idsIn(rows: TypeChanges["after"]): Iterable<string> {
  for (let row = 0; row < rows.length; row++) yield idTextIn(rows, "id", row);
}
