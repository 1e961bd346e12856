import type { Reason, Value } from "@omnigraph/base";

/** One entity of the model: `from` and `to` are empty for nodes. */
export interface NaiveEntity {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly values: ReadonlyMap<string, Value>;
}

/** Why the model refuses: the first reason in the order in which the rules are checked. */
export class NaiveRefusal extends Error {
  readonly reason: Reason;
  readonly line: number | null;

  constructor(reason: Reason, line: number | null = null) {
    super(reason);
    this.reason = reason;
    this.line = line;
  }
}
