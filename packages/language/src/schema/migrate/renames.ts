import type { Annotation, Catalog, EntityType, Property } from "../catalog/catalog.ts";
import type { Mint } from "../compile.ts";
import { didYouMean } from "../../text/suggest.ts";
import type { MigrationStep } from "./steps.ts";

/** What a type or property of the desired schema is in the accepted one. */
interface Origin<T> {
  /** Undefined: it is new. */
  readonly from: T | undefined;
  /** Why the rename that it declares cannot be done; null where it can. */
  readonly refusal: string | null;
}

/** Whatever has a name and annotations. */
interface Named {
  readonly name: string;
  readonly annotations: readonly Annotation[];
}

/** Finds what the types and properties of a desired schema were called in the accepted one. */
export class Renames {
  readonly #types = new Map<string, EntityType>();
  readonly #properties = new Map<string, ReadonlyMap<string, Property>>();
  readonly #refused: MigrationStep[] = [];

  /** `desired` has names alone that count: its ids are not those of the graph. */
  constructor(accepted: Catalog, desired: Catalog) {
    this.#pairTypes([...accepted.nodes.values()], [...desired.nodes.values()]);
    this.#pairTypes([...accepted.edges.values()], [...desired.edges.values()]);
  }

  /** The steps that say which renames cannot be done. */
  get refused(): readonly MigrationStep[] {
    return this.#refused;
  }

  /** A mint that gives what is in the accepted schema its id, and what is new one of `fresh`. */
  mint(fresh: Mint): Mint {
    const names = new Map<string, string>();
    return {
      typeId: (kind, name) => {
        const id = this.#types.get(keyOf(kind, name))?.id ?? fresh.typeId(kind, name);
        names.set(id, keyOf(kind, name));
        return id;
      },
      propertyId: (type, name) =>
        this.#properties.get(names.get(type) ?? "")?.get(name)?.id ?? fresh.propertyId(type, name),
    };
  }

  #pairTypes(accepted: readonly EntityType[], desired: readonly EntityType[]): void {
    for (const [type, from] of this.#pair(accepted, desired, null)) {
      const key = keyOf(type.kind, type.name);
      this.#types.set(key, from);
      const properties = this.#pair(from.properties, type.properties, type.name);
      this.#properties.set(key, new Map([...properties].map(([{ name }, old]) => [name, old])));
    }
  }

  /** What each of the desired was; those that are new are left out. `owner` is the type of properties, null for types. */
  #pair<T extends Named>(
    accepted: readonly T[],
    desired: readonly T[],
    owner: string | null,
  ): ReadonlyMap<T, T> {
    const old = new Map(accepted.map((one) => [one.name, one]));
    const kept = new Set(desired.map(({ name }) => name));
    const pairs = new Map<T, T>();
    const taken = new Map<T, string>();
    for (const one of desired) {
      const { from, refusal } = originOf(one, old, kept, taken);
      if (from !== undefined) {
        taken.set(from, one.name);
        pairs.set(one, from);
      }
      if (refusal === null) continue;
      const entity = owner === null ? one.name : `${owner}.${one.name}`;
      this.#refused.push({ kind: "unsupported_change", entity, reason: refusal, code: null });
    }
    return pairs;
  }
}

function keyOf(kind: EntityType["kind"], name: string): string {
  return `${kind} ${name}`;
}

function originOf<T extends Named>(
  { name, annotations }: Named,
  old: ReadonlyMap<string, T>,
  kept: ReadonlySet<string>,
  taken: ReadonlyMap<T, string>,
): Origin<T> {
  const same = old.get(name);
  const value = annotations.find((annotation) => annotation.name === "rename_from")?.value;
  const former = typeof value === "string" ? value : name;
  const from = old.get(former);
  if (former === name) return { from, refusal: null };
  if (same !== undefined) {
    // Renamed by an earlier migration, if what it was called is not there.
    const isDone = from === undefined || kept.has(former);
    const refusal = `${former} cannot be renamed to ${name}, which exists, and would be dropped; take @rename_from out where that is meant`;
    return { from: same, refusal: isDone ? null : refusal };
  }
  const refused = (refusal: string): Origin<T> => ({ from: undefined, refusal });
  if (from === undefined)
    return refused(
      `nothing is called ${former}: take @rename_from out where ${name} is new. ${didYouMean(former, [...old.keys()], "name")}`,
    );
  if (kept.has(former))
    return refused(`${former} cannot be renamed to ${name} and stay: take one of them out`);
  const other = taken.get(from);
  if (other !== undefined) return refused(`${former} is renamed to ${other} already: keep one @rename_from`);
  return { from, refusal: null };
}
