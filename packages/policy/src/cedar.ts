import { OmnigraphError, quoted } from "@omnigraph/base";
import type * as Cedar from "@cedar-policy/cedar-wasm/nodejs";
import { createHash } from "node:crypto";
import { CEDAR_SCHEMA } from "./cedar-text.ts";
import { requireExternal } from "./external.ts";

let loaded: typeof Cedar | null = null;

/** Cedar, which takes tens of milliseconds to load. */
function cedar(): typeof Cedar {
  // Cast: `require` tells no type.
  loaded ??= requireExternal("@cedar-policy/cedar-wasm/nodejs") as typeof Cedar;
  return loaded;
}

/** A text of Cedar policies, from a file or made of a rule. */
export interface CedarSource {
  readonly path: string;
  readonly text: string;
}

/** A question to Cedar. */
export interface CedarQuestion {
  readonly actor: string;
  readonly groups: readonly string[];
  readonly action: string;
  readonly resource: { readonly type: "Graph" | "Server"; readonly id: string };
  readonly facts: Cedar.Context;
}

/** What Cedar answers: refused where a policy could not be evaluated. */
export interface CedarAnswer {
  readonly isAllowed: boolean;
  /** Ids of the policies that decided, sorted. */
  readonly policies: readonly string[];
  /** Why policies could not be evaluated. */
  readonly failures: readonly string[];
}

/** Cedar policies that are parsed once, and asked many times. */
export class CedarPolicies {
  readonly #id: string;

  /** Parses and checks policies by their ids. Errors: `policy_invalid`. */
  constructor(policies: ReadonlyMap<string, CedarSource>) {
    const texts = Object.fromEntries([...policies].map(([id, { text }]) => [id, text]));
    // Cedar keeps what it parsed for ever: the same policies are kept once.
    this.#id = createHash("sha256").update(JSON.stringify(texts)).digest("hex");
    const set: Cedar.PolicySet = { staticPolicies: texts };
    check(policies, set);
    const parsed = cedar().preparsePolicySet(this.#id, set);
    if (parsed.type === "failure") throw invalid(parsed.errors.map(({ message }) => message).join("; "));
  }

  ask({ actor, groups, action, resource, facts }: CedarQuestion): CedarAnswer {
    const principal = { type: "Actor", id: actor };
    const answer = cedar().statefulIsAuthorized({
      principal,
      action: { type: "Action", id: action },
      resource: { ...resource },
      context: facts,
      preparsedPolicySetId: this.#id,
      entities: [
        { uid: principal, attrs: {}, parents: groups.map((id) => ({ type: "Group", id })) },
        { uid: { ...resource }, attrs: {}, parents: [] },
      ],
    });
    if (answer.type === "failure")
      return { isAllowed: false, policies: [], failures: answer.errors.map(({ message }) => message) };
    const { decision, diagnostics } = answer.response;
    const failures = diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`);
    return {
      isAllowed: decision === "allow" && failures.length === 0,
      policies: diagnostics.reason.toSorted(),
      failures: failures.toSorted(),
    };
  }
}

/** The policies of a file by the id of their annotation `@id`, which each must have. Errors: `policy_invalid`. */
export function cedarParts({ path, text }: CedarSource): ReadonlyMap<string, string> {
  const parts = cedar().policySetTextToParts(text);
  if (parts.type === "failure") throw invalid(located({ path, text }, parts.errors[0]));
  if (parts.policy_templates.length > 0)
    throw invalid(`${path}: templates are not understood; write each policy whole`);
  const found = new Map<string, string>();
  for (const policy of parts.policies) {
    const json = cedar().policyToJson(policy);
    const id = json.type === "success" ? json.json.annotations?.["id"] : undefined;
    if (id === undefined)
      throw invalid(`${path}: a policy has no name; write @id("name") before ${quoted(policy)}`);
    if (found.has(id)) throw invalid(`${path}: two policies have the id ${id}`);
    found.set(id, policy);
  }
  return found;
}

function check(policies: ReadonlyMap<string, CedarSource>, set: Cedar.PolicySet): void {
  const answer = cedar().validate({
    schema: CEDAR_SCHEMA,
    policies: set,
    validationSettings: { mode: "strict" },
  });
  const found =
    answer.type === "failure"
      ? answer.errors.map((error) => `${error.message}${helpOf(error)}`)
      : answer.validationErrors.map(
          ({ policyId, error }) =>
            `${policies.get(policyId)?.path ?? policyId}: ${error.message}${helpOf(error)}`,
        );
  // Their order is random.
  const [first] = found.toSorted();
  if (first !== undefined) throw invalid(first);
}

/** A parse error with its place. */
function located({ path, text }: CedarSource, error: Cedar.DetailedError | undefined): string {
  const start = error?.sourceLocations?.[0]?.start;
  const message = `${error?.message ?? "it cannot be parsed"}${error === undefined ? "" : helpOf(error)}`;
  if (start === undefined) return `${path}: ${message}`;
  const before = Buffer.from(text).subarray(0, start).toString().split("\n");
  return `${path}:${before.length}:${(before.at(-1) ?? "").length + 1}: ${message}`;
}

function helpOf({ help }: Cedar.DetailedError): string {
  return help === null ? "" : ` (${help})`;
}

function invalid(problem: string): OmnigraphError {
  return new OmnigraphError("policy_invalid", problem);
}
