import { createHash } from "node:crypto";
import { encodeUlid } from "@omnigraph/base";
import type { Catalog, PropertyId, TypeId } from "../catalog/catalog.ts";
import type { Mint } from "../compile.ts";

/**
 * Makes the ids of what a migration adds: the first 16 bytes of the SHA-256 of what they name, as a ULID. So what is added alike on two branches has one id, and a
 * merge finds it to be the same. An id that one of the schemas before it uses, or has used, is passed over.
 */
export function derivedIds(before: readonly Catalog[]): Mint {
  const used = new Set<string>(before.flatMap(({ retired }) => retired));
  for (const { id, properties } of before.flatMap(({ typeById }) => [...typeById.values()]))
    for (const one of [id, ...properties.map((property) => property.id)]) used.add(one);
  const unused = (...names: readonly string[]): string => {
    for (let n = 0; ; n++) {
      const id = derived([...names, String(n)]);
      if (used.has(id)) continue;
      used.add(id);
      return id;
    }
  };
  // Casts: ids get their brands here, where they are made.
  return {
    typeId: (kind, name) => unused(kind, name) as TypeId,
    propertyId: (type, name) => unused(type, name) as PropertyId,
  };
}

function derived(names: readonly string[]): string {
  return encodeUlid(createHash("sha256").update(names.join("\0")).digest().subarray(0, 16));
}
