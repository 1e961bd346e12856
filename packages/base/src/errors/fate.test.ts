import { expect, test } from "vitest";
import { OmnigraphError } from "./error.ts";
import { fateOf } from "./fate.ts";
import { ERRORS, type Reason } from "./registry.ts";

const REASONS = Object.keys(ERRORS) as Reason[];
const fateIf = (reason: Reason): object => fateOf(new OmnigraphError(reason, "x"));

test("only a failure that leaves it open is to be looked up, and no other may have had an effect", () => {
  const open = REASONS.filter((reason) => fateOf(new OmnigraphError(reason, "x")).effects === "unknown");
  expect(open.toSorted()).toEqual([
    "internal",
    "log_corrupt",
    "log_torn",
    "object_corrupt",
    "outcome_unknown",
    "server_failed",
  ]);
  for (const reason of REASONS) {
    const { execution, effects, action } = fateOf(new OmnigraphError(reason, "x"));
    expect([effects === "unknown", execution === "unknown", action === "look_up"], reason).toEqual(
      Array(3).fill(open.includes(reason)),
    );
  }
});

test.each<readonly [Reason, object]>([
  ["merge_conflict", { execution: "completed", effects: "none", action: "fix" }],
  ["too_contended", { execution: "completed", effects: "none", action: "retry" }],
  ["too_many_requests", { execution: "not_started", effects: "none", action: "retry" }],
  ["permission_denied", { execution: "not_started", effects: "none", action: "fix" }],
])("%s has its fate", (reason, fate) => {
  expect(fateIf(reason)).toEqual(fate);
});

test("whatever the registry says may pass is to be retried", () => {
  const passing = REASONS.filter((reason) => [408, 429, 503].includes(ERRORS[reason].http));
  for (const reason of passing) expect(fateIf(reason), reason).not.toMatchObject({ action: "fix" });
});
