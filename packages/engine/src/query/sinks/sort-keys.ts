import type { ScalarName, VariableIndex } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import type { Outputs } from "../plan/outputs.ts";
import type { RunContext } from "../run/context.ts";
import { isConstant } from "../plan/expressions.ts";

/** One criterion of an order over rows. */
export interface SortKey {
  readonly variable: VariableIndex;
  readonly cells: Cells;
  /** The type of the cells; ids are texts. */
  readonly scalar: ScalarName;
  /** 1 ascending, -1 descending. */
  readonly sign: number;
}

/** The criteria of an order, including the ids that break ties. Constants are left out. */
export function sortKeys(
  outputs: Extract<Outputs, { kind: "rows" }>,
  context: RunContext,
): readonly SortKey[] {
  const keys = outputs.order.flatMap(({ expr, descending }): readonly SortKey[] => {
    if (isConstant(expr)) return [];
    const { variable } = expr;
    const key: SortKey = {
      variable,
      cells: context.cells(expr),
      scalar: expr.type.scalar ?? "String",
      sign: descending ? -1 : 1,
    };
    const ties = expr.kind === "search" ? context.search(expr).ties : null;
    return ties === null ? [key] : [key, { variable, cells: ties, scalar: "F64", sign: 1 }];
  });
  const ties = outputs.ties.flatMap((variable) => tieKeys(variable, context));
  return [...keys, ...ties];
}

/** The id of an entity; the length of a path and then, where they are asked for, the ids of its nodes. */
function tieKeys(variable: VariableIndex, context: RunContext): readonly SortKey[] {
  const { type } = context.variable(variable);
  if (type.kind !== "path") return [{ variable, cells: context.idsOf(variable), scalar: "String", sign: 1 }];
  const length: SortKey = { variable, cells: context.pathCells(variable, "length"), scalar: "I64", sign: 1 };
  if (!type.traced) return [length];
  return [length, { variable, cells: context.pathCells(variable, "nodes"), scalar: "String", sign: 1 }];
}

/** Types whose values are numbers, or truth values, which are numbered. */
const NUMBERED: ReadonlySet<ScalarName> = new Set([
  "Bool",
  "I32",
  "U32",
  "I64",
  "U64",
  "F32",
  "F64",
  "Date",
  "DateTime",
]);

/**
 * A number by which entities can be compared fast: a smaller number comes earlier, equal numbers mean that the cells must be compared. Null where the
 * type of the cells has no such number.
 */
export function roughNumber({ cells, scalar, sign }: SortKey): ((ordinal: number) => number) | null {
  if (!NUMBERED.has(scalar)) return null;
  return (ordinal) => (cells.isNull(ordinal) ? Number.NEGATIVE_INFINITY : cells.number(ordinal)) * sign;
}
