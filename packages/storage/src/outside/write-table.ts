import type { Column } from "../rows/column.ts";
import type { Outside, OutsideColumn } from "./outside.ts";
import { ParquetFiles } from "./parquet.ts";

/** What a table of other programs is written as. */
export type OutsideFormat = "lance" | "parquet";

/** A table that is to be written. */
interface OutsideTable {
  readonly name: string;
  readonly columns: readonly OutsideColumn[];
}

const DIGITS = 5;

/**
 * Writes a table, of pieces that have its columns in their order, where nothing is yet, and syncs it. A Lance table is the folder `<name>.lance`; in Parquet the folder
 * `<name>.parquet` has one or more files, and each piece is a row group. Answers the name of the folder.
 */
export async function writeOutside(
  place: Outside,
  format: OutsideFormat,
  { name, columns }: OutsideTable,
  pieces: AsyncIterable<readonly Column[]>,
): Promise<string> {
  const folder = `${name}.${format}`;
  if (format === "lance") await place.createLance(name, columns, pieces);
  else await writeParquet(place, folder, columns, pieces);
  await place.sync(folder);
  return folder;
}

async function writeParquet(
  place: Outside,
  folder: string,
  columns: readonly OutsideColumn[],
  pieces: AsyncIterable<readonly Column[]>,
): Promise<void> {
  let file = 0;
  const put = (bytes: Uint8Array): Promise<void> =>
    place.put(`${folder}/part-${String(file++).padStart(DIGITS, "0")}.parquet`, bytes);
  const files = new ParquetFiles(columns);
  for await (const piece of pieces) {
    const bytes = files.add(piece);
    if (bytes !== null) await put(bytes);
  }
  if (files.isBegun || file === 0) await put(files.end());
}
