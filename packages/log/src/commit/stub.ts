import { type JsonObject, type JsonValue, present } from "@omnigraph/base";
import { decodeContainer, encodeContainer, isJsonObject } from "@omnigraph/storage";
import { PACKED, STUB } from "../features.ts";
import { MAGIC } from "./codec.ts";

/** What stands for a commit object from now on, and how many of its commits lose their changes. */
export interface Stub {
  readonly bytes: Uint8Array;
  readonly commits: number;
}

/**
 * The stub of a commit object, with the same headers and without the changes: equal for equal objects. Null where there is nothing to reclaim,
 * also because the object is a stub. `place` is for messages. Throws `object_corrupt`.
 */
export function stubOf(bytes: Uint8Array, place: string): Stub | null {
  const { header, sha256 } = decodeContainer(MAGIC, bytes, place);
  if (header["stub"] !== undefined) return null;
  const commits = objectsIn(header["commits"]);
  const left = commits.map((commit) => withoutChanges(commit));
  if (left.every((commit, i) => commit === commits[i])) return null;
  const { segments: _, ...members } = header;
  const needs = present(objectsIn([header["needs"] ?? null])[0], "needs of a commit object");
  const stub = {
    ...members,
    needs: { ...needs, read: featuresOfStub(needs["read"]) },
    commits: left,
    stub: { checksum: sha256 },
  };
  return {
    bytes: encodeContainer(MAGIC, stub, []),
    commits: left.filter((commit, i) => commit !== commits[i]).length,
  };
}

/** The commit itself where its object has no rows of it: a fold, a fast-forward, one that changed nothing. */
function withoutChanges(commit: JsonObject): JsonObject {
  const { changes } = commit;
  if (!isJsonObject(changes)) return commit;
  const types = typesChanged(changes);
  return types === null ? commit : { ...commit, changes: { kind: "reclaimed", types } };
}

/** By id of each type that a commit changed what its header says of that; null where nothing can be reclaimed. */
function typesChanged(changes: JsonObject): JsonObject | null {
  const replaced = Object.fromEntries(textsIn(changes["replaced"]).map((type) => [type, {}]));
  if (changes["kind"] === "layers") {
    const adopted = textsIn(objectsIn(changes["layers"]).map(({ type }) => type ?? null));
    return { ...replaced, ...Object.fromEntries(adopted.map((type) => [type, {}])) };
  }
  if (changes["kind"] !== "rows") return null;
  if (changes["segment"] === null && Object.keys(replaced).length === 0) return null;
  return { ...replaced, ...(isJsonObject(changes["types"]) ? changes["types"] : {}) };
}

function featuresOfStub(read: JsonValue | undefined): readonly string[] {
  return [...textsIn(read).filter((feature) => feature !== PACKED), STUB];
}

function objectsIn(list: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

function textsIn(list: JsonValue | undefined): readonly string[] {
  return Array.isArray(list) ? list.filter((text) => typeof text === "string") : [];
}
