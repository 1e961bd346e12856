import { corrupt, decodeContainer } from "@omnigraph/storage";
import { type CommitAddress, type CommitId, commitId, isCommitId, type LogId } from "../address.ts";
import type { LocatedLink } from "../ancestry/link.ts";
import { COMMIT_KINDS, type CommitKind } from "../commit/header.ts";
import { checkNeeds } from "../features.ts";
import { type Fail, Fields } from "../json-fields.ts";
import { SPAN_SLOTS } from "./blocks.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { SPAN_MAGIC } from "./span-builder.ts";

const ID_BYTES = 26;
const MOST_COMMITS = 32;
const CHECKSUM = /^[0-9a-f]{64}$/;

/** The columns of a digest, checked for their shape. */
interface SpanColumns {
  readonly logId: LogId;
  readonly first: number;
  readonly checksum: string;
  readonly parent: CommitId | null;
  readonly depth: number;
  /** The number of commits before each slot, and at the end of all: 4097 numbers. */
  readonly starts: Uint32Array;
  readonly created: Float64Array;
  readonly leads: Uint32Array;
  readonly kinds: readonly CommitKind[];
  readonly kindOf: Uint8Array;
  readonly second: ReadonlyMap<number, CommitId>;
  readonly uppers: Uint32Array;
  readonly lowers: Uint32Array;
  readonly ordinals: Uint32Array;
  readonly opaque: Uint32Array;
}

/** The links of the commits of a span, and which of them may have changed an entity. Commits are numbered in order from 0. */
export class SpanDigest {
  readonly #columns: SpanColumns;

  constructor(columns: SpanColumns) {
    this.#columns = columns;
  }

  /** Checksum of the object in the last slot, hex: by the chain of checksums it covers every object before it. */
  get checksum(): string {
    return this.#columns.checksum;
  }

  /** The first parent of the first commit; null for the genesis. */
  get parent(): CommitId | null {
    return this.#columns.parent;
  }

  /** The link of a commit; null where there is no such commit. */
  link(id: CommitId, { slot, index }: CommitAddress): LocatedLink | null {
    const { starts, first } = this.#columns;
    const ordinal = (starts[slot - first] ?? 0) + index;
    const found = ordinal < (starts[slot - first + 1] ?? 0) ? this.#linkAt(ordinal, slot, index) : null;
    return found?.id === id ? found : null;
  }

  /** Slots up to `upTo` whose commits may have changed an entity, the newest first. None that did is missing. */
  slotsTouching({ lower, upper }: Fingerprint, upTo: number): readonly number[] {
    const { uppers, lowers, ordinals, opaque, first, starts } = this.#columns;
    const found = new Set<number>();
    for (let i = lowerBound(uppers, upper); uppers[i] === upper; i++)
      if (lowers[i] === lower) found.add(slotIndex(starts, ordinals[i] ?? 0));
    for (const ordinal of opaque) found.add(slotIndex(starts, ordinal));
    return [...found]
      .map((index) => first + index)
      .filter((slot) => slot <= upTo)
      .toSorted((a, b) => b - a);
  }

  #linkAt(ordinal: number, slot: number, index: number): LocatedLink {
    const { logId, created, depth, leads, kinds, kindOf, second } = this.#columns;
    const address = { logId, slot, index };
    const createdAt = created[ordinal] ?? 0;
    const own = depth + ordinal;
    const parent = this.#parentOf(ordinal, slot, index);
    const merged = second.get(ordinal);
    return {
      id: commitId(createdAt, address),
      parents: [parent, merged].filter((id) => id !== null && id !== undefined),
      generation: own + (leads[ordinal] ?? 0),
      address,
      createdAt,
      depth: own,
      kind: kinds[kindOf[ordinal] ?? 0] ?? "mutation",
    };
  }

  /** The commit before another in its log. */
  #parentOf(ordinal: number, slot: number, index: number): CommitId | null {
    const { logId, created, parent, starts, first } = this.#columns;
    if (ordinal === 0) return parent;
    const before = slot - first - 1;
    const address =
      index > 0
        ? { logId, slot, index: index - 1 }
        : { logId, slot: slot - 1, index: (starts[before + 1] ?? 0) - (starts[before] ?? 0) - 1 };
    return commitId(created[ordinal - 1] ?? 0, address);
  }
}

