import { createHash } from "node:crypto";
import { clipped, OmnigraphError } from "@omnigraph/base";
import type { View } from "@omnigraph/engine";
import { didYouMean, type EntityType, type Property } from "@omnigraph/language";
import { type BlobCell, blobCell, columnIn, valueAt } from "@omnigraph/storage";
import type { BlobSelector } from "@omnigraph/wire";
import { typeOf } from "../history/filter.ts";

/** A property that is a Blob, with its type. */
export interface BlobProperty {
  readonly type: EntityType;
  readonly property: Property;
}

/** What a selector names in a schema. Errors: `blob_selector_invalid`. */
export function blobProperty(selector: BlobSelector, view: View): BlobProperty {
  const type = typeOf(selector.type, view.catalog, selector.entity, "blob_selector_invalid");
  const property = type.properties.find(({ name }) => name === selector.property);
  if (property?.type.scalar === "Blob") return { type, property };
  const blobs = type.properties.filter((each) => each.type.scalar === "Blob").map(({ name }) => name);
  const why =
    property === undefined
      ? `${type.name} has no property ${clipped(selector.property)}`
      : `property ${property.name} of ${type.name} is no Blob`;
  const meant =
    blobs.length === 0 ? `${type.name} has no Blob` : didYouMean(selector.property, blobs, "Blob");
  throw new OmnigraphError("blob_selector_invalid", `${why}. ${meant}`, {
    details: { type_name: type.name, property: selector.property },
  });
}

/** What the cell of a Blob says. Errors: `blob_not_found`. */
export async function cellOf(
  view: View,
  { type, property }: BlobProperty,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly cell: BlobCell; readonly text: string }> {
  const row = view.count(type) === 0 ? null : await view.lookup(type, id, [property.id], signal);
  if (row === null) throw noBlob(type, id, property, `there is no ${type.name} of id ${clipped(id)}`);
  const text = valueAt(columnIn(row, property.id), 0);
  if (typeof text !== "string")
    throw noBlob(type, id, property, `${property.name} of ${type.name} ${clipped(id)} is null`);
  return { cell: blobCell(text), text };
}

export function noBlob(
  { kind, name }: EntityType,
  id: string,
  property: Property,
  message: string,
): OmnigraphError {
  const details = { entity_kind: kind, type_name: name, entity_id: id, property: property.name };
  return new OmnigraphError("blob_not_found", message, { details });
}

/** Of content, lower-case hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
