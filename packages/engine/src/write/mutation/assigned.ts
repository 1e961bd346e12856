import type { Value } from "@omnigraph/base";
import { type EntityType, type Expr, isConstant, type Property, type Statement } from "@omnigraph/language";
import { valuesOf } from "../../query/values/evaluate.ts";
import type { ValueAt } from "../../query/values/value-at.ts";
import { checked } from "./checked.ts";
import type { BlobDoor } from "../blob.ts";
import type { ConstantExpr } from "./condition.ts";

/** A statement that assigns what may be computed of an entity. */
type Assigning = Pick<Extract<Statement, { kind: "update" }>, "type" | "assignments">;

/** The value of a constant. */
type ValueOf = (expr: ConstantExpr) => Value;

/** How a property of entities is read, as it is before the statement, by place. */
type ReaderOf = (property: Property) => ValueAt;

/** What a statement assigns to a property. */
export interface Assigned {
  readonly property: Property;
  /** Whether all entities get the same value. */
  readonly isConstant: boolean;
  /** The value as it is stored, by place. Errors: `value_invalid`, `number_overflow`. */
  readonly valuesFor: (readerOf: ReaderOf) => ValueAt;
}

/** What a statement assigns. Constants are checked at once, what is computed of entities where it is read. Errors: `value_invalid`, `number_overflow`. */
export function assignedBy(
  { type, assignments }: Assigning,
  valueOf: ValueOf,
  blobs: BlobDoor,
): readonly Assigned[] {
  return assignments.map(({ property, value: expr }) => {
    if (!isConstant(expr))
      return {
        property,
        isConstant: false,
        valuesFor: (readerOf) => computed(type, property, expr, { readerOf, valueOf, blobs }),
      };
    const value = checked(type, property, valueOf(expr), blobs);
    return { property, isConstant: true, valuesFor: () => () => value };
  });
}

/** How parts of an expression are read. */
interface Reading {
  readonly readerOf: ReaderOf;
  readonly valueOf: ValueOf;
  readonly blobs: BlobDoor;
}

function computed(type: EntityType, property: Property, expr: Expr, reading: Reading): ValueAt {
  const { readerOf, valueOf, blobs } = reading;
  const values = valuesOf(expr, (part) => {
    if (isConstant(part)) {
      const value: Value = valueOf(part);
      return () => value;
    }
    return part.kind === "field" && part.field.kind === "property" ? readerOf(part.field.property) : null;
  });
  return (place) => checked(type, property, values(place), blobs);
}
