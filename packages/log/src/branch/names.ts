import { isUlid, LIMITS, quoted } from "@omnigraph/base";
import { branchNameInvalid } from "./errors.ts";

export const MAIN = "main";

export const REFS_PREFIX = "__manifest/refs/";

const OTHER = /[^A-Za-z0-9._/-]/u;
/** Number of records of one name. Keys hold the complement of the number, as for slots, so that a listing starts at the newest. */
export const RECORDS = 2 ** 30;
const KEY = /^__manifest\/refs\/([^/@]+)@(\d{10})\.json$/;

/** Throws `branch_name_invalid` unless a branch can have this name. */
export function checkBranchName(name: string): void {
  const other = OTHER.exec(name)?.[0];
  if (other !== undefined) throw branchNameInvalid(name, `it has ${quoted(other)} in it`);
  if (name.length > LIMITS.branchNameBytes.value) throw branchNameInvalid(name, "it is too long");
  const part = name.split("/").find((each) => each === "" || each === "." || each === "..");
  if (part !== undefined)
    throw branchNameInvalid(name, part === "" ? "a part of it is empty" : `a part of it is ${part}`);
}

/** Throws `branch_name_invalid` unless a new branch can have this name. One that looks like a commit id would be taken for that commit. */
export function checkNewBranchName(name: string): void {
  checkBranchName(name);
  if (isUlid(name.toUpperCase())) throw branchNameInvalid(name, "it has the form of a commit id");
}

/** Prefix of the keys of a name's records. No name has a `~` or an `@`. */
export function recordsPrefix(name: string): string {
  return `${REFS_PREFIX}${name.replaceAll("/", "~")}@`;
}

export function recordKey(name: string, number: number): string {
  return `${recordsPrefix(name)}${String(RECORDS - 1 - number).padStart(10, "0")}.json`;
}

/** Whether a key that is no record's looks like a damaged one; all other files among the records are foreign. */
export function mayBeRecord(key: string): boolean {
  return /^__manifest\/refs\/[^/@]+@[^/]*\.json$/.test(key);
}

/** The name and number of the record that has this key, or null where it is no record's. */
export function recordOfKey(key: string): { readonly name: string; readonly number: number } | null {
  const [, part, digits] = KEY.exec(key) ?? [];
  if (part === undefined || digits === undefined) return null;
  const number = RECORDS - 1 - Number(digits);
  return number < 0 ? null : { name: part.replaceAll("~", "/"), number };
}
