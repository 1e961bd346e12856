import type { Value } from "@omnigraph/base";

/** Values by place: by the ordinal of an entity, by a row of a batch, by a group. */
export type ValueAt = (place: number) => Value;
