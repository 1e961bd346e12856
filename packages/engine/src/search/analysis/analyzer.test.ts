import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NAIVE_WORDS } from "../../../../../tests/oracle/naive-words.ts";
import { LONGEST_WORD, termsIn } from "./analyzer.ts";

describe("the terms of a text", () => {
  it.each([...NAIVE_WORDS])("%s is cut as the model of the oracle says", (word, expected) => {
    expect(termsIn(word)).toEqual(expected ?? []);
  });

  it.each([
    ["", []],
    ["  \n\t .,;!?—«»", []],
    ["One two,three/four_five", ["one", "two", "three", "four", "five"]],
    ["3.14 2nd H2O x²", ["3", "14", "2nd", "h2o", "x2"]],
    [
      "Ocean tides shape every harbour; sailors plan",
      ["ocean", "tide", "shape", "everi", "harbour", "sailor", "plan"],
    ],
    ["the cat and the hat", ["cat", "hat"]],
    ["don't can't won't", ["won"]],
    ["universities university universe", ["universiti", "universiti", "univers"]],
    ["organization organs", ["organiz", "organ"]],
  ])("%j has the words %j", (text, expected) => {
    expect(termsIn(text)).toEqual(expected);
  });

  it.each([
    ["Résumé", "resume"],
    ["re\u0301sume\u0301", "résumé"],
    ["NAÏVE", "naive"],
    ["Ångström", "angstrom"],
    ["İstanbul", "istanbul"],
    ["ısı", "isi"],
    ["Ærø", "aero"],
    ["Łódź", "lodz"],
    ["ﬁne", "fine"],
    ["ＡＢＣ１２３", "abc123"],
    ["ΣΊΣΥΦΟΣ", "σίσυφος"],
    ["q\u0303ua", "qua"],
  ])("%s and %s are the same word", (one, other) => {
    expect(termsIn(one)).toEqual(termsIn(other));
    expect(termsIn(one)).toHaveLength(1);
  });

  it.each([
    ["мой", "мои"],
    ["か", "が"],
    ["ά", "α"],
  ])("%s and %s are different letters: only what has a form in ASCII is folded", (one, other) => {
    expect(termsIn(one)).not.toEqual(termsIn(other));
  });

  it.each([
    ["東京都", ["東京", "京都"]],
    ["東", ["東"]],
    ["iPhone手机壳", ["iphon", "手机", "机壳"]],
    ["데이터베이스", ["데이", "이터", "터베", "베이", "이스"]],
    ["カメラ と レンズ", ["カメ", "メラ", "と", "レン", "ンズ"]],
    ["𠮷野家", ["𠮷野", "野家"]],
  ])("%s is cut into pairs of characters: %j", (text, expected) => {
    expect(termsIn(text)).toEqual(expected);
  });

  it("a text in Chinese of any length is cut, a Latin word that is too long is left out", () => {
    expect(termsIn("水".repeat(1000))).toHaveLength(999);
    expect(termsIn("x".repeat(LONGEST_WORD))).toHaveLength(1);
    expect(termsIn(`a1 ${"x".repeat(LONGEST_WORD + 1)} b2`)).toEqual(["a1", "b2"]);
  });

  it("words that others lose with a stop word of the same stem are found, and the stop words are not", () => {
    expect(termsIn("willing others won underlying owned haven wills")).toEqual([
      "will",
      "other",
      "won",
      "under",
      "own",
      "haven",
      "will",
    ]);
    expect(termsIn("will other under own have")).toEqual([]);
    expect(termsIn("because before very once during")).toEqual(["becaus", "befor", "veri", "onc", "dure"]);
  });

  it("terms are words again: cutting them gives words of ASCII as they are written, and no marks", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        for (const term of termsIn(text)) {
          expect(term).toBe(term.toLowerCase());
          expect(term).not.toMatch(/[\s\p{P}\u0300-\u036f]/u);
        }
      }),
    );
  });
});
