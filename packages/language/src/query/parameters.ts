import {
  defineMember,
  isError,
  isoText,
  OmnigraphError,
  quoted,
  type Value,
  type Values,
} from "@omnigraph/base";
import { FINER_THAN_MILLIS, finerThanMillis, parseDate, parseDateTime } from "../types/dates.ts";
import { formatType, type ScalarName } from "../types/value-types.ts";
import { fitsType, roundedTo } from "../types/values.ts";
import { isFloat, isInteger } from "../types/expr-types.ts";
import type { Parameter } from "./ir/typed-query.ts";
import { integerValue } from "../types/literals.ts";
import { closest } from "../text/suggest.ts";

/** Integers as text, with a limit on the digits that no type exceeds. */
const INTEGER_TEXT = /^-?[0-9]{1,40}$/;

/** The error of one parameter. */
interface ParameterProblem {
  readonly parameter: string;
  readonly type: string;
  readonly problem: string;
}

type Converted =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

/**
 * The declared parameters as values, from JSON (integers beyond 2^53 as bigint or as decimal strings; a `Date` for its ISO text). An optional
 * parameter that is left out is null; names that are not declared are ignored.
 * Errors: parameter_invalid, naming every parameter that is missing or does not fit (`details.parameters`).
 */
export function bindParameters(
  parameters: readonly Parameter[],
  json: Readonly<Record<string, unknown>>,
): Values {
  const values: Record<string, Value> = {};
  const problems: ParameterProblem[] = [];
  for (const parameter of parameters) {
    const converted = converting(parameter, json);
    if (converted.ok) define(values, parameter.name, converted.value);
    else {
      const type = formatType(parameter.type);
      problems.push({ parameter: parameter.name, type, problem: converted.problem });
    }
  }
  if (problems.length === 0) return values;
  const message = problems.map(
    ({ parameter, type, problem }) => `parameter $${parameter} (${type}) ${problem}`,
  );
  throw new OmnigraphError("parameter_invalid", message.join("; "), { details: { parameters: problems } });
}

const NOTHING: readonly string[] = [];

/**
 * A warning for each given name that the query does not declare: its value is ignored, and the name is often misspelt. Without warnings always the same
 * empty list.
 */
export function undeclaredParameters(
  parameters: readonly Parameter[],
  json: Readonly<Record<string, unknown>>,
): readonly string[] {
  let warnings: string[] | null = null;
  // Hot path: every run of a prepared query calls this. No list of names, no closure.
  for (const name in json) {
    if (isDeclared(parameters, name) || !Object.hasOwn(json, name)) continue;
    warnings ??= [];
    warnings.push(undeclared(name, parameters));
  }
  return warnings ?? NOTHING;
}

function isDeclared(parameters: readonly Parameter[], name: string): boolean {
  for (const parameter of parameters) if (parameter.name === name) return true;
  return false;
}

function undeclared(name: string, parameters: readonly Parameter[]): string {
  const meant = closest(
    name,
    parameters.map((parameter) => parameter.name),
  );
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  const ignored = `the query declares no parameter \`$${shown}\`; what is given for it is ignored`;
  return meant === null ? ignored : `${ignored}. Did you mean \`$${meant}\`?`;
}

/** Sets a member under any name, `__proto__` among them. */
function define(values: Record<string, Value>, name: string, value: Value): void {
  // Plain assignment keeps the hidden class of the object, so that later reads are fast.
  if (name !== "__proto__") values[name] = value;
  else defineMember(values, name, value);
}

/** Converts the given value of a parameter, also where a getter of the caller's object throws. */
function converting(parameter: Parameter, json: Readonly<Record<string, unknown>>): Converted {
  try {
    return convert(parameter, Object.hasOwn(json, parameter.name) ? json[parameter.name] : undefined);
  } catch (thrown) {
    if (isError(thrown)) throw thrown;
    return refused("cannot be read: it throws");
  }
}

