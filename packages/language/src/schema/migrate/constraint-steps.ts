import type { EdgeType, EntityType, NodeType, PropertyId, TupleMember } from "../catalog/catalog.ts";
import { edgeKeySteps } from "./edge-key.ts";
import { schemaOfType, undemanding } from "./row-conditions.ts";
import type { ConditionalStep, MigrationStep, NamedConstraint } from "./steps.ts";

/** A constraint of a type, with what tells whether another type has the same one. */
interface Constraint {
  readonly identity: string;
  readonly named: NamedConstraint;
  /** A type with this constraint as well; null where no row can break it. */
  readonly onto: ((type: EntityType) => EntityType) | null;
}

/** The steps about the constraints of a type that both schemas have. Keys and the ends of edges stay as they are. */
export function constraintSteps(accepted: EntityType, desired: EntityType): readonly ConditionalStep[] {
  const [old, now] = [constraintsOf(accepted), constraintsOf(desired)];
  const had = new Set(old.map(({ identity }) => identity));
  const has = new Set(now.map(({ identity }) => identity));
  const place = { typeKind: desired.kind, typeName: desired.name };
  const dropped = old.filter(({ identity }) => !has.has(identity));
  const bare = undemanding(accepted, desired);
  return [
    ...keySteps(accepted, desired),
    ...endSteps(accepted, desired),
    ...dropped.map(({ named }): ConditionalStep => ({
      step: { kind: "drop_constraint", constraint: named, ...place },
      requires: null,
    })),
    ...now.flatMap(({ identity, named, onto }): readonly ConditionalStep[] => {
      if (had.has(identity)) return [];
      const step: MigrationStep = { kind: "add_constraint", constraint: named, ...place };
      const type = onto?.(bare);
      const problem = `what it has breaks @${named.kind === "cardinality" ? "card" : named.kind}`;
      const requires =
        type === undefined
          ? null
          : { catalog: schemaOfType(type), entity: desired.name, code: null, problem };
      return [{ step, requires }];
    }),
    ...edgeKeySteps(accepted, desired),
    ...cardinalitySteps(accepted, desired),
  ];
}

function constraintsOf(type: EntityType): readonly Constraint[] {
  const nameOf = (id: PropertyId): string => type.propertyById.get(id)?.name ?? id;
  const constraints: Constraint[] = [];
  for (const { id, name, indexed } of type.properties)
    if (indexed)
      constraints.push({ identity: `index ${id}`, named: { kind: "index", members: [name] }, onto: null });
  for (const unique of type.uniques) {
    const members = unique.members.map((member) => (isEnd(member) ? member : nameOf(member)));
    constraints.push({
      identity: `unique ${unique.members.toSorted().join(" ")}`,
      named: { kind: "unique", members },
      onto: (bare) => ({ ...bare, uniques: [unique] }),
    });
  }
  return type.kind === "node" ? [...constraints, ...nodeConstraints(type, nameOf)] : constraints;
}

function nodeConstraints(type: NodeType, nameOf: (id: PropertyId) => string): readonly Constraint[] {
  const onNode =
    (change: (bare: NodeType) => NodeType) =>
    (bare: EntityType): EntityType =>
      bare.kind === "node" ? change(bare) : bare;
  const ranges = type.ranges.map((range): Constraint => {
    const { property, min, max } = range;
    return {
      identity: `range ${property} ${min ?? ""}..${max ?? ""}`,
      named: { kind: "range", property: nameOf(property), min, max },
      onto: onNode((bare) => ({ ...bare, ranges: [range] })),
    };
  });
  const checks = type.checks.map((check): Constraint => {
    const { property, pattern } = check;
    return {
      identity: `check ${property} ${pattern}`,
      named: { kind: "check", property: nameOf(property), pattern },
      onto: onNode((bare) => ({ ...bare, checks: [check] })),
    };
  });
  const interfaces = type.implements.map((name): Constraint => ({
    identity: `implements ${name}`,
    named: { kind: "implements", members: [name] },
    onto: null,
  }));
  return [...ranges, ...checks, ...interfaces];
}

function isEnd(member: TupleMember): member is "src" | "dst" {
  return member === "src" || member === "dst";
}

/** The key of a node is what it is called by, and what makes it unique: neither can go, come or change. */
function keySteps(accepted: EntityType, desired: EntityType): readonly ConditionalStep[] {
  if (accepted.kind === "edge" || desired.kind === "edge") return [];
  const text = (type: NodeType): string => (type.key ?? []).map(({ id }) => id).join(" ");
  if (text(accepted) === text(desired)) return [];
  const names = (type: NodeType): string => (type.key ?? []).map(({ name }) => name).join(", ");
  const unsupported = (reason: string): ConditionalStep => ({
    step: { kind: "unsupported_change", entity: desired.name, reason, code: null },
    requires: null,
  });
  const remedy = "export the type and load it into one with another key";
  return [
    ...(accepted.key === null
      ? []
      : [
          unsupported(
            `the key (${names(accepted)}) cannot be taken out, as it names the entities: ${remedy}`,
          ),
          unsupported(`(${names(accepted)}) would no longer be unique`),
        ]),
    ...(desired.key === null
      ? []
      : [
          unsupported(`a key (${names(desired)}) cannot be given to a type that exists: ${remedy}`),
          unsupported(`(${names(desired)}) would have to be unique`),
        ]),
  ];
}

function endSteps(accepted: EntityType, desired: EntityType): readonly ConditionalStep[] {
  if (accepted.kind === "node" || desired.kind === "node") return [];
  if (accepted.from.id === desired.from.id && accepted.to.id === desired.to.id) return [];
  const written = ({ from, to }: EdgeType): string => `${from.name} -> ${to.name}`;
  const reason = `its ends cannot change from ${written(accepted)} to ${written(desired)}: add another edge type, fill it, and drop this one`;
  return [{ step: { kind: "unsupported_change", entity: desired.name, reason, code: null }, requires: null }];
}

function cardinalitySteps(accepted: EntityType, desired: EntityType): readonly ConditionalStep[] {
  if (accepted.kind === "node" || desired.kind === "node") return [];
  const [old, now] = [accepted.cardinality, desired.cardinality];
  if (old.min === now.min && old.max === now.max) return [];
  const place = { typeKind: desired.kind, typeName: desired.name };
  const isTighter = now.min > old.min || (now.max ?? Infinity) < (old.max ?? Infinity);
  const isOpen = now.min === 0 && now.max === null;
  const step: MigrationStep = {
    kind: isOpen ? "drop_constraint" : "add_constraint",
    constraint: { kind: "cardinality", ...(isOpen ? old : now) },
    ...place,
  };
  if (!isTighter) return [{ step, requires: null }];
  const catalog = schemaOfType({ ...undemanding(accepted, desired), cardinality: now });
  const problem = "what it has breaks @card";
  return [{ step, requires: { catalog, entity: desired.name, code: null, problem } }];
}
