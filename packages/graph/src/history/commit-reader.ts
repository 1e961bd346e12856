import { present, unreachable } from "@omnigraph/base";
import { type ChangedEntities, changedEntities, type Touch, typeChanges, type View } from "@omnigraph/engine";
import {
  type Catalog,
  type EntityType,
  type MigrationStep,
  schemaSteps,
  type TypeId,
} from "@omnigraph/language";
import { type CommitKind, type CommitRecord, historyReclaimed } from "@omnigraph/log";
import type { ChangeSet, LayerChanges, LayerStore } from "@omnigraph/storage";
import type { ChangedEntity } from "@omnigraph/wire";
import type { GraphContext } from "../open/context.ts";
import type { BoundFilter } from "./filter.ts";
import { inOrder } from "./type-order.ts";
import { rendered } from "./images.ts";
import { openViewAt } from "./view-at.ts";

/** A place in the changes of a commit: a type, and a position among the changes of that type. */
export interface ChangePlace {
  readonly type: string;
  readonly position: number;
}

/** Some changes of a commit, in order. */
export interface Selection {
  readonly parts: readonly Part[];
  readonly length: number;
  /** The place of the first change that did not fit; null if these are the last. */
  readonly next: ChangePlace | null;
}

interface Part {
  readonly entities: ChangedEntities;
  readonly positions: readonly number[];
}

/** Whether commits of this kind change entities. Others do not appear in feeds. */
export function changesEntities(kind: CommitKind): boolean {
  switch (kind) {
    case "mutation":
    case "load":
    case "merge":
    case "schema":
    case "revert":
      return true;
    case "genesis":
    case "maintenance":
    case "recovery":
    case "seal":
      return false;
    default:
      return unreachable(kind);
  }
}

/** Kinds of commits that may give a branch another schema. */
const CHANGES_SCHEMAS: ReadonlySet<CommitKind> = new Set(["schema", "merge", "revert"]);

/** What a fast-forward changed against its first parent. */
export type FastForwardChanges = (commit: CommitRecord, signal?: AbortSignal) => Promise<ChangeSet>;

/** Reads what one commit changed, and caches what it has read. */
export class CommitReader {
  readonly commit: CommitRecord;
  readonly #context: GraphContext;
  readonly #fastForward: FastForwardChanges;
  readonly #known = new Map<TypeId, ChangedEntities>();
  #touches: ReadonlyMap<TypeId, Touch> | null = null;
  #parent: View | null = null;

  constructor(commit: CommitRecord, context: GraphContext, fastForward: FastForwardChanges) {
    this.commit = commit;
    this.#context = context;
    this.#fastForward = fastForward;
  }

  /** The schema under which the commit was made. */
  catalog(signal?: AbortSignal): Promise<Catalog> {
    return this.#context.catalogs.read(this.commit.header.schema, signal);
  }

  /** How the commit changed the schema of its branch. */
  async schemaSteps(signal?: AbortSignal): Promise<readonly MigrationStep[]> {
    const { header } = this.commit;
    if (!CHANGES_SCHEMAS.has(header.kind)) return [];
    const { log, catalogs } = this.#context;
    const parent = await log.commit(present(header.parents[0], "parent of a commit"), signal);
    if (parent.header.schema === header.schema) return [];
    const before = await catalogs.read(parent.header.schema, signal);
    return schemaSteps(before, await this.catalog(signal));
  }

  /** What the commit itself contains of each type that it touched. */
  async touches(signal?: AbortSignal): Promise<ReadonlyMap<TypeId, Touch>> {
    this.#touches ??= await this.#readTouches(signal);
    return this.#touches;
  }

