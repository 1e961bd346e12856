export {
  BLOB_CONTENT,
  type BlobCell,
  blobCell,
  BlobContents,
  contentText,
  INLINE_TEXT_BYTES,
  isReference,
  storedBlob,
} from "./blobs/cell.ts";
export { blobName, type BlobPlaces, isBlobKey, readPlaces } from "./blobs/places.ts";
export { type BlobRange, readBlob, streamBlob } from "./blobs/read.ts";
export { blobKeys, referenceAt, referencesIn } from "./blobs/refs.ts";
export type { StagedBlobs } from "./blobs/stage.ts";
export type { Backend, BegunBackend } from "./backends/backend.ts";
export { beginBackend, openBackend, type OpenOptions } from "./backends/open.ts";
export {
  type FileStatus,
  type FileSystem,
  type FolderEntry,
  type LocalDisk,
} from "./objects/local/filesystem.ts";
export { type LocalOptions, LocalObjects } from "./objects/local/local-objects.ts";
export { MemoryObjects } from "./objects/memory/memory-objects.ts";
export { type Owner, type Owners, systemOwners } from "./objects/local/owner.ts";
export { S3Objects } from "./objects/s3/s3-objects.ts";
export type { S3Options } from "./objects/s3/access.ts";
export type { Variables } from "./objects/s3/settings.ts";
export { connectS3, type S3Connection } from "./objects/s3/connect.ts";
export {
  type Durability,
  isRemote,
  type ObjectInfo,
  type ObjectStore,
  type PutBytes,
  type PutOutcome,
  type VersionedObject,
  wholeBytes,
} from "./objects/store.ts";
export {
  type Changes,
  type Draft,
  type LayerChanges,
  NOTHING,
  type Reliance,
  type RowChanges,
} from "./draft.ts";
export type { ChangeSet, ColumnKey, RowBatch, TypeChanges } from "./rows/batch.ts";
export {
  components,
  decodeText,
  entriesOf,
  entryOf,
  isNull,
  longAt,
  numberAt,
  textAt,
  textBytesAt,
  valueAt,
  vectorAt,
} from "./rows/access.ts";
export { bitAt, BitBuilder, bitBytes, copyBits, countBits, setBit, setBits } from "./rows/bits.ts";
export {
  appendFrom,
  type ColumnBuilder,
  columnBuilder,
  columnOf,
  idColumn,
  ListBuilder,
  type ScalarBuilder,
  VectorBuilder,
} from "./rows/builder.ts";
export type {
  BoolColumn,
  Column,
  ColumnBase,
  ColumnType,
  DictionaryColumn,
  ListColumn,
  LongColumn,
  NumberColumn,
  PackedColumn,
  TextColumn,
  Validity,
  VectorColumn,
} from "./rows/column.ts";
export { decodeBatch, decodeChanges, encodeBatch, encodeChanges, hasPacked } from "./rows/format/codec.ts";
export { batchBytes } from "./rows/bytes.ts";
export { Spill, type SpillRoom } from "./spill.ts";
export { concat, concatColumns, concatenating } from "./rows/concat.ts";
export { gathering } from "./rows/gather.ts";
export {
  type Container,
  corrupt,
  decodeContainer,
  encodeContainer,
  isJsonObject,
} from "./rows/format/container.ts";
export { dictionaryOf, encodingDictionary, plainText } from "./rows/dictionary.ts";
export { type FormerIndex, type IdIndex, IndexedIds, indexing } from "./tables/column-file/id-index.ts";
export { trimmed } from "./rows/growing.ts";
export { hashInto } from "./rows/hash.ts";
export { IdTable, sameBytes } from "./rows/id-table.ts";
export { asIdTexts, columnIn, type IdKey, idTextIn, idTexts, idTextsFrom } from "./rows/id-texts.ts";
export { Interner } from "./rows/interner.ts";
export { highWord, lowWord, wordsToBigint, wordsToNumber, wordsToValue } from "./rows/long.ts";
export type { Rank } from "./rows/rank.ts";
export { compareAt, compareBytes, equalAt } from "./rows/order.ts";
export { RollingHash } from "./rows/rolling-hash.ts";
export { BoolBuilder, LongBuilder, NumberBuilder, TextBuilder } from "./rows/scalar-builders.ts";
export {
  compactDictionary,
  constantColumn,
  EMPTY_BATCH,
  emptyBatch,
  type RowNumbers,
  slice,
  sliceColumn,
  take,
  takeColumn,
  withColumns,
} from "./rows/select.ts";
export { buffersOf, received, sendable } from "./rows/transfer.ts";
export { widened } from "./rows/widen.ts";
export { type ColumnSpec, columnKeys, columnSpecs, columnType, ID_TYPE } from "./rows/type.ts";
export { ColumnCopies } from "./tables/column-file/column-copies.ts";
export type { Section } from "./tables/column-file/column-file.ts";
export type { ByteRange } from "./tables/column-file/readings.ts";
export { type FarColumn, PageCache, type PagedColumn, type PageMemory } from "./tables/column-file/pages.ts";
export { copyLayer } from "./tables/copy-layer.ts";
export type {
  DriftKind,
  LayerDraft,
  LayerDrift,
  LayerEntry,
  LayerProblem,
  LayerReader,
  LayerStore,
  LookedUp,
} from "./tables/layer.ts";
export { ObjectLayers } from "./tables/object-layers.ts";
export { placeOf } from "./objects/place.ts";
export type { ForeignCells, ForeignField, ForeignRows, ForeignTable } from "./outside/foreign.ts";
export type { Outside, OutsideColumn } from "./outside/outside.ts";
export { type OutsideFormat, writeOutside } from "./outside/write-table.ts";
