import { given, defineMember, isError, OmnigraphError, shown, SHOWN } from "@omnigraph/base";
import { didYouMean } from "@omnigraph/language";
import type { Parameters, RunOptions } from "../api/graph.ts";
import { isPlain, type Kind } from "./kinds.ts";
import { OPTIONS, type OptionsOf } from "./options.ts";

/** The kinds of the options of each call, as maps: the names that callers give may be any text. */
const KINDS: ReadonlyMap<string, ReadonlyMap<string, Kind>> = new Map(
  Object.entries(OPTIONS).map(([call, members]) => [call, new Map(Object.entries(members))]),
);

/** The calls that have a required option. */
const DEMANDING: ReadonlySet<string> = new Set(
  Object.entries(OPTIONS).flatMap(([call, members]) =>
    Object.values(members).some(({ required }) => required) ? [call] : [],
  ),
);

/** Checks an argument against its kind. Throws `usage`, or the reason of its kind. */
export function checkArgument(call: string, name: string, value: unknown, kind: Kind): void {
  if (!fits(kind, value)) throw refused(call, name, value, kind);
}

/**
 * The options of a call, checked and copied, so that the caller cannot change them afterwards. Undefined members are left out.
 * Throws `usage` if they are no object, or a member is unknown or does not fit its kind.
 */
export function optionsOf<Call extends keyof OptionsOf>(
  call: Call,
  given: OptionsOf[Call] | undefined,
): OptionsOf[Call] {
  const options: Record<string, unknown> = {};
  if (given !== undefined) copyOptions(call, given, options);
  if (DEMANDING.has(call)) checkRequired(call, options);
  // Cast: the table has a kind for every member of the type, and every member was checked against its kind.
  return options as OptionsOf[Call];
}

/**
 * A fast check of the options of a prepared query's run, because the full one would take longer than a run that is answered from memory. True if
 * they are right and need no copy; otherwise `optionsOf` decides.
 */
export function arePlain(options: RunOptions | undefined): boolean {
  if (options === undefined) return true;
  try {
    if (Object.getPrototypeOf(options) !== Object.prototype) return false;
    for (const name in options) {
      switch (name) {
        case "maxStalenessMs":
          if (!(typeof options.maxStalenessMs === "number" && options.maxStalenessMs >= 0)) return false;
          break;
        case "branch":
          if (typeof options.branch !== "string") return false;
          break;
        default:
          return false;
      }
    }
    return true;
  } catch {
    return false; // no object, or one that throws when it is read
  }
}

/**
 * The parameters of a query, copied; null means none. Throws `usage` if they are no object, or cannot be read.
 */
export function parametersOf(call: string, given: Parameters | null | undefined): Parameters {
  if (given === undefined || given === null) return NO_PARAMETERS;
  try {
    checkParameters(call, given);
    const copy: Record<string, unknown> = {};
    for (const name of Object.keys(given)) define(copy, name, copied(given[name]));
    return copy;
  } catch (thrown) {
    throw unreadable(call, "parameters", thrown);
  }
}

/** Like `parametersOf`, but without a copy: for calls that use the parameters before the code of the caller runs again. */
export function checkParameters(call: string, given: Parameters): void {
  try {
    if (isRecord(given)) return;
  } catch (thrown) {
    throw unreadable(call, "parameters", thrown);
  }
  throw usage(call, `parameters is ${shown(given)}; give an object with a member for each`);
}

function isRecord(given: unknown): boolean {
  if (isPlain(given)) return true;
  if (typeof given !== "object" || given === null) return false;
  return !Array.isArray(given) && !ArrayBuffer.isView(given) && Object.keys(given).length > 0;
}

export const NO_PARAMETERS: Parameters = {};

function copyOptions(call: string, given: object, into: Record<string, unknown>): void {
  const kinds = KINDS.get(call);
  try {
    if (!isPlain(given)) throw usage(call, `options is ${shown(given)}; give an object`);
    for (const name of Object.keys(given)) {
      const value: unknown = Reflect.get(given, name);
      const kind = kinds?.get(name);
      if (kind === undefined) throw unknownOption(call, name, [...(kinds?.keys() ?? [])]);
      if (value === undefined) continue;
      if (!fits(kind, value)) throw refused(call, name, value, kind);
      into[name] = Array.isArray(value) ? [...value] : value;
    }
  } catch (thrown) {
    throw unreadable(call, "options", thrown);
  }
}

function checkRequired(call: string, options: Readonly<Record<string, unknown>>): void {
  for (const [name, kind] of KINDS.get(call) ?? [])
    if (kind.required && options[name] === undefined) throw refused(call, name, undefined, kind);
}

/** The error for what an object of the caller throws while it is read. */
function unreadable(call: string, what: string, thrown: unknown): OmnigraphError {
  if (isError(thrown)) return thrown;
  return usage(call, `${what} cannot be read: it throws; give a plain object`, thrown);
}

/** Sets a member of any name, even `__proto__`. */
function define(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") record[name] = value;
  else defineMember(record, name, value);
}

/** Copies lists and vectors, because the caller may change them while the call waits. */
function copied(value: unknown): unknown {
  return Array.isArray(value) || value instanceof Float32Array ? value.slice() : value;
}

function fits(kind: Kind, value: unknown): boolean {
  try {
    return kind.fits(value);
  } catch {
    return false; // an object that throws when it is read
  }
}

function refused(call: string, name: string, value: unknown, kind: Kind): OmnigraphError {
  const { allowed, reason, item } = kind;
  const wrong =
    item !== undefined && Array.isArray(value) ? value.findIndex((each) => !fits(item, each)) : -1;
  if (item !== undefined && Array.isArray(value) && wrong >= 0)
    return refused(call, `${name}[${wrong}]`, value[wrong], item);
  return usage(call, `${name} is ${shown(value)}; give ${allowed}`, undefined, { name, allowed }, reason);
}

function unknownOption(call: string, name: string, known: readonly string[]): OmnigraphError {
  const remedy = didYouMean(name, known, "option");
  return usage(call, `it has no option ${shown(name)}. ${remedy}`, undefined, { name, known });
}

function usage(
  call: string,
  problem: string,
  cause?: unknown,
  { name, ...facts }: { readonly name?: string } & Readonly<Record<string, unknown>> = {},
  reason: OmnigraphError["reason"] = "usage",
): OmnigraphError {
  const argument = name === undefined ? {} : { argument: name.slice(0, SHOWN) };
  return new OmnigraphError(reason, `${call}: ${problem}`, {
    details: { call, ...argument, ...facts },
    ...given({ cause }),
  });
}
