import { execFileSync } from "node:child_process";
import { isError } from "@omnigraph/base";
import type { Reason } from "omnigraph";
import { expect, it } from "vitest";
import { publicDocs, reasonsOf } from "../../../scripts/public-docs.mjs";
import { ROOT } from "../../support/running/markdown.ts";
import { place } from "./failing-calls.ts";
import { FAILURES } from "./failures.ts";

/** Failures that take a race, a simulated store or damage: tests of their own have them. */
const ELSEWHERE: readonly Reason[] = [
  "aborted",
  "change_feed_gap",
  "closed",
  "commit_sealed",
  "deadline_exceeded",
  "format_newer",
  "graph_replaced",
  "log_corrupt",
  "log_torn",
  "memory_exceeded",
  "object_corrupt",
  "outcome_unknown",
  "read_set_conflict",
  "store_denied",
  "store_full",
  "store_transient",
  "store_unsupported",
  "table_version_missing",
  "too_contended",
  "usage",
  "write_discarded",
];

const documented = publicDocs().flatMap(({ name: owner, doc, members }) => [
  { name: owner, doc },
  ...members.map(({ name, doc: own }) => ({ name: `${owner}.${name}`, doc: own })),
]);
const DOCUMENTED = documented.flatMap(({ name, doc }) =>
  doc.throws.flatMap(reasonsOf).map((reason) => ({ name, reason: reason as Reason })),
);

it("a reason that a docstring names has a call that fails so, and the reverse", () => {
  const told = DOCUMENTED.filter(({ name, reason }) => FAILURES[name]?.[reason] === undefined);
  expect(told.filter(({ reason }) => !ELSEWHERE.includes(reason))).toEqual([]);
  const shown = Object.entries(FAILURES).flatMap(([name, failures]) =>
    Object.keys(failures).map((reason) => `${name}: ${reason}`),
  );
  expect(
    shown.filter((each) => !DOCUMENTED.some(({ name, reason }) => `${name}: ${reason}` === each)),
  ).toEqual([]);
});

it.each(ELSEWHERE)("%s is expected by another test", (reason) => {
  const files = ["*.test.ts", ":!tests/graph/calls/reasons.test.ts"];
  const found = execFileSync("git", ["grep", "-lE", `["(|]${reason}["|)]`, "--", ...files], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(found).toMatch(/\.test\.ts/);
});

it.each(
  Object.entries(FAILURES).flatMap(([name, failures]) =>
    Object.entries(failures).map(([reason, fail]) => [name, reason, fail] as const),
  ),
)("%s fails with %s", async (_name, reason, fail) => {
  await using at = await place();
  const failure: unknown = await fail(at).catch((thrown: unknown) => thrown);
  expect(isError(failure) ? failure.reason : failure).toBe(reason);
});
