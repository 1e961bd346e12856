import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeKey, unescapePath } from "./file-names.ts";

const ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const letters = fc.constantFrom(...Array.from("aAbBzZ019-_.~ %+é\u0301É日🐘/\\:*"));
const part = fc
  .oneof(
    fc.string({ unit: letters, minLength: 1, maxLength: 12 }),
    fc.string({ unit: "binary", minLength: 1, maxLength: 6 }),
    fc.string({ unit: letters, minLength: 230, maxLength: 260 }),
    fc.constantFrom(ID, ID.toLowerCase(), `${ID}.json`, `${ID}x`, "con", "CON", "nul.x", "aux.", "lpt1"),
    fc.mixedCase(fc.constantFrom(ID, "con", "person")),
  )
  .map((text) => text.replaceAll("/", ""))
  .filter((text) => text !== "" && text !== "." && text !== ".." && !/\p{Surrogate}/u.test(text));
const key = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));

describe("file names of keys", () => {
  it("the names that the system itself uses are not escaped", () => {
    for (const plain of [
      "__manifest/format.json",
      "__manifest/log/9zgktv0ae.1073741823.commit",
      `__recovery/${ID}.staged.json`,
      `tables/${ID}/${ID}.lance/_versions/18446744073709551614.manifest`,
      "__manifest/schemas/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.json",
    ]) {
      expect(escapeKey(plain)).toBe(plain);
    }
  });

  it("characters that file systems change are escaped", () => {
    expect(escapeKey("Person")).toBe("%50erson");
    expect(escapeKey(".tmp/a.")).toBe("%2etmp/a%2e");
    expect(escapeKey("100%/a b")).toBe("100%25/a%20b");
    expect(escapeKey("con.json")).toBe("%63on.json");
    expect(escapeKey("01arz3ndektsv4rrffq69g5fav")).toMatch(/^01%61%72%7a3/);
  });

  it("file names give their keys back", () => {
    fc.assert(
      fc.property(key, (text) => unescapePath(escapeKey(text)) === text),
      { numRuns: 2_000 },
    );
  });

  it("file names differ by more than letter case and normal form, and are short enough", () => {
    const fold = (path: string): string => path.toLowerCase().normalize("NFC");
    fc.assert(
      fc.property(key, key, (left, right) => {
        expect(fold(escapeKey(left)) === fold(escapeKey(right))).toBe(left === right);
        for (const name of escapeKey(left).split("/")) {
          expect(name.length).toBeLessThanOrEqual(255);
          expect(name).not.toMatch(/^\.|\.$|^(?:con|nul|aux|prn)(?:\.|$)/i);
        }
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.mixedCase(fc.constant(ID)), fc.mixedCase(fc.constant(ID)), (left, right) => {
        expect(fold(escapeKey(left)) === fold(escapeKey(right))).toBe(left === right);
      }),
    );
  });

  it("files of other programs are no keys", () => {
    for (const foreign of [
      "Person",
      ".tmp",
      "a%2",
      "a%zz",
      "%41b%",
      "a%20b%2f",
      "caf\u00e9",
      "%63%6fn",
      "x%E9",
    ]) {
      expect(unescapePath(foreign)).toBeNull();
    }
  });
});