  /** Everything that the commit changed, with both images, without entities that are the same before and after. */
  async changes(signal?: AbortSignal): Promise<ChangeSet> {
    const [touches, catalog] = await Promise.all([this.touches(signal), this.catalog(signal)]);
    const changes = await Promise.all(
      [...touches].map(([id, touch]) =>
        typeChanges(
          present(catalog.typeById.get(id), `type ${id}`),
          touch,
          () => this.parent(signal),
          signal,
        ),
      ),
    );
    return changes.filter(({ after, before }) => after.length + before.length > 0);
  }

  /** The graph before the commit, under the schema of the commit. */
  async parent(signal?: AbortSignal): Promise<View> {
    this.#parent ??= await this.#openParent(signal);
    return this.#parent;
  }

  /** At most `room` changes that match a filter, starting at a place. */
  async select(
    filter: BoundFilter,
    from: ChangePlace | null,
    room: number,
    signal?: AbortSignal,
  ): Promise<Selection> {
    const types = inOrder(await this.catalog(signal), (await this.touches(signal)).keys());
    const first = from === null ? 0 : types.findIndex((type) => type.id === from.type);
    const parts: Part[] = [];
    let length = 0;
    for (const type of types.slice(Math.max(first, 0))) {
      if (!filter.hasType(type)) continue;
      const entities = await this.#entities(type, signal);
      const positions: number[] = [];
      parts.push({ entities, positions });
      for (let at = type.id === from?.type ? from.position : 0; at < entities.length; at++) {
        if (!filter.hasOperation(entities.opAt(at))) continue;
        if (length === room) return { parts, length, next: { type: type.id, position: at } };
        positions.push(at);
        length++;
      }
    }
    return { parts, length, next: null };
  }

  /** The changes selected, with whole images. */
  async render({ parts }: Selection, signal?: AbortSignal): Promise<readonly ChangedEntity[]> {
    const changes: ChangedEntity[] = [];
    for (const { entities, positions } of parts) {
      if (positions.length === 0) continue;
      const images = await entities.images(positions, signal);
      for (const change of rendered(entities, positions, images)) changes.push(change);
    }
    return changes;
  }

  async #readTouches(signal: AbortSignal | undefined): Promise<ReadonlyMap<TypeId, Touch>> {
    const { changes } = this.commit;
    switch (changes.kind) {
      case "rows":
        return touchesOf(changes.rows);
      case "fold":
        return new Map();
      case "reclaimed":
        throw historyReclaimed(this.commit);
      case "fast_forward":
        return touchesOf(await this.#fastForward(this.commit, signal));
      case "layers":
        return touchesOfLayers(changes, this.#context.tables);
      default:
        return unreachable(changes);
    }
  }

  async #entities(type: EntityType, signal: AbortSignal | undefined): Promise<ChangedEntities> {
    const known = this.#known.get(type.id);
    if (known !== undefined) return known;
    const touch = present((await this.touches(signal)).get(type.id), `what the commit holds of ${type.name}`);
    const found = await changedEntities(type, touch, () => this.parent(signal), signal);
    this.#known.set(type.id, found);
    return found;
  }

  async #openParent(signal: AbortSignal | undefined): Promise<View> {
    const id = present(this.commit.header.parents[0], "parent of a commit");
    const parent = await this.#context.log.commit(id, signal);
    return openViewAt(parent, this.#context, signal, await this.catalog(signal));
  }
}

/** What tables hold of each type, and which types they replace. */
export function touchesOfLayers(changes: LayerChanges, tables: LayerStore): ReadonlyMap<TypeId, Touch> {
  const replaced = new Set(changes.replaced);
  const touches = new Map<TypeId, Touch>();
  for (const type of replaced) touches.set(type, { kind: "replaced", reader: null });
  for (const entry of changes.layers) {
    const kind = replaced.has(entry.type) ? "replaced" : "layer";
    touches.set(entry.type, { kind, reader: tables.open(entry) });
  }
  return touches;
}

function touchesOf(changes: ChangeSet): ReadonlyMap<TypeId, Touch> {
  return new Map(changes.map((rows) => [rows.type, { kind: "rows", changes: rows }]));
}
