import type { Value } from "@omnigraph/base";
import type { Catalog, EntityType, Property, TypeId } from "../catalog/catalog.ts";
import type { Former } from "../compile.ts";
import { isWider } from "./widening.ts";

/** What the accepted schema leaves to one that comes after it. */
export function formerOf(accepted: Catalog): Former {
  return {
    rowsOf: (id, property) => {
      const type = accepted.typeById.get(id);
      return type === undefined ? {} : heldBefore(type, property);
    },
    retired: (types) => retiredBy(accepted, types),
  };
}

/** What rows of a type hold of a property that the type has now. */
function heldBefore(type: EntityType, property: Property): Pick<Property, "fill" | "widened"> {
  const old = type.propertyById.get(property.id);
  const fill: Value = (old === undefined ? property.default : old.fill) ?? null;
  const isWidened = old !== undefined && (old.widened === true || isWider(old.type, property.type));
  return { ...(fill === null ? {} : { fill }), ...(isWidened ? { widened: true } : {}) };
}

function retiredBy(accepted: Catalog, types: readonly EntityType[]): readonly string[] {
  const now = new Map<TypeId, EntityType>(types.map((type) => [type.id, type]));
  const retired: string[] = [...accepted.retired];
  for (const old of accepted.typeById.values()) {
    const type = now.get(old.id);
    // A type that is added again has another id, and so have its properties.
    if (type === undefined) retired.push(old.id);
    else for (const { id } of old.properties) if (!type.propertyById.has(id)) retired.push(id);
  }
  return retired.toSorted();
}
