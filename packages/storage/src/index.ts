export { type LocalOptions, LocalObjects } from "./objects/local.ts";
export { MemoryObjects } from "./objects/memory.ts";
export { openStore } from "./objects/open.ts";
export { type Owner, type Owners, systemOwners } from "./objects/owner.ts";
export type { Durability, ObjectInfo, ObjectStore, PutOutcome, VersionedObject } from "./objects/store.ts";
export type { ChangeSet, ColumnKey, RowBatch, TypeChanges } from "./rows/batch.ts";
export type {
  BoolColumn,
  Column,
  ColumnType,
  DictionaryColumn,
  ListColumn,
  LongColumn,
  NumberColumn,
  TextColumn,
  Validity,
  VectorColumn,
} from "./rows/column.ts";
export type { LayerDraft, LayerEntry, LayerReader, LayerStore } from "./tables/layer.ts";
