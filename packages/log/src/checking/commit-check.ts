import { isError } from "@omnigraph/base";
import { decodeSchema, type TypeId } from "@omnigraph/language";
import type { LayerEntry, ObjectStore } from "@omnigraph/storage";
import { createHash } from "node:crypto";
import type { CommitId } from "../address.ts";
import type { CommitRecord } from "../commit/header.ts";
import type { CommitState } from "../commit/next.ts";
import { type Layout, layoutKey } from "../layout/layout.ts";
import { schemaKey } from "../make-graph.ts";
import type { Layouts } from "../reading/layouts.ts";
import { changeProblems } from "./check-changes.ts";
import { genesisProblems, headerProblems } from "./check-header.ts";
import type { LogFinding, Subject } from "./finding.ts";

/** A layer with one commit that adopted it. */
export interface AdoptedLayer {
  readonly entry: LayerEntry;
  readonly commit: CommitId;
}

/** Checks single commits, and what they name: layouts and schemas each once. */
export class CommitCheck {
  /** Layers that commits adopted, by staging id and type: each of both is new for every layer. */
  readonly layers = new Map<string, AdoptedLayer>();
  /** The commits that folds come after, with the types that were folded: what slots carry of their rows is in no later snapshot. */
  readonly folded = new Map<CommitId, readonly TypeId[]>();
  /** Names of those that heads read. */
  readonly needed = new Set<string>();
  readonly #store: ObjectStore;
  readonly #layouts: Layouts;
  /** Hashes of layouts that cannot be read, of those that can, and of all schemas that were looked at. */
  readonly #lost = new Set<string>();
  readonly #known = new Set<string>();
  readonly #schemas = new Set<string>();

  constructor(store: ObjectStore, layouts: Layouts) {
    this.#store = store;
    this.#layouts = layouts;
  }

  /** The state at a commit, or null where its layout cannot be read; `report` hears of that once. */
  async stateOf(
    { header }: CommitRecord,
    report: (finding: LogFinding) => void,
  ): Promise<CommitState | null> {
    const { layout: hash, id } = header;
    if (hash !== null && this.#lost.has(hash)) return null;
    try {
      const layout = await this.#layouts.read(hash);
      if (hash !== null && !this.#known.has(hash)) this.#noteLayers(hash, layout, id);
      return { header, layout };
    } catch (cause) {
      if (hash === null || !isError(cause, "object_corrupt")) throw cause;
      this.#lost.add(hash);
      const subject: Subject = { kind: "layout", hash, commit: id };
      report({ kind: "layout_damaged", key: layoutKey(hash), problem: cause.message, subject });
      return null;
    }
  }

  /** What is wrong with a commit by itself and as the child of its parents, which are null where they cannot be read. */
  problems(
    record: CommitRecord,
    changes: CommitRecord["changes"],
    parent: CommitState | null,
    theirs: CommitState | null,
    isFirst: boolean,
  ): readonly string[] {
    this.#adopt(record, changes);
    if (changes.kind === "fold" && parent !== null)
      this.folded.set(
        parent.header.id,
        changes.runs.map(({ type }) => type),
      );
    const rows = changeProblems(changes);
    if (isFirst) return [...rows, ...genesisProblems(record)];
    return parent === null ? rows : [...rows, ...headerProblems(record, changes, parent, theirs)];
  }

  /** Whether the schema that a commit names is there and can be read; asked once for each schema. */
  async schemaFinding({ header }: CommitRecord): Promise<LogFinding | null> {
    const { schema: hash, id } = header;
    if (this.#schemas.has(hash)) return null;
    this.#schemas.add(hash);
    const key = schemaKey(hash);
    const bytes = await this.#store.get(key);
    const problem = bytes === null ? "it is missing" : schemaProblem(bytes, hash);
    if (problem === null) return null;
    return { kind: "schema_damaged", key, problem, subject: { kind: "schema", hash, commit: id } };
  }

  /** Notes that the head of a branch reads these layers. */
  need({ layout }: CommitState): void {
    for (const entry of layersIn(layout)) this.needed.add(layerName(entry));
  }

  /** Of tables whose commit has become a stub only layouts tell. */
  #noteLayers(hash: string, layout: Layout, commit: CommitId): void {
    this.#known.add(hash);
    for (const entry of layersIn(layout)) this.layers.set(layerName(entry), { entry, commit });
  }

  #adopt({ header }: CommitRecord, changes: CommitRecord["changes"]): void {
    const entries =
      changes.kind === "layers"
        ? changes.layers
        : changes.kind === "fold"
          ? changes.runs.flatMap(({ layer }) => (layer === null ? [] : [layer]))
          : [];
    for (const entry of entries) this.layers.set(layerName(entry), { entry, commit: header.id });
  }
}

function layersIn(layout: Layout): readonly LayerEntry[] {
  return [...layout.values()].flat().flatMap((piece) => (piece.kind === "layer" ? [piece.entry] : []));
}

/** The name of a layer below `tables/`, without its ending. */
export function layerName({ staging, type }: { readonly staging: string; readonly type: string }): string {
  return `${staging}/${type}`;
}

function schemaProblem(bytes: Uint8Array, hash: string): string | null {
  if (createHash("sha256").update(bytes).digest("hex") !== hash)
    return "its bytes have another SHA-256 than its name says";
  try {
    decodeSchema(bytes);
    return null;
  } catch (cause) {
    if (!isError(cause)) throw cause;
    return cause.message;
  }
}
