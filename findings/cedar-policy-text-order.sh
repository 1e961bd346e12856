#!/usr/bin/env bash
# @cedar-policy/cedar-wasm 4.13.0: `policySetTextToParts` splits a text into its policies in the order of the texts "policy0", "policy1",
# "policy10", "policy2", …, so from eleven policies on not in the order in which they stand. And an `@id("…")` annotation is no id: a decision
# names policies by their place in the text ("policy10"), and two policies with the same @id are accepted. Whoever wants to say which rule decided
# gives the policies as a map from id to text.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent @cedar-policy/cedar-wasm@4.13.0
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";

const rule = (id, n) => `@id("${id}") permit(principal, action, resource) when { context.n == ${n} };`;
const text = Array.from({ length: 12 }, (_, i) => rule(`rule-${i}`, i)).join("\n");
const order = cedar.policySetTextToParts(text).policies.map((policy) => Number(/rule-(\d+)/.exec(policy)[1]));
console.log("parts come as", order.join(" "));
assert.deepEqual(order, [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9]);

const decide = (staticPolicies, n) =>
  cedar.isAuthorized({
    principal: { type: "User", id: "ann" },
    action: { type: "Action", id: "read" },
    resource: { type: "Doc", id: "plan" },
    context: { n },
    policies: { staticPolicies },
    entities: [],
  }).response;
console.log("reason for n = 10:", decide(text, 10).diagnostics.reason);
assert.deepEqual(decide(text, 10).diagnostics.reason, ["policy10"]);
assert.equal(decide(`${rule("same", 1)}\n${rule("same", 2)}`, 2).decision, "allow");
assert.deepEqual(decide({ "rule-1": rule("other", 1) }, 1).diagnostics.reason, ["rule-1"]);
JS
node run.mjs
