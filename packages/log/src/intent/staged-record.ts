import type { JsonObject } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { LayerEntry } from "@omnigraph/storage";
import { addressOf, type CommitId } from "../address.ts";
import type { CommitDraft } from "../commit/draft.ts";
import { type KeptOurs, NONE_KEPT } from "../commit/header.ts";
import { unreadable } from "../features.ts";
import { type Fail, Fields, parseJsonBytes } from "../json-fields.ts";
import type { Fold } from "../layout/fold.ts";
import { foldFromJson, foldToJson } from "../layout/fold-json.ts";
import { entryFromJson, entryToJson } from "../layout/layout.ts";
import { damagedIntent } from "./intent-record.ts";

/** What an attempt has staged, complete: everything that its commit needs. */
export interface StagedRecord {
  readonly changes:
    | {
        readonly kind: "layers";
        readonly layers: readonly LayerEntry[];
        readonly replaced: readonly TypeId[];
      }
    | ({ readonly kind: "fold" } & Fold);
  /** How the live rows of each type change. */
  readonly counts: ReadonlyMap<TypeId, number>;
  /** The second parent of a merge, and what the result did not take of it; null for any other write. */
  readonly merge: { readonly theirs: CommitId; readonly keptOurs: KeptOurs } | null;
}

/** The record of a draft, whose changes must be layers or a fold. `base` is the commit that it was evaluated on. */
export function encodeStaged(op: string, base: CommitId, draft: CommitDraft): Uint8Array {
  const { changes, counts, merge } = draft;
  const json: JsonObject = {
    op,
    base,
    layers: changes.kind === "layers" ? changes.layers.map(entryToJson) : [],
    ...(changes.kind === "fold" ? { fold: foldToJson(changes) } : {}),
    replaced: changes.kind === "layers" ? changes.replaced : [],
    counts: Object.fromEntries(counts),
    ...(merge === undefined
      ? {}
      : { merged: merge.theirs.header.id, kept: Object.fromEntries(merge.keptOurs) }),
  };
  const fail = unreadable("intent");
  stagedFrom(new Fields(json, "staged", fail), fail);
  return Buffer.from(JSON.stringify(json));
}

/** Reads the record of an attempt with this op. Throws `object_corrupt` with the place. */
export function decodeStaged(bytes: Uint8Array, op: string, place: string): StagedRecord {
  const fail = damagedIntent(place);
  const fields = new Fields(parseJsonBytes(bytes), "staged", fail);
  if (fields.text("op") !== op) fail("it names another op than its intent");
  return stagedFrom(fields, fail);
}

function stagedFrom(fields: Fields, fail: Fail): StagedRecord {
  // Casts: type ids are opaque here; the catalog knows them.
  const replaced = fields.texts("replaced") as readonly TypeId[];
  const layers = fields.list("layers").map((entry, i) => entryFromJson(entry, `layers[${i}]`, fail));
  const isFold = fields.raw("fold") !== undefined;
  return {
    changes: isFold
      ? { kind: "fold", ...foldFromJson(fields.fields("fold"), "fold", fail) }
      : { kind: "layers", layers, replaced },
    counts: fields.fields("counts").differences() as ReadonlyMap<TypeId, number>,
    merge: mergeFrom(fields, fail),
  };
}

function mergeFrom(fields: Fields, fail: Fail): StagedRecord["merge"] {
  if (fields.raw("merged") === undefined) return null;
  const theirs = fields.text("merged");
  if (addressOf(theirs) === null) fail("what it merged is no commit id");
  const kept = fields.raw("kept") === undefined ? null : fields.fields("kept");
  const keptOurs: KeptOurs =
    // Cast: as above.
    kept === null ? NONE_KEPT : new Map(kept.names().map((type) => [type as TypeId, kept.texts(type)]));
  // Cast: the text was just found to be an id.
  return { theirs: theirs as CommitId, keptOurs };
}
