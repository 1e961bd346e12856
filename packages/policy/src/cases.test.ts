import { expect, test } from "vitest";
import { readCases, runCases } from "./cases.ts";
import { Policy } from "./policy.ts";

const POLICY = `version: 1
groups: { editors: [ann] }
protected_branches: [main]
rules:
  - { id: edit, allow: { actors: { group: editors }, actions: [change], branch_scope: unprotected } }
`;

const CASES = `version: 1
cases:
  - { id: draft, actor: ann, action: change, branch: draft, expect: allow }
  - { id: main, actor: ann, action: change, branch: main, expect: allow }
  - { id: nobody, action: change, branch: draft, expect: deny }
`;

test("declared cases are put to a policy, and each tells what decided it", () => {
  const outcomes = runCases(new Policy([{ path: "p.yaml", text: POLICY }]), readCases("c.yaml", CASES));
  expect(outcomes.map(({ id, passed, explanation }) => [id, passed, explanation.rules])).toEqual([
    ["draft", true, ["edit"]],
    ["main", false, []],
    ["nobody", true, []],
  ]);
  expect(outcomes[1]).toMatchObject({ place: "c.yaml:4:5", explanation: { missed: [{ rule: "edit" }] } });
});

test.each([
  ["version: 1\n", "the file must have cases"],
  ["version: 1\ncases: [{ id: a, action: change, expect: maybe }]", "must be one of allow, deny"],
  [
    "version: 1\ncases: [{ id: a, action: read, expect: deny }, { id: a, action: read, expect: deny }]",
    "case a is there already",
  ],
])("%j is refused", (text, message) => {
  expect(() => readCases("c.yaml", text)).toThrow(message);
});