function convert({ type }: Parameter, given: unknown): Converted {
  if (given === undefined || given === null) {
    if (type.nullable) return { ok: true, value: null };
    return refused(given === null ? "is null and not optional" : "is missing; give it a value");
  }
  const converted =
    type.dimension !== null || type.list ? convertList(type, given) : convertScalar(type.scalar, given);
  if (!converted.ok) return converted;
  const problem = fitsType(converted.value, type);
  return problem === null ? converted : refused(`does not fit: ${problem}`);
}

function convertList(type: Parameter["type"], given: unknown): Converted {
  if (given instanceof Float32Array && type.dimension !== null) return { ok: true, value: given };
  if (!Array.isArray(given)) return refused(`is ${kindOf(given)}; give an array`);
  const values: Value[] = [];
  for (const [index, item] of given.entries()) {
    const converted = item === null ? refused("is null") : convertScalar(type.scalar, item);
    if (!converted.ok) return refused(`item ${index + 1} ${converted.problem}`);
    values.push(converted.value);
  }
  return { ok: true, value: type.dimension === null ? values : Float32Array.from(values, Number) };
}

function convertScalar(scalar: ScalarName, given: unknown): Converted {
  if (isInteger(scalar)) return convertInteger(given);
  if (isFloat(scalar)) return convertFloat(scalar, given);
  if (scalar === "Bool") {
    return typeof given === "boolean"
      ? { ok: true, value: given }
      : refused(`is ${kindOf(given)}; give true or false`);
  }
  if (scalar === "Date" || scalar === "DateTime") return convertTime(scalar, given);
  return typeof given === "string"
    ? { ok: true, value: given }
    : refused(`is ${kindOf(given)}; give a string`);
}

function convertTime(scalar: "Date" | "DateTime", given: unknown): Converted {
  const text = given instanceof Date ? isoText(given) : given;
  if (text === null) return refused("is a Date that is no time");
  if (typeof text !== "string") return refused(`is ${kindOf(given)}; give a string or a Date`);
  if (scalar === "DateTime") {
    const instant = parseDateTime(text);
    if (instant !== null && finerThanMillis(text)) return refused(FINER_THAN_MILLIS);
    return point(instant, text, "an ISO 8601 date and time");
  }
  const wanted =
    given instanceof Date
      ? "midnight UTC, as a Date that is to be a day must be"
      : "a calendar date, YYYY-MM-DD";
  return point(parseDate(text), text, wanted);
}

function convertInteger(given: unknown): Converted {
  if (typeof given === "bigint") return { ok: true, value: integerValue(given) };
  if (typeof given === "number") {
    if (Number.isSafeInteger(given)) return { ok: true, value: given };
    return refused(
      Number.isInteger(given)
        ? "is too large to be exact as a number; give a decimal string"
        : `is ${given}, which is no integer`,
    );
  }
  if (typeof given !== "string") return refused(`is ${kindOf(given)}; give an integer`);
  if (!INTEGER_TEXT.test(given)) return refused("is a string that is no decimal integer");
  return { ok: true, value: integerValue(BigInt(given)) };
}

function convertFloat(scalar: ScalarName, given: unknown): Converted {
  if (typeof given !== "number" && typeof given !== "bigint")
    return refused(`is ${kindOf(given)}; give a number`);
  return { ok: true, value: roundedTo(scalar, Number(given)) };
}

function point(value: number | null, given: string, wanted: string): Converted {
  return value === null ? refused(`is ${quoted(given)}, which is not ${wanted}`) : { ok: true, value };
}

function kindOf(given: unknown): string {
  if (Array.isArray(given)) return "an array";
  if (given instanceof Date) return "a Date";
  if (typeof given === "object") return "an object";
  return `a ${typeof given}`;
}

function refused(problem: string): Extract<Converted, { ok: false }> {
  return { ok: false, problem };
}
