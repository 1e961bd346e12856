import type { EntityKind } from "../shapes.generated.ts";

/** A Blob of one entity. */
export interface BlobSelector {
  /** Nodes or edges. */
  readonly entity: EntityKind;
  /** Name of the type. */
  readonly type: string;
  /** Id of the entity. */
  readonly id: string;
  /** Name of the property. */
  readonly property: string;
}

/** Where a Blob was looked up. */
export interface LookedUpBlob {
  /** As it was named. */
  readonly selector: BlobSelector;
  /** The branch that was read. */
  readonly branch: string;
  /** The commit asked for by `at`, else null. */
  readonly snapshot: string | null;
  /** The commit whose state was read. */
  readonly commit: string;
}

/** A Blob whose content the graph has. */
export interface ManagedBlobStat extends LookedUpBlob {
  /** The graph has the content. */
  readonly kind: "managed";
  /** Bytes of the content. */
  readonly size: number;
  /** SHA-256 of the content, lower-case hex. */
  readonly sha256: string;
}

/** A Blob that is an address. */
export interface ExternalBlobStat extends LookedUpBlob {
  /** It is an address. */
  readonly kind: "external";
  /** As it was given. */
  readonly uri: string;
}

/** What a Blob is. */
export type BlobStat = ManagedBlobStat | ExternalBlobStat;
