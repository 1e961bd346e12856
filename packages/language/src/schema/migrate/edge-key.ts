import type { EdgeType, EntityType } from "../catalog/catalog.ts";
import { keyParts } from "../catalog/key.ts";
import { schemaOfType, undemanding } from "./row-conditions.ts";
import type { ConditionalStep, NamedConstraint } from "./steps.ts";

/**
 * The steps of a key that an edge type gets, loses or gets in another form. A key is what edges are found by, so it can come only where their ids are those of the
 * key already; without it they keep their ids.
 */
export function edgeKeySteps(accepted: EntityType, desired: EntityType): readonly ConditionalStep[] {
  if (accepted.kind === "node" || desired.kind === "node") return [];
  if (identityOf(accepted) === identityOf(desired)) return [];
  const place = { typeKind: "edge", typeName: desired.name } as const;
  const dropped = accepted.key === null ? [] : [named(accepted)];
  const added = desired.key === null ? [] : [named(desired)];
  return [
    ...dropped.map((constraint): ConditionalStep => ({
      step: { kind: "drop_constraint", constraint, ...place },
      requires: null,
    })),
    ...added.map((constraint): ConditionalStep => ({
      step: { kind: "add_constraint", constraint, ...place },
      requires: edgesOfKey(accepted, desired),
    })),
  ];
}

function identityOf(type: EdgeType): string | undefined {
  return keyParts(type)
    ?.map(({ member }) => member)
    .join(" ");
}

function named({ key }: EdgeType): NamedConstraint {
  return { kind: "key", members: ["src", "dst", ...(key ?? []).map(({ name }) => name)] };
}

/** No two edges have one key, and the id of each is that of its key. */
function edgesOfKey(accepted: EdgeType, desired: EdgeType): ConditionalStep["requires"] {
  const type = undemanding(accepted, desired);
  const place = { entity: desired.name, code: null };
  const members = (keyParts(desired) ?? []).map(({ member }) => member);
  return {
    catalog: schemaOfType({ ...type, uniques: [{ members }] }),
    problem: "edges have the same key",
    ...place,
    next: {
      catalog: schemaOfType({ ...type, key: desired.key }),
      problem:
        "edges keep the ids that they have, and these are not of the key (export them, delete them, give the type its key, and load them without ids)",
      ...place,
    },
  };
}
