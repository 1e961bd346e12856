import type { EntityType, PropertyId } from "@omnigraph/language";
import type { Need, Residence, View, ViewPart } from "../../view/view.ts";

/**
 * Where a structure comes from: it is in memory as a whole; in memory by pages; in the store, from which it is read first; or only the row that is wanted is found by
 * an index in the store, and nothing becomes resident.
 */
type InputSource = "memory" | "pages" | "store" | "index";

/** A structure that a plan reads. */
export interface PlanInput {
  readonly type: EntityType;
  readonly part: ViewPart["kind"];
  /** Of a column, and of terms. */
  readonly property: PropertyId | null;
  /** Where it was when it was asked for. */
  readonly source: InputSource;
  /** Where it is now; null where it is not resident. */
  readonly place: Residence["place"];
  /** Bytes of memory that it takes now. */
  readonly bytes: number;
}

/** The inputs of a plan, as they were `before`, and as they are in the view now. */
export function inputsOf(
  needs: readonly Need[],
  before: readonly Residence[],
  view: View,
  isLookup: boolean,
): readonly PlanInput[] {
  return view.residence(needs).map(({ type, part, place, bytes }, at) => ({
    type,
    part: part.kind,
    property: part.kind === "column" || part.kind === "terms" ? part.property : null,
    source: isLookup ? "index" : (before[at]?.place ?? "store"),
    place,
    bytes,
  }));
}

/** Each structure once, as it was first. */
export function distinctInputs(inputs: readonly PlanInput[]): readonly PlanInput[] {
  const known = new Map<string, PlanInput>();
  for (const input of inputs) {
    const name = `${input.type.id} ${input.part} ${input.property}`;
    if (!known.has(name)) known.set(name, input);
  }
  return [...known.values()];
}
