import { expect } from "vitest";
import type { EntityRef, EntityResolution, MergeConflict, MergeSide } from "omnigraph";
import { edgesFrom, endsOf, type Entity, HISTORY_CATALOG, keyOf, same, type State } from "./history-state.ts";
import { sideOf, type Strategy } from "../support/models/history-calls.ts";
import { checkValue } from "./naive-mutation.ts";

/** A merge that landed, as whole graphs. */
export interface Landed {
  readonly bases: readonly State[];
  readonly ours: State;
  readonly theirs: State;
  readonly result: State;
  readonly strategy: Strategy | null;
  readonly decisions: readonly EntityResolution[];
  /** Every conflict that anything told of. */
  readonly told: readonly MergeConflict[];
}

/** Both ends there, values that fit, no tuple twice, and no node with too many or too few edges that a side does not have so. */
export function checkValid({ ours, theirs, result }: Landed): void {
  for (const [key, entity] of result) {
    for (const end of endsOf(entity)) expect(result.has(keyOf(end)), `${key} ends at ${end.id}`).toBe(true);
    const type = HISTORY_CATALOG[entity.kind === "node" ? "nodes" : "edges"].get(entity.type);
    if (type === undefined) throw new TypeError(`no type ${entity.type}`);
    for (const property of type.properties)
      checkValue(type, property, entity.image.properties[property.name] ?? null);
  }
  checkTuples(result);
  for (const type of HISTORY_CATALOG.edges.values()) {
    const { min, max } = type.cardinality;
    for (const node of result.values()) {
      if (node.kind !== "node" || node.type !== type.from.name) continue;
      const idsIn = (state: State): string =>
        JSON.stringify(
          edgesFrom(state, type, node.id)
            .map(({ id }) => id)
            .toSorted(),
        );
      const isOfSide = [ours, theirs].some(
        (state) => state.has(keyOf(node)) && idsIn(state) === idsIn(result),
      );
      const count = edgesFrom(result, type, node.id).length;
      if (!isOfSide && (count < min || (max !== null && count > max)))
        throw new Error(`${node.id} has ${count} edges ${type.name}, which no side has`);
    }
  }
}

/** No email of two persons, and no two edges Knows from one to the same other. */
function checkTuples(result: State): void {
  const tuples = [...result.values()].flatMap(({ type, image: { properties, endpoints } }): string[] => {
    if (type === "Knows") return [`Knows ${endpoints?.from} ${endpoints?.to}`];
    const email = properties["email"] ?? null;
    return type === "Person" && email !== null ? [`email ${JSON.stringify(email)}`] : [];
  });
  expect(tuples.toSorted()).toEqual([...new Set(tuples)].toSorted());
}

/** What was decided of an entity is what became of it. */
export function checkDecided(landed: Landed): void {
  const { result, decisions } = landed;
  for (const decision of decisions) {
    const key = keyOf(decision);
    const { take, strategy, properties } = decision;
    if (take !== undefined)
      expect(result.get(key)?.text, `${key}, taken from ${take}`).toBe(landed[take].get(key)?.text);
    if (strategy !== undefined) checkMembers(landed, key, strategy);
    if (properties !== undefined) checkCells(landed, key, properties);
  }
}

/** What both sides changed is as the side has it; what one of them changed is as that one has it, or as the side. */
function checkMembers({ bases, ours, theirs, result }: Landed, key: string, side: MergeSide): void {
  const entities = [ours.get(key), theirs.get(key), result.get(key)];
  const isOneBase = bases.every((other) => same(other.get(key), bases[0]?.get(key)));
  if (entities.includes(undefined) || !isOneBase) return;
  const [o, t, r] = entities.map(membersOf);
  const b = membersOf(bases[0]?.get(key));
  for (const [name, text] of r ?? []) {
    const [mine, yours] = [o?.get(name), t?.get(name)];
    const chosen = side === "ours" ? mine : yours;
    const merged = mine === b.get(name) ? yours : yours === b.get(name) ? mine : chosen;
    expect([merged, chosen], `${key}.${name}`).toContain(text);
  }
}

function checkCells(
  { bases, ours, theirs, result, strategy }: Landed,
  key: string,
  decided: NonNullable<EntityResolution["properties"]>,
): void {
  const [base] = bases;
  const isOneBase = bases.every((other) => same(other.get(key), base?.get(key)));
  const o = membersOf(ours.get(key));
  const t = membersOf(theirs.get(key));
  const b = isOneBase ? membersOf(base?.get(key)) : new Map<string, string>();
  const hasBase = isOneBase && base?.has(key) === true;
  for (const [name, text] of membersOf(result.get(key))) {
    const choice = decided[name] ?? (name === "from" ? decided["to"] : undefined);
    const [mine, yours] = [o.get(name), t.get(name)];
    const merged = (): string | undefined => {
      if (mine === yours || (hasBase && yours === b.get(name))) return mine;
      if (hasBase && mine === b.get(name)) return yours;
      return strategy !== null && sideOf(strategy) === "theirs" ? yours : mine;
    };
    const expected =
      choice === undefined
        ? merged()
        : choice === "ours"
          ? mine
          : choice === "theirs"
            ? yours
            : JSON.stringify(choice.value);
    expect(text, `${key}.${name}`).toBe(expected);
  }
}

/** Properties by name, and both ends as `from`; of none what is not there. */
function membersOf(entity: Entity | undefined): ReadonlyMap<string, string> {
  if (entity === undefined) return new Map();
  const { properties, endpoints } = entity.image;
  const members = Object.entries(properties).map(([name, value]) => [name, JSON.stringify(value)] as const);
  return new Map(endpoints === null ? members : [...members, ["from", JSON.stringify(endpoints)] as const]);
}

/** What nobody changed stands, and what one side changed is as that side has it, unless it is in a conflict or its cascades. */
export function checkUndisputed(landed: Landed): void {
  const { bases, ours, theirs, result } = landed;
  const states = [...bases, ours, theirs];
  const disputed = withCascades(landed);
  for (const key of new Set([...states, result].flatMap((state) => [...state.keys()]))) {
    const [base] = bases;
    const b = base?.get(key);
    if (!bases.every((other) => same(other.get(key), b))) continue;
    const [o, t] = [ours.get(key), theirs.get(key)];
    if (same(o, t)) expect(result.get(key)?.text, `${key}, the same on both sides`).toBe(o?.text);
    else if (disputed.has(key)) continue;
    else if (same(t, b)) expect(result.get(key)?.text, `${key}, changed by ours alone`).toBe(o?.text);
    else if (same(o, b)) expect(result.get(key)?.text, `${key}, changed by theirs alone`).toBe(t?.text);
  }
}

/** The entities of all conflicts, and those that edges join to them. */
function withCascades({ bases, ours, theirs, told }: Landed): ReadonlySet<string> {
  const neighbours = new Map<string, Set<string>>();
  const join = (a: string, b: string): void =>
    void neighbours.set(a, (neighbours.get(a) ?? new Set()).add(b));
  for (const state of [...bases, ours, theirs])
    for (const [key, entity] of state)
      for (const end of endsOf(entity)) {
        join(key, keyOf(end));
        join(keyOf(end), key);
      }
  const found = new Set<string>();
  const open = told.flatMap(entitiesOf).map(keyOf);
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    open.push(...(neighbours.get(key) ?? []));
  }
  return found;
}

/** The conflict's own entity, then those in `with`. */
export function entitiesOf({
  entityKind: kind,
  type,
  id,
  with: others,
}: MergeConflict): readonly EntityRef[] {
  return id === null ? others : [{ kind, type, id }, ...others];
}
