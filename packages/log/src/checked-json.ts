import { hash } from "node:crypto";
import { type JsonObject, OmnigraphError } from "@omnigraph/base";
import { checkNeeds, unreadable } from "./features.ts";
import { type Fail, Fields, parseJsonBytes } from "./json-fields.ts";

/** An object as JSON without white space, with the SHA-256 of that text as its last member. */
export function encodeChecked(json: JsonObject): Uint8Array {
  const text = JSON.stringify(json);
  return Buffer.from(`${text.slice(0, -1)},"sha256":"${hash("sha256", text, "hex")}"}`);
}

/** How an object is read: `what` names it in messages, and `read` reads its members. */
export interface CheckedReader<T> {
  readonly what: string;
  readonly access: "read" | "write";
  readonly place: string;
  readonly read: (fields: Fields, fail: Fail) => T;
}

/** Reads what `encodeChecked` made. Throws `object_corrupt` or `format_newer` with the place. */
export function decodeChecked<T>(bytes: Uint8Array, { what, access, place, read }: CheckedReader<T>): T {
  const fail: Fail = (problem) => {
    throw new OmnigraphError(
      "object_corrupt",
      `the ${what} ${place} is damaged: ${problem}; restore it from a backup`,
      {
        details: { place },
      },
    );
  };
  const json = parseJsonBytes(bytes);
  const fields = new Fields(json, what, fail);
  checkNeeds(fields, access, place);
  const members = Object.entries(json ?? {}).filter(([name]) => name !== "sha256");
  if (fields.text("sha256") !== hash("sha256", JSON.stringify(Object.fromEntries(members)), "hex"))
    fail("its SHA-256 differs");
  return read(fields, fail);
}

/** Fails where `read` could not read what is to be encoded. */
export function checkEncodable<T>(json: JsonObject, what: string, read: CheckedReader<T>["read"]): void {
  const fail = unreadable(what);
  read(new Fields(json, what, fail), fail);
}
