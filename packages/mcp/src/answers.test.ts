import { LIMITS, NumberText, OmnigraphError } from "@omnigraph/base";
import { expect, test } from "vitest";
import { failureJson, plain, success } from "./answers.ts";

test("integers that a double holds are numbers, others are text", () => {
  const given = {
    a: [1n, 2n ** 53n - 1n, -(2n ** 53n)],
    b: new NumberText("9007199254740994.0"),
    c: null,
    d: undefined,
  };
  expect(plain(given)).toEqual({ a: [1, 2 ** 53 - 1, "-9007199254740992"], b: "9007199254740994", c: null });
});

test("an answer of exactly the limit is given, one byte more is refused", () => {
  const asked = { less: "ask for less", isDone: false };
  const text = "x".repeat(LIMITS.agentAnswerBytes.value - '{"a":""}'.length);
  expect(success({ a: text }, asked).structuredContent).toEqual({ a: text });
  expect(() => success({ a: `${text}x` }, asked)).toThrow(/98305 bytes .* 98304; ask for less/);
});

test("of a write whose answer is too large, it is said that it is done", () => {
  const answer = {
    commit: { graph_commit_id: "01M84" },
    text: "é".repeat(LIMITS.agentAnswerBytes.value / 2),
  };
  expect(() => success(answer, { less: "see show-commit", isDone: true })).toThrow(
    /^what was asked is done, as commit 01M84, but the answer has /,
  );
});

test("details that an agent cannot act on, and those that are too large, are left out", () => {
  const access = { told: (error: unknown) => ({ error: error as OmnigraphError, message: "told" }) };
  const details = { uri: "/secret", branch: "draft", merge_conflicts: [1n] };
  const error = new OmnigraphError("merge_conflict", "secret", { details });
  expect(failureJson(error, access)).toMatchObject({
    error: "told",
    reason: "merge_conflict",
    details: { branch: "draft", merge_conflicts: [1] },
  });
  expect(JSON.stringify(failureJson(error, access))).not.toContain("secret");
  const large = new OmnigraphError("merge_conflict", "m", { details: { merge_conflicts: "x".repeat(1e5) } });
  const told = failureJson(large, access);
  expect(told).not.toHaveProperty("details");
  expect(told.error).toMatch(/100022 bytes of details are left out; preview-merge/);
});