/** Reads the digest of a span. Throws `object_corrupt`, `format_newer`. */
export function decodeSpan(bytes: Uint8Array, logId: LogId, span: number, place: string): SpanDigest {
  const fail: Fail = (problem) => {
    throw corrupt(place, problem);
  };
  const { header, segments } = decodeContainer(SPAN_MAGIC, bytes, place);
  const fields = new Fields(header, "header", fail);
  checkNeeds(fields, "read", place);
  const first = span * SPAN_SLOTS;
  if (fields.text("incarnation") !== logId || fields.count("first") !== first) fail("it is of another span");
  if (segments.length !== 10) fail(`it has ${segments.length} segments`);
  const segment = (i: number): Uint8Array => segments[i] ?? fail(`there is no segment ${i}`);
  const words = (i: number): Uint32Array => new Uint32Array(whole(segment(i), 4, fail));
  const starts = startsOf(segment(0), fail);
  const commits = starts[SPAN_SLOTS] ?? 0;
  const columns: SpanColumns = {
    logId,
    first,
    checksum: fields.shaped("checksum", CHECKSUM, "a SHA-256"),
    parent: fields.textOrNull("parent") === null ? null : idFrom(fields.text("parent"), fail),
    depth: fields.count("depth"),
    starts,
    created: new Float64Array(whole(segment(1), 8, fail)),
    leads: words(2),
    kinds: fields
      .texts("kinds")
      .map((name) => COMMIT_KINDS.find((kind) => kind === name) ?? fail(`kind ${name} is unknown`)),
    kindOf: segment(3),
    second: secondOf(words(4), segment(5), fail),
    uppers: words(6),
    lowers: words(7),
    ordinals: words(8),
    opaque: words(9),
  };
  checkColumns(columns, commits, fail);
  return new SpanDigest(columns);
}

function checkColumns(columns: SpanColumns, commits: number, fail: Fail): void {
  const { created, leads, kinds, kindOf, second, uppers, lowers, ordinals, opaque } = columns;
  if ([created, leads, kindOf].some(({ length }) => length !== commits)) fail("a column has another length");
  if ([lowers, ordinals].some(({ length }) => length !== uppers.length)) fail("its fingerprints do not fit");
  const isCommit = (ordinal: number): boolean => ordinal < commits;
  const numbered = ordinals.every(isCommit) && opaque.every(isCommit) && [...second.keys()].every(isCommit);
  if (!numbered || kindOf.some((kind) => kind >= kinds.length)) fail("a number in it is too great");
  if (uppers.some((upper, i) => i > 0 && upper < (uppers[i - 1] ?? 0)))
    fail("its fingerprints are in no order");
}

function startsOf(counts: Uint8Array, fail: Fail): Uint32Array {
  if (counts.length !== SPAN_SLOTS) fail(`it has ${counts.length} slots`);
  const starts = new Uint32Array(SPAN_SLOTS + 1);
  for (const [i, count] of counts.entries()) {
    if (count < 1 || count > MOST_COMMITS) fail(`a slot has ${count} commits`);
    starts[i + 1] = (starts[i] ?? 0) + count;
  }
  return starts;
}

function secondOf(ordinals: Uint32Array, ids: Uint8Array, fail: Fail): ReadonlyMap<number, CommitId> {
  if (ids.length !== ordinals.length * ID_BYTES) fail("its second parents do not fit");
  const text = Buffer.from(ids).toString("latin1");
  return new Map(
    Array.from(ordinals, (ordinal, i) => [
      ordinal,
      idFrom(text.slice(i * ID_BYTES, (i + 1) * ID_BYTES), fail),
    ]),
  );
}

function idFrom(text: string, fail: Fail): CommitId {
  return isCommitId(text) ? text : fail(`${JSON.stringify(text)} is no commit id`);
}

/** A copy of a segment, aligned for numbers of any width. */
function whole(segment: Uint8Array, width: number, fail: Fail): ArrayBuffer {
  if (segment.length % width !== 0) fail("a column has a broken length");
  return segment.slice().buffer;
}

/** The first index whose value is not less. */
function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The slot, from the first of the span, that a commit is in. */
function slotIndex(starts: Uint32Array, ordinal: number): number {
  return lowerBound(starts, ordinal + 1) - 1;
}
