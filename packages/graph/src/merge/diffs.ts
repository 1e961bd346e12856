import { present } from "@omnigraph/base";
import { changedRows } from "@omnigraph/engine";
import type { Catalog } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import type { ChangeSet } from "@omnigraph/storage";
import type { ChangeCount, ChangedEntity } from "@omnigraph/wire";
import type { Branches } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import type { GraphContext } from "../open/context.ts";
import { BoundFilter } from "../history/filter.ts";
import { rendered } from "../history/images.ts";
import { inOrder } from "../history/type-order.ts";
import type { Diff, DiffOptions } from "../api/merge.ts";

/** Number of entities whose images are made at once. */
const PIECE = 256;

/** Differences between commits. */
export class Diffs {
  readonly #context: GraphContext;
  readonly #branches: Branches;

  constructor(context: GraphContext, branches: Branches) {
    this.#context = context;
    this.#branches = branches;
  }

  /** As `NamedBranches.diff`. */
  async diff(from: string, to: string, options: DiffOptions, permitTypes: PermitTypes): Promise<Diff> {
    const { signal } = options;
    const { log, catalogs } = this.#context;
    const [named, commit] = await Promise.all([
      this.#branches.start(from, signal),
      this.#branches.start(to, signal),
    ]);
    for (const end of [named, commit]) await log.starts.check(end, { signal });
    const start =
      options.sinceBase === true
        ? present((await log.mergeBases(named, commit, signal))[0], "common ancestor")
        : named;
    const catalog = await catalogs.read(commit.header.schema, signal);
    const filter = new BoundFilter(options, catalog);
    if (permitTypes !== undefined) await permitTypes({ reads: filter.types(catalog), changes: [] });
    const changes = await this.#branches.net.diff(start, commit, signal);
    const diff = diffOf(start, commit, catalog, changes, filter);
    return { ...diff, changes: () => this.#context.calls.pieces(diff.changes()) };
  }
}

function diffOf(
  from: CommitRecord,
  to: CommitRecord,
  catalog: Catalog,
  changes: ChangeSet,
  filter: BoundFilter,
): Diff {
  const byType = new Map(changes.map((change) => [change.type, change]));
  const types = inOrder(catalog, byType.keys()).filter((type) => filter.hasType(type));
  const wanted = types.map((type) => {
    const entities = changedRows(type, present(byType.get(type.id), `changes of ${type.name}`));
    const all = Array.from({ length: entities.length }, (_, position) => position);
    return { entities, positions: all.filter((position) => filter.hasOperation(entities.opAt(position))) };
  });
  const stat = wanted.flatMap(({ entities, positions }): ChangeCount[] => {
    const count = (op: ReturnType<typeof entities.opAt>): number =>
      positions.reduce((sum, position) => sum + (entities.opAt(position) === op ? 1 : 0), 0);
    const { kind, name: type } = entities.type;
    return positions.length === 0
      ? []
      : [{ kind, type, inserted: count("insert"), updated: count("update"), deleted: count("delete") }];
  });
  async function* pieces(): AsyncGenerator<ChangedEntity, void, undefined> {
    for (const { entities, positions } of wanted) {
      for (let start = 0; start < positions.length; start += PIECE) {
        const piece = positions.slice(start, start + PIECE);
        yield* rendered(entities, piece, await entities.images(piece));
      }
    }
  }
  return { from: from.header.id, to: to.header.id, stat, changes: pieces };
}
