import fc from "fast-check";

/** Valid texts that one to four edits break: each takes out a few characters, and may put in a piece. */
export function brokenTexts(valid: fc.Arbitrary<string>, pieces: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({ at: fc.nat(), drop: fc.nat(6), insert: fc.constantFrom("", ...pieces) });
  return fc.tuple(valid, fc.array(edit, { minLength: 1, maxLength: 4 })).map(([text, edits]) => {
    let broken = text;
    for (const { at, drop, insert } of edits) {
      const place = at % (broken.length + 1);
      broken = broken.slice(0, place) + insert + broken.slice(place + drop);
    }
    return broken;
  });
}
