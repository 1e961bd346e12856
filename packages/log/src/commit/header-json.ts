import type { JsonObject } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { addressOf, type CommitId, commitId, describeAddress, type CommitAddress } from "../address.ts";
import type { Fail, Fields } from "../json-fields.ts";
import { contains, rangeFromJson, rangeToJson } from "../layout/ranges.ts";
import { COMMIT_KINDS, type CommitHeader, type CommitKind, type KeptOurs, NONE_KEPT } from "./header.ts";

export const HASH = /^[0-9a-f]{64}$/;

/** The members of a commit in the header of its object, without its changes. */
export function headerToJson(header: CommitHeader): JsonObject {
  return {
    id: header.id,
    op: header.op,
    content: header.content,
    kind: header.kind,
    parents: header.parents,
    depth: header.depth,
    generation: header.generation,
    schema: header.schema,
    actor: header.actor,
    message: header.message,
    authored_at: header.authoredAt,
    created_at: header.createdAt,
    layout: header.layout,
    tail: header.tail.map(rangeToJson),
    counts: Object.fromEntries(header.counts),
    ...(header.keptOurs.size === 0 ? {} : { kept: Object.fromEntries(header.keptOurs) }),
    ...(header.recovered ? { recovered: true } : {}),
  };
}

/** Reads the members of the commit at an address, and checks what must agree with each other. */
export function headerFromJson(fields: Fields, address: CommitAddress, fail: Fail): CommitHeader {
  const place = describeAddress(address);
  const createdAt = fields.count("created_at");
  const id = commitId(createdAt, address);
  if (fields.text("id") !== id) fail(`the id of commit ${place} is not its address and time`);
  const kind = kindOf(fields.text("kind"));
  if (kind === null) return fail(`the kind of commit ${place} is unknown`);
  const parents = fields
    .texts("parents")
    .map((text) => parentOf(text) ?? fail(`a parent of commit ${place} is no commit id`));
  if (parents.length > 2 || (parents.length === 0) !== (kind === "genesis"))
    fail(`commit ${place} has ${parents.length} parents`);
  const tail = fields.list("tail").map((range, i) => rangeFromJson(range, `tail[${i}]`, fail));
  const last = tail.at(-1);
  if (
    last === undefined ||
    last.to !== address.slot ||
    last.toIndex !== address.index ||
    !contains(last, address)
  ) {
    fail(`the tail of commit ${place} does not end with it`);
  }
  return {
    id,
    op: fields.text("op"),
    content: fields.textOrNull("content"),
    kind,
    parents,
    depth: fields.count("depth"),
    generation: fields.count("generation"),
    schema: fields.shaped("schema", HASH, "a SHA-256"),
    actor: fields.textOrNull("actor"),
    message: fields.textOrNull("message"),
    authoredAt: fields.count("authored_at"),
    createdAt,
    layout: fields.shapedOrNull("layout", HASH, "a SHA-256 or null"),
    tail,
    // Cast: type ids are opaque here; the catalog knows them.
    counts: fields.fields("counts").counts() as ReadonlyMap<TypeId, number>,
    keptOurs: fields.raw("kept") === undefined ? NONE_KEPT : keptOursFrom(fields.fields("kept")),
    recovered: fields.raw("recovered") === true,
  };
}

function keptOursFrom(fields: Fields): KeptOurs {
  // Cast: as above.
  return new Map(fields.names().map((type) => [type as TypeId, fields.texts(type)]));
}

function kindOf(text: string): CommitKind | null {
  return COMMIT_KINDS.find((kind) => kind === text) ?? null;
}

function parentOf(text: string): CommitId | null {
  // Cast: the text was just found to be an id.
  return addressOf(text) === null ? null : (text as CommitId);
}
