import { OmnigraphError, type Value } from "@omnigraph/base";
import type { EntityType, Property } from "@omnigraph/language";
import { type BlobDoor, blobProblem } from "../blob.ts";
import { storedValue, valueProblem } from "../constraints/values.ts";

/** The value as it is stored, after the checks that need the value alone. */
export function checked(type: EntityType, property: Property, value: Value, blobs: BlobDoor): Value {
  const isBlob = property.type.scalar === "Blob";
  const blob = isBlob ? blobProblem(value, blobs.external) : null;
  const problem = blob === null ? valueProblem(type, property, value) : `${property.name}: ${blob}`;
  if (problem === null)
    return isBlob && typeof value === "string" ? blobs.contents.cellOf(value) : storedValue(property, value);
  throw new OmnigraphError("value_invalid", `${type.name}: ${problem}`, {
    details: { type_name: type.name, property: property.name },
  });
}
