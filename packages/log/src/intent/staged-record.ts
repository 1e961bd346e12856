import type { JsonObject } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { LayerEntry, Reliance } from "@omnigraph/storage";
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
  /** Hash of the schema that its commit gives the branch, whose object was put; null where the schema stays. */
  readonly schema: string | null;
  /** What it relied on besides the rows that it changes. Null: any commit that changes anything is a conflict; so for records of older versions. */
  readonly reliesOn: Reliance | null;
}

interface EncodedStaged {
  readonly record: StagedRecord;
  readonly bytes: Uint8Array;
}

/** The record of a draft, whose changes must be layers or a fold. `base` is the commit that it was evaluated on. */
export function encodeStaged(op: string, base: CommitId, draft: CommitDraft): EncodedStaged {
  const { changes, counts, merge, schema } = draft;
  const reliance = changes.kind === "layers" ? draft.reliesOn() : null;
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
    ...(schema === undefined ? {} : { schema }),
    ...(reliance === null ? {} : { relies_on: relianceToJson(reliance) }),
  };
  const fail = unreadable("intent");
  const record = stagedFrom(new Fields(json, "staged", fail), fail);
  return { record, bytes: Buffer.from(JSON.stringify(json)) };
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
    schema: fields.raw("schema") === undefined ? null : fields.text("schema"),
    reliesOn: fields.raw("relies_on") === undefined ? null : relianceFrom(fields.fields("relies_on"), fail),
  };
}

function mergeFrom(fields: Fields, fail: Fail): StagedRecord["merge"] {
  if (fields.raw("merged") === undefined) return null;
  const theirs = fields.text("merged");
  if (addressOf(theirs) === null) fail("what it merged is no commit id");
  const keptOurs: KeptOurs = fields.raw("kept") === undefined ? NONE_KEPT : idsFrom(fields.fields("kept"));
  // Cast: the text was just found to be an id.
  return { theirs: theirs as CommitId, keptOurs };
}

function relianceToJson({ types, keys, nodes, merges }: Reliance): JsonObject {
  return { types, keys: Object.fromEntries(keys), nodes: Object.fromEntries(nodes), merges };
}

function relianceFrom(fields: Fields, fail: Fail): Reliance {
  const merges = fields.raw("merges");
  if (typeof merges !== "boolean") fail("relies_on.merges is not true or false");
  return {
    // Cast: as above.
    types: fields.texts("types") as readonly TypeId[],
    keys: idsFrom(fields.fields("keys")),
    nodes: idsFrom(fields.fields("nodes")),
    merges: merges === true,
  };
}

function idsFrom(byType: Fields): ReadonlyMap<TypeId, readonly string[]> {
  // Cast: as above.
  return new Map(byType.names().map((type) => [type as TypeId, byType.texts(type)]));
}
