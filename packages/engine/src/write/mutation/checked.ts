import { OmnigraphError, type Value } from "@omnigraph/base";
import type { EntityType, Property } from "@omnigraph/language";
import { blobProblem } from "../blob.ts";
import { storedValue, valueProblem } from "../constraints/values.ts";

/** The value as it is stored, after the checks that need the value alone. */
export function checked(type: EntityType, property: Property, value: Value): Value {
  const blob = property.type.scalar === "Blob" ? blobProblem(value) : null;
  const problem = blob === null ? valueProblem(type, property, value) : `${property.name}: ${blob}`;
  if (problem === null) return storedValue(property, value);
  throw new OmnigraphError("value_invalid", `${type.name}: ${problem}`, {
    details: { type_name: type.name, property: property.name },
  });
}
