import { expect, test } from "vitest";
import { readTokens, Tokens } from "./tokens.ts";

test("a token is of its actor, and nothing else is", () => {
  const tokens = new Tokens([
    ["ann", "token-a"],
    ["bob", "token-b"],
    ["ann", "token-of-before"],
  ]);
  expect(["token-a", "token-b", "token-of-before"].map((token) => tokens.actorOf(token))).toEqual([
    "ann",
    "bob",
    "ann",
  ]);
  for (const wrong of ["", "token-", "token-ab", "TOKEN-A", "ann", "x".repeat(10_000)])
    expect(tokens.actorOf(wrong)).toBeNull();
});

test("the tokens of all settings count", () => {
  const tokens = readTokens({ file: '{"ann":"a"}', json: '{"bob":"b"}', single: "c" });
  expect(["a", "b", "c"].map((token) => tokens.actorOf(token))).toEqual(["ann", "bob", "default"]);
  expect(readTokens({}).size).toBe(0);
});

test.each([
  [{ file: "secret" }, "must be a JSON object of tokens by actor"],
  [{ json: '["secret"]' }, "must be a JSON object of tokens by actor"],
  [{ json: '{"ann":7}' }, "must be a JSON object of tokens by actor"],
  [{ json: '{"ann":"secret","bob":"secret"}' }, "ann and bob have the same token"],
  [{ json: '{"ann":""}' }, "cannot be empty"],
  [{ json: '{"":"secret"}' }, "cannot be empty"],
])("%j is refused, and no secret is told", (settings, message) => {
  expect(() => readTokens(settings)).toThrow(message);
  try {
    readTokens(settings);
  } catch (thrown) {
    expect(JSON.stringify(thrown)).not.toContain("secret");
  }
});
