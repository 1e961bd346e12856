import { timingSafeEqual } from "node:crypto";
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

test("whatever is given is compared with every token, by digests of one length", () => {
  let compared: (readonly [number, number])[] = [];
  const isEqual = (a: Buffer, b: Buffer): boolean => {
    compared.push([a.length, b.length]);
    return timingSafeEqual(a, b);
  };
  const known = Array.from({ length: 5 }, (_, i) => [`actor${i}`, `token-${i}`] as const);
  const tokens = new Tokens(known, isEqual);
  for (const given of ["token-0", "token-4", "token-", "", "x".repeat(100_000)]) {
    compared = [];
    tokens.actorOf(given);
    expect(compared, given.slice(0, 10)).toEqual(known.map(() => [32, 32]));
  }
});

test("a fingerprint tells whether tokens are the same, and none of them", () => {
  const print = (...known: (readonly [string, string])[]): string => new Tokens(known).fingerprint;
  expect(print(["ann", "a"])).toBe(print(["ann", "a"]));
  expect(print(["ann", "a"])).not.toBe(print(["ann", "b"]));
  expect(print(["ann", "a"])).not.toBe(print(["bob", "a"]));
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
