import { present } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { Changes, Durability } from "@omnigraph/storage";
import type { CommitAddress, CommitId, LogId } from "../address.ts";
import type { Fold } from "../layout/fold.ts";
import type { SlotRange } from "../layout/ranges.ts";

/** What made a commit. Maintenance and recovery change no row. */
export type CommitKind =
  | "genesis"
  | "mutation"
  | "load"
  | "merge"
  | "schema"
  | "maintenance"
  | "recovery"
  | "revert"
  | "seal";

export const COMMIT_KINDS: readonly CommitKind[] = [
  "genesis",
  "mutation",
  "load",
  "merge",
  "schema",
  "maintenance",
  "recovery",
  "revert",
  "seal",
];

/** The header of a commit. Times in microseconds since the epoch. */
export interface CommitHeader {
  readonly id: CommitId;
  /** ULID of the write: its identity across retries. */
  readonly op: string;
  /** Digest of the request, hex; null where the client did not choose the op. */
  readonly content: string | null;
  readonly kind: CommitKind;
  /** None for the genesis; the first is the commit before it. */
  readonly parents: readonly CommitId[];
  /** Length of the chain of first parents; the genesis has 1. */
  readonly depth: number;
  /** One more than the greatest of its parents'. */
  readonly generation: number;
  /** SHA-256 of the schema object, hex. */
  readonly schema: string;
  readonly actor: string | null;
  readonly message: string | null;
  readonly authoredAt: number;
  readonly createdAt: number;
  /** SHA-256 of the layout object, hex; null for the empty layout. */
  readonly layout: string | null;
  /** The ranges after the layout, for every type, ending with this commit. */
  readonly tail: readonly SlotRange[];
  /** Number of live rows by type; a type that ever had a row stays in the map. */
  readonly counts: ReadonlyMap<TypeId, number>;
  /** For a merge, by type: ids of entities that the side of the second parent changed, and that the result has as in the first parent. */
  readonly keptOurs: KeptOurs;
  /** Whether another process published it from what its own had staged. */
  readonly recovered: boolean;
}

export type KeptOurs = ReadonlyMap<TypeId, readonly string[]>;

export const NONE_KEPT: KeptOurs = new Map();

/** What a commit did: to the rows of the one before it, or, as a fold, to the pieces that they are made of. */
export type CommitChanges = Changes | ({ readonly kind: "fold" } & Fold);

/** What is left of the changes of a commit after cleanup: the types that it changed. */
interface Reclaimed {
  readonly kind: "reclaimed";
  readonly types: readonly TypeId[];
}

/** A commit as it stands in the log. */
export interface CommitRecord {
  readonly header: CommitHeader;
  readonly address: CommitAddress;
  /** Name of the branch that it was put on. */
  readonly branch: string;
  /** Decoded when first asked for. Throws `log_corrupt`. */
  readonly changes: CommitChanges | Reclaimed;
}

/** One object of the log. */
export interface CommitObject {
  /** ULID of the graph; null in objects of older versions. */
  readonly graph: string | null;
  readonly logId: LogId;
  readonly slot: number;
  readonly branch: string;
  /** Random: a writer recognises its own put by it. */
  readonly nonce: string;
  /** Checksum of the object in the slot before; null in slot 0. */
  readonly predecessor: string | null;
  readonly durability: Durability;
  /** SHA-256 of the object, hex; of a stub that of the object that it stands for. */
  readonly checksum: string;
  readonly size: number;
  /** One to 32, in order. */
  readonly commits: readonly CommitRecord[];
}

/** The header of an object apart from its commits. */
export type ObjectFrame = Omit<CommitObject, "checksum" | "size" | "commits">;

/** The newest commit of an object. */
export function lastOf(object: CommitObject): CommitRecord {
  return present(object.commits.at(-1), "commit in an object");
}
