import type { JsonValue } from "@omnigraph/base";
import { formatType, type ValueType } from "@omnigraph/language";
import fc from "fast-check";
import { chance, literalOf, type Pick } from "./arbitrary-values.ts";

/** Declares parameters as they are needed. */
export class ParameterBuilder {
  readonly #pick: Pick;
  readonly #declared: string[] = [];
  readonly #values: Record<string, JsonValue> = {};

  constructor(pick: Pick) {
    this.#pick = pick;
  }

  get values(): Readonly<Record<string, JsonValue>> {
    return this.#values;
  }

  signature(): string {
    return `query q(${this.#declared.join(", ")})`;
  }

  /** A new parameter of the type with that value; an optional one may be null or left out instead. */
  declare(type: ValueType, value: JsonValue): string {
    const name = `p${this.#declared.length}`;
    const nullable = chance(this.#pick, 4);
    this.#declared.push(`$${name}: ${formatType({ ...type, nullable })}`);
    const given = nullable ? this.#pick(fc.nat, 3) : 3;
    if (given === 1) this.#values[name] = null;
    if (given > 1) this.#values[name] = value;
    return `$${name}`;
  }

  /** A literal or a parameter for a value of a scalar type. */
  write(type: ValueType, value: JsonValue): string {
    const literal = chance(this.#pick, 2) ? literalOf(value, type.scalar) : null;
    return literal ?? this.declare({ ...type, list: false, enumValues: null }, value);
  }
}
